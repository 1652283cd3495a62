"""The groups of the roles, kept as `oficina.staff.roles` declares them.

A migration names the groups. What they may do is put in step after each `migrate`: only then are there permissions of
all tables, and a role may gain one that came with this release.
"""

from collections import defaultdict

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core import checks
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models.signals import post_migrate

from oficina.staff.roles import ROLES, unknown_permissions


def keep_groups_in_step(using: str = DEFAULT_DB_ALIAS, **_signal: object) -> None:
    """Each role's group exists and has the role's permissions, no fewer and no more. Other groups stay as they are.

    Permissions of tables that are not there yet, when somebody migrates in part, come with the rest.
    """
    with transaction.atomic(using=using):
        has = defaultdict(set)
        granted = Group.permissions.through.objects.using(using)
        for name, permission in granted.values_list("group__name", "permission"):
            has[name].add(permission)
        keys = _keys_of_permissions(using)
        for role in ROLES:
            wanted = {keys[name] for name in role.permissions() if name in keys}
            if wanted != has[role.name]:
                group, _ = Group.objects.using(using).get_or_create(name=role.name)
                group.permissions.set(wanted)


def keep_in_step_after_migrations() -> None:
    """From now on, once the last app was told of a migration: Django has made the permissions of all by then."""
    last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
    post_migrate.connect(keep_groups_in_step, sender=last)


@checks.register()
def roles_name_known_permissions(**_about: object) -> list[checks.CheckMessage]:
    """A slip in a role stops every command, instead of leaving somebody without what they need."""
    return [
        checks.Error(f"A role of the office names a permission that no table has: {name}.", id="oficina.E002")
        for name in sorted(unknown_permissions())
    ]


def _keys_of_permissions(using: str) -> dict[str, int]:
    rows = Permission.objects.using(using).values_list("content_type__app_label", "codename", "pk")
    return {f"{app}.{codename}": key for app, codename, key in rows}
