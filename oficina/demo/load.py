"""The data of the fictitious utility."""

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.enums import TermsPurpose
from accounts.models import User
from accounts.terms import accept_terms

PASSWORD = "oficina-virtual"  # noqa: S105  told to everybody; production has no such user
CUSTOMER = "demo@oficina.example"
ADMINISTRATOR = "administrador@oficina.example"
STAFF = "admin@oficina.example"


def load_demo() -> None:
    """Make what is missing of the demo's data. Does nothing the second time."""
    with transaction.atomic():
        _person(CUSTOMER, "Julia", "Paredes")
        _person(ADMINISTRATOR, "Ramiro", "Funes")
        _person(STAFF, "Nora", "Videla", staff=True)


def _person(email: str, first_name: str, last_name: str, *, staff: bool = False) -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        make = User.objects.create_superuser if staff else User.objects.create_user
        user = make(email, PASSWORD, first_name=first_name, last_name=last_name)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        if not staff:
            accept_terms(user, TermsPurpose.REGISTRATION, None)
    return user
