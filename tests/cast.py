"""The people of the tests, always the same. Loaded as a plugin by the packages that need them.

Ana owns a link to an account that Tomás has linked too; Sofía is linked to another; Olga is of the office.
"""

import pytest
from django.test import Client

from accounts.models import AccountLink, ServiceAccount, User
from tests.factories.accounts import AccountLinkFactory, ServiceAccountFactory, UserFactory


@pytest.fixture
def account(db: None) -> ServiceAccount:
    """The account of most tests."""
    return ServiceAccountFactory.create()


@pytest.fixture
def owner(db: None) -> User:
    """Ana, whose account the test is about."""
    return UserFactory.create(email="ana@correo.example", first_name="Ana", last_name="Suárez")


@pytest.fixture
def link(owner: User, account: ServiceAccount) -> AccountLink:
    """Ana's link to the account, which she calls Casa."""
    return AccountLinkFactory.create(user=owner, account=account, alias="Casa")


@pytest.fixture
def teammate(account: ServiceAccount) -> User:
    """Tomás, who has the same account linked."""
    user = UserFactory.create(email="tomas@correo.example", first_name="Tomás", last_name="Quiroga")
    AccountLinkFactory.create(user=user, account=account, alias="Casa de Ana")
    return user


@pytest.fixture
def stranger(db: None) -> User:
    """Sofía, who has another account linked and nothing to do with this one."""
    user = UserFactory.create(email="sofia@correo.example", first_name="Sofía", last_name="Gil")
    AccountLinkFactory.create(user=user, account=ServiceAccountFactory.create(holder_name="Sofía Gil"))
    return user


@pytest.fixture
def staff(db: None) -> User:
    """Olga, of the office."""
    return UserFactory.create(email="olga@aguas.example", first_name="Olga", last_name="Ríos", is_staff=True)


@pytest.fixture
def as_owner(owner: User) -> Client:
    """A browser in which Ana is logged in."""
    return _logged_in(owner)


@pytest.fixture
def as_teammate(teammate: User) -> Client:
    """A browser in which Tomás is logged in."""
    return _logged_in(teammate)


@pytest.fixture
def as_stranger(stranger: User) -> Client:
    """A browser in which Sofía is logged in."""
    return _logged_in(stranger)


@pytest.fixture
def anonymous() -> Client:
    """A browser in which nobody is logged in."""
    return Client()


def _logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
