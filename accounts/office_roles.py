"""Which roles somebody of the office has. A role is a group; the code declares its permissions (`oficina.staff.roles`).

Whoever has a role is of the office. Nobody gives or takes what they do not have themselves, and somebody who may give
roles is always left.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.models import User
from accounts.office_people import office_people_who_may

GIVES_ROLES = "accounts.assign_roles"


@dataclass(eq=False)
class RolesBeyondOwn(Exception):  # noqa: N818  a refusal, named by what is refused
    """These roles may do more than whoever wanted to give or take them."""

    names: tuple[str, ...]


class LastAdministrator(Exception):  # noqa: N818  a refusal, named by what they are
    """Nobody else may give roles: without this person nobody could any more."""


class NotWhoWorksHere(Exception):  # noqa: N818  a refusal, named by what is wrong
    """Somebody who may not log in gets no role."""


def set_roles(person: User, roles: Collection[Group], *, by: User) -> bool:
    """The person has these roles from now on and no other, and is of the office while there is one. Whether that
    changed anything.

    Raises NotWhoWorksHere, RolesBeyondOwn, LastAdministrator.
    """
    with transaction.atomic():
        stored = lock_person_of_office(person)
        before, after = set(stored.groups.all()), set(roles)
        if before == after:
            return False
        if after and not stored.is_active:
            raise NotWhoWorksHere
        if beyond := beyond_own(before ^ after, by):
            raise RolesBeyondOwn(beyond)
        if not any(_gives_roles(role) for role in after):
            keep_an_administrator(without=stored)
        _write(stored, after)
    person.is_staff = stored.is_staff
    return True


def appoint(person: User, role: Group) -> None:
    """The person has this role too. For whoever has the server in hand: the first administrator is made by nobody.

    Raises NotWhoWorksHere.
    """
    with transaction.atomic():
        stored = lock_person_of_office(person)
        if not stored.is_active:
            raise NotWhoWorksHere
        _write(stored, {*stored.groups.all(), role})
    person.is_staff = stored.is_staff


def beyond_own(roles: Collection[Group], by: User) -> tuple[str, ...]:
    """The names of those that may do something that `by` may not."""
    own = by.get_all_permissions()
    return tuple(sorted(role.name for role in roles if not _permissions_of(role) <= own))


def lock_person_of_office(person: User) -> User:
    """The person as stored, locked with everybody who may give roles: two of them who let the other go at once are one
    after the other. Part of the caller's transaction.
    """
    administrators = office_people_who_may(GIVES_ROLES).values_list("pk", flat=True)
    locked = User.objects.select_for_update(no_key=True).filter(pk__in={person.pk, *administrators}).order_by("pk")
    return {user.pk: user for user in locked}[person.pk]


def keep_an_administrator(*, without: User) -> None:
    """Raises LastAdministrator when this person is the only one who may give roles. Part of the caller's transaction,
    which holds the lock.
    """
    administrators = set(office_people_who_may(GIVES_ROLES).values_list("pk", flat=True))
    if administrators == {without.pk}:
        raise LastAdministrator


def _permissions_of(role: Group) -> set[str]:
    rows = role.permissions.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in rows}


def _gives_roles(role: Group) -> bool:
    return GIVES_ROLES in _permissions_of(role)


def _write(stored: User, roles: Collection[Group]) -> None:
    stored.groups.set(roles)
    stored.is_staff = bool(roles) or stored.is_superuser
    stored.save(update_fields=["is_staff"])
