from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.models import User
from oficina.pages.account_list import AccountListForm
from oficina.pages.debts import links_with_debt
from tests.factories.accounts import AccountLinkFactory, ServiceAccountFactory
from tests.factories.billing import InvoiceFactory

TODAY = date(2026, 11, 24)

pytestmark = pytest.mark.usefixtures("at_noon", "four_accounts")


@pytest.fixture
def four_accounts(owner: User) -> None:
    """Casa owes 100 overdue, Ñandú 900 to come, Ómnibus nothing, and one without alias 900 overdue."""
    for number, alias, holder, address, locality, owed, due_in in [
        ("08200142370012", "Casa", "Lucía Ferreyra", "Av. San Martín 1450", "Godoy Cruz", 100, -67),
        ("03100099180015", "Ñandú", "María Quiroga", "Perú 1284", "Ciudad", 900, 6),
        ("01201205540148", "Ómnibus", "José Pérez", "Olascoaga 1207, 5.º B", "Ciudad", 0, 0),
        ("01100077300020", "", "Consorcio Belgrano 920", "Av. Belgrano 920", "Luján de Cuyo", 900, -3),
    ]:
        account = ServiceAccountFactory.create(
            number=number, holder_name=holder, service_address=address, locality=locality
        )
        AccountLinkFactory.create(user=owner, account=account, alias=alias)
        if owed:
            InvoiceFactory.create(
                account=account,
                amount=Decimal(owed),
                due_on=TODAY + timedelta(days=due_in),
                issued_on=TODAY - timedelta(days=80),
            )


def names(owner: User, **filters: str) -> list[str]:
    return [link.name for link in AccountListForm(filters).matching(links_with_debt(owner, TODAY))]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("082-0014237-001-2", ["Casa"]),
        ("08200142370012", ["Casa"]),
        ("0014237", ["Casa"]),
        ("42370", ["Casa"]),
        ("237-001", ["Casa"]),
        ("1450", ["Casa"]),
        ("nandu", ["Ñandú"]),
        ("PERU", ["Ñandú"]),
        ("peru 1284 ciudad", ["Ñandú"]),
        ("olascoaga  5.º b", ["Ómnibus"]),
        ("belgrano", ["Consorcio Belgrano 920"]),
        ("ciudad", ["Ñandú", "Ómnibus"]),
        ("100%", []),
        ("mendoza", []),
        ("", ["Casa", "Consorcio Belgrano 920", "Ñandú", "Ómnibus"]),
    ],
)
def test_search_finds_by_number_alias_holder_or_address(owner: User, typed: str, found: list[str]) -> None:
    assert names(owner, q=typed, orden="alias") == found


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("vencida", ["Casa", "Consorcio Belgrano 920"]),
        ("por-vencer", ["Ñandú"]),
        ("al-dia", ["Ómnibus"]),
        ("otra cosa", ["Casa", "Consorcio Belgrano 920", "Ñandú", "Ómnibus"]),
    ],
)
def test_filter_keeps_accounts_of_one_state(owner: User, state: str, found: list[str]) -> None:
    assert names(owner, deuda=state, orden="alias") == found


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("", ["Consorcio Belgrano 920", "Ñandú", "Casa", "Ómnibus"]),
        ("numero", ["Consorcio Belgrano 920", "Ómnibus", "Ñandú", "Casa"]),
        ("otra cosa", ["Consorcio Belgrano 920", "Ñandú", "Casa", "Ómnibus"]),
    ],
)
def test_order(owner: User, order: str, found: list[str]) -> None:
    assert names(owner, orden=order) == found


def test_filters_add_up(owner: User) -> None:
    assert names(owner, q="ciudad", deuda="por-vencer") == ["Ñandú"]


def test_is_filtering_tells_an_order_from_a_filter() -> None:
    assert AccountListForm({"q": "casa"}).is_filtering()
    assert AccountListForm({"deuda": "al-dia"}).is_filtering()
    assert not AccountListForm({"orden": "alias"}).is_filtering()
