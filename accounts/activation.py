"""Letting a person log in, or not. For the office; a person who leaves by themselves is `accounts.closing`."""

from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts.closing import CLOSED_DOMAIN
from accounts.models import ProfileField, User
from accounts.office_roles import GIVES_ROLES, keep_an_administrator, lock_person_of_office
from accounts.profile import record_change


class OwnAccessRefused(Exception):  # noqa: N818  a refusal, named by what is refused
    """Nobody shuts themselves out."""


class OfficeAccessRefused(Exception):  # noqa: N818  a refusal, named by what is refused
    """Who of the office may log in is up to those who give roles."""


class UserIsClosed(Exception):  # noqa: N818  a refusal, named by what is wrong
    """The person closed their user: it has neither mail nor password any more."""


def is_closed(user: User) -> bool:
    """Whether the person closed their user for good."""
    return user.email.endswith(f"@{CLOSED_DOMAIN}")


def shut_out(user: User, *, by: User) -> None:
    """The person cannot log in any more, from now on, wherever they are. Twice changes nothing.

    Raises OwnAccessRefused, OfficeAccessRefused, LastAdministrator.
    """
    if user.pk == by.pk:
        raise OwnAccessRefused
    with transaction.atomic():
        stored = lock_person_of_office(user)
        _check_may_decide(stored, by)
        if stored.is_active:
            keep_an_administrator(without=stored)
            _write(stored, active=False, by=by)
            for session in UserSession.objects.filter(user=stored):
                session.end()
    user.is_active = False


def let_in(user: User, *, by: User) -> None:
    """The person can log in again. Twice changes nothing. Raises UserIsClosed, OfficeAccessRefused."""
    with transaction.atomic():
        stored = lock_person_of_office(user)
        _check_may_decide(stored, by)
        if is_closed(stored):
            raise UserIsClosed
        if not stored.is_active:
            _write(stored, active=True, by=by)
    user.is_active = True


def _check_may_decide(person: User, by: User) -> None:
    if person.is_staff and not by.has_perm(GIVES_ROLES):
        raise OfficeAccessRefused


def _write(user: User, *, active: bool, by: User) -> None:
    words = {True: "sí", False: "no"}
    record_change(user, ProfileField.IS_ACTIVE, before=words[not active], after=words[active], by=by)
    user.is_active = active
    user.save(update_fields=["is_active"])
