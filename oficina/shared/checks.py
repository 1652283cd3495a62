"""System checks that Django does not have. Run by `manage.py check --database default` before a release serves."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db import connections

from oficina.configuration import Environment
from oficina.shared.grants import append_only_models


@checks.register(checks.Tags.database)
def database_role(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001  Django's signature
    databases: Sequence[str] | None = None,
    **_kwargs: object,
) -> list[checks.CheckMessage]:
    """In production: nobody connects as a superuser, and who may rewrite money is told so."""
    if settings.UTILITY.environment is not Environment.PRODUCTION or "default" not in (databases or ()):
        return []
    return role_problems("default")


def role_problems(alias: str) -> list[checks.CheckMessage]:
    """What the role of this connection may do that web and worker must not."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() == (True,):
            hint = "Connect as the owner of the database to migrate, and as the runtime role to serve."
            return [checks.Error("The database role is a superuser: no grant binds it.", hint=hint, id="oficina.E001")]
        cursor.execute(
            """
            SELECT relname FROM pg_class
            WHERE oid = ANY (SELECT to_regclass(name)::oid FROM unnest(%s::text[]) AS name)
                AND has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE')
            ORDER BY relname
            """,
            [[model._meta.db_table for model in append_only_models()]],
        )
        rewritable = ", ".join(name for (name,) in cursor.fetchall())
    if not rewritable:
        return []
    hint = "Right for `migrate`. Web and worker connect with a login that is only a member of DATABASE_RUNTIME_ROLE."
    message = f"The database role may rewrite what is written once: {rewritable}."
    return [checks.Warning(message, hint=hint, id="oficina.W001")]
