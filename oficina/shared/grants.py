"""What the runtime role may do: everything a web or worker process needs, and never rewrite what is written once."""

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from psycopg import sql


def grant_runtime_role(using: str = DEFAULT_DB_ALIAS, **_kwargs: object) -> None:
    """After each migration: creates the runtime role when missing and grants it exactly this.

    Runs as the owner. A receiver of `post_migrate`, so that a new table can never be left out.
    """
    role = sql.Identifier(settings.UTILITY.database_runtime_role)
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        # Roles belong to the whole server: another database may be migrated at this moment.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('oficina roles'))")
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.UTILITY.database_runtime_role])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(role))
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
            "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {}",
        ):
            cursor.execute(sql.SQL(statement).format(role))
        for model in append_only_models():
            cursor.execute(
                sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(
                    sql.Identifier(model._meta.db_table), role
                )
            )
        for table in migrated_tables():
            cursor.execute(
                sql.SQL("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), role)
            )


def migrated_tables() -> list[str]:
    """What roles and permissions there are: written by migrations, so that no page can make somebody a new one."""
    names = ("auth.Permission", "auth.Group", "auth.Group_permissions")
    return [apps.get_model(name)._meta.db_table for name in names]


def append_only_models() -> list[type[models.Model]]:
    """Every table that is written once (`oficina.shared.append_only`)."""
    return [model for model in apps.get_models() if getattr(model, "WRITTEN_ONCE", False)]
