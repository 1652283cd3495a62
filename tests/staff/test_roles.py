"""The roles of the office: declared in code, groups in the database, kept in step."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import ProgrammingError, connection, transaction
from pytest_django.fixtures import Settings

from oficina.staff import role_groups, roles
from oficina.staff.role_groups import keep_groups_in_step, roles_name_known_permissions
from oficina.staff.roles import ADMINISTRATION, ATTENTION, AUDIT, ROLES, Role

pytestmark = pytest.mark.django_db


def permissions_of(name: str) -> set[str]:
    rows = Permission.objects.filter(group__name=name).values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in rows}


def test_a_new_database_has_the_groups_of_the_roles_and_their_permissions() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == {role.name for role in ROLES}
    assert {role.name: permissions_of(role.name) for role in ROLES} == {role.name: role.permissions() for role in ROLES}


def test_an_old_database_is_brought_in_step_and_what_else_there_is_stays() -> None:
    other = Group.objects.create(name="Otra cosa")
    attention = Group.objects.get(name=ATTENTION.name)
    attention.permissions.set(Permission.objects.filter(codename__in=["refund_payment", "view_user"]))
    Group.objects.get(name=AUDIT.name).delete()

    keep_groups_in_step()

    assert permissions_of(ATTENTION.name) == ATTENTION.named
    assert permissions_of(AUDIT.name) == AUDIT.permissions()
    assert Group.objects.get(name=ATTENTION.name) == attention
    assert Group.objects.filter(pk=other.pk).exists()


def test_a_slip_in_a_role_is_an_error_of_every_command(monkeypatch: pytest.MonkeyPatch) -> None:
    assert roles_name_known_permissions() == []
    slip: Role = replace(ATTENTION, named=ATTENTION.named | {"billing.answer_clam"})
    monkeypatch.setattr(roles, "ROLES", (slip,))

    (problem,) = roles_name_known_permissions()

    assert problem.id == "oficina.E002"
    assert problem.msg == "A role of the office names a permission that no table has: billing.answer_clam."


def test_a_permission_whose_table_is_not_there_yet_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    early = replace(ATTENTION, named=ATTENTION.named | {"later.view_table"})
    monkeypatch.setattr(role_groups, "ROLES", (early,))

    keep_groups_in_step()

    assert permissions_of(ATTENTION.name) == ATTENTION.named


def test_audit_may_look_at_everything_and_change_nothing() -> None:
    looks = {name for name in ADMINISTRATION.permissions() if name.partition(".")[2].startswith("view_")}

    assert looks - AUDIT.permissions() == {"accounts.view_as_customer"}
    assert AUDIT.permissions() <= looks


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE auth_group SET name = 'Todo' WHERE name = 'Contenido'",
        "INSERT INTO auth_group (name) VALUES ('Otra')",
        "DELETE FROM auth_group_permissions",
        "INSERT INTO auth_group_permissions (group_id, permission_id) SELECT 1, 1",
        "INSERT INTO auth_permission (name, content_type_id, codename) SELECT '', 1, ''",
    ],
)
def test_the_portal_cannot_change_what_a_role_may_do(statement: str, settings: Settings) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {settings.UTILITY.database_runtime_role}")
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute(statement)
        cursor.execute("RESET ROLE")
