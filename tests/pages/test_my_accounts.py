from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import Traveller

from accounts.linking import unlink_account
from accounts.models import AccountLink, User
from tests.answers import said, text_of
from tests.conftest import NOON
from tests.factories.accounts import AccountLinkFactory
from tests.factories.billing import InvoiceFactory

TODAY = date(2026, 11, 24)
LIST = "/mis-cuentas/"


def overdue_bill(link: AccountLink, amount: str, *, days: int = 67) -> None:
    InvoiceFactory.create(
        account=link.account,
        amount=Decimal(amount),
        due_on=TODAY - timedelta(days=days),
        issued_on=TODAY - timedelta(days=90),
    )


def test_it_lists_own_accounts(as_owner: Client, link: AccountLink, as_stranger: Client, at_noon: Traveller) -> None:
    overdue_bill(link, "20000.00")

    page = text_of(as_owner.get(LIST))

    number = (
        f"{link.account.number[:3]}-{link.account.number[3:10]}-{link.account.number[10:13]}-{link.account.number[13]}"
    )
    for shown in ("Casa", number, "Lucía Ferreyra", "Av. San Martín 1450, Godoy Cruz", "Vencida hace 67 días"):
        assert shown in page
    assert '1 cuenta. Tiene deuda vencida, por <strong class="nowrap">$\xa020.000,00</strong>.' in page
    assert f'href="/cuenta/{link.public_id}/inicio/"' in page
    assert f'href="/mis-cuentas/{link.public_id}/desvincular/"' in page
    assert f'href="/mis-cuentas/{link.public_id}/alias/"' in page
    assert link.public_id not in text_of(as_stranger.get(LIST))


@pytest.mark.parametrize(
    ("overdue", "lead"),
    [
        ([], "3 cuentas. Sin deuda vencida."),
        (["10.50"], "3 cuentas. 1 tiene deuda vencida, por <b>$\xa010,50</b>."),
        (["10.50", "1000"], "3 cuentas. 2 tienen deuda vencida, por <b>$\xa01.010,50</b> en total."),
    ],
)  # fmt: skip
def test_it_sums_what_is_overdue(
    as_owner: Client, link: AccountLink, at_noon: Traveller, overdue: list[str], lead: str
) -> None:
    links = [link, AccountLinkFactory.create(user=link.user), AccountLinkFactory.create(user=link.user)]
    for one, amount in zip(links, overdue, strict=False):
        overdue_bill(one, amount)

    page = text_of(as_owner.get(LIST)).replace('<strong class="nowrap">', "<b>").replace("</strong>", "</b>")
    assert lead in page


def test_it_invites_who_has_none(as_owner: Client) -> None:
    page = text_of(as_owner.get(LIST))

    assert "Todavía no tenés cuentas vinculadas" in page
    assert 'href="/mis-cuentas/vincular/"' in page
    assert '<form class="filters"' not in page


def test_it_keeps_the_filters_in_the_address_of_other_pages(as_owner: Client, owner: User, at_noon: Traveller) -> None:
    for number in range(27):
        AccountLinkFactory.create(user=owner, alias=f"Torre {number:02d}")

    first = text_of(as_owner.get(LIST, {"q": "torre", "orden": "alias"}))
    second = text_of(as_owner.get(LIST, {"q": "torre", "orden": "alias", "pagina": "2"}))

    assert "Torre 24" in first
    assert "Torre 25" not in first
    assert "q=torre&amp;orden=alias&amp;pagina=2" in first
    assert "26 a 27 de 27" in second
    assert "<title>Mis cuentas, página 2 de 2 ·" in second


@pytest.mark.parametrize("page", ["0", "99", "dos", "-1", ""])
def test_it_takes_any_page_number(as_owner: Client, link: AccountLink, page: str) -> None:
    assert as_owner.get(LIST, {"pagina": page}).status_code == 200


def test_it_says_when_nothing_matches(as_owner: Client, link: AccountLink) -> None:
    page = text_of(as_owner.get(LIST, {"q": "<script>alert(1)</script>"}))

    assert "Ninguna cuenta coincide" in page
    assert "<script>alert(1)" not in page


def test_its_queries_do_not_depend_on_accounts_or_bills(as_owner: Client, owner: User, at_noon: Traveller) -> None:
    counts = []
    as_owner.get(LIST)  # the first page of a session writes down the session
    for wanted in (1, 3, 60):
        for _ in range(wanted - owner.links.count()):
            one = AccountLinkFactory.create(user=owner)
            for days in range(1, 3):
                overdue_bill(one, "10.00", days=days)
        with CaptureQueriesContext(connection) as queries:
            assert as_owner.get(LIST).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]


def test_it_rejects_post(as_owner: Client) -> None:
    assert as_owner.post(LIST).status_code == 405


@pytest.mark.parametrize("name", ["my_accounts", "link_account", "account_home_short"])
def test_anonymous_goes_to_login_and_back(anonymous: Client, name: str) -> None:
    response = anonymous.get(reverse(name))

    assert (response.status_code, response.headers["Location"]) == (302, f"/ingresar/?next={reverse(name)}")


@pytest.mark.parametrize("name", ["unlink_account", "rename_link", "account_home"])
def test_anonymous_goes_to_login_from_a_page_of_an_account(anonymous: Client, link: AccountLink, name: str) -> None:
    address = reverse(name, args=[link.public_id])

    for response in (anonymous.get(address), anonymous.post(address)):
        assert (response.status_code, response.headers["Location"]) == (302, f"/ingresar/?next={address}")
    link.refresh_from_db()
    assert link.unlinked_at is None


@pytest.mark.parametrize("name", ["unlink_account", "rename_link", "account_home"])
def test_a_page_of_an_account_is_not_found_by_others(
    as_stranger: Client, as_teammate: Client, link: AccountLink, name: str
) -> None:
    address = reverse(name, args=[link.public_id])

    for client in (as_stranger, as_teammate):
        assert client.get(address).status_code == 404
        assert client.post(address, {"alias": "Mía"}).status_code in {404, 405}
    link.refresh_from_db()
    assert (link.unlinked_at, link.alias) == (None, "Casa")


@pytest.mark.parametrize("name", ["unlink_account", "rename_link"])
def test_a_change_rejects_other_methods(as_owner: Client, link: AccountLink, name: str) -> None:
    assert as_owner.delete(reverse(name, args=[link.public_id])).status_code == 405


def test_unlink_asks_first(as_owner: Client, link: AccountLink) -> None:
    page = text_of(as_owner.get(f"/mis-cuentas/{link.public_id}/desvincular/"))

    assert "¿Desvincular Casa?" in page
    link.refresh_from_db()
    assert link.unlinked_at is None


def test_unlink_ends_the_link_and_says_what_comes_next(at_noon: Traveller, as_owner: Client, link: AccountLink) -> None:
    response = as_owner.post(f"/mis-cuentas/{link.public_id}/desvincular/")

    assert (response.status_code, response.headers["Location"]) == (302, LIST)
    assert said(response)[0].endswith("Podés volver a vincularla cuando quieras.")
    link.refresh_from_db()
    assert link.unlinked_at == NOON
    assert as_owner.get(f"/cuenta/{link.public_id}/inicio/").status_code == 404
    assert as_owner.get(f"/mis-cuentas/{link.public_id}/desvincular/").status_code == 404


def test_unlink_pressed_twice_acts_once(at_noon: Traveller, as_owner: Client, link: AccountLink) -> None:
    as_owner.post(f"/mis-cuentas/{link.public_id}/desvincular/")
    at_noon.shift(1)

    response = as_owner.post(f"/mis-cuentas/{link.public_id}/desvincular/")

    assert (response.status_code, response.headers["Location"]) == (302, LIST)
    link.refresh_from_db()
    assert link.unlinked_at == NOON


@pytest.mark.parametrize(
    ("typed", "kept", "words"),
    [
        ("  Casa   de mamá ", "Casa de mamá", "Ahora se llama Casa de mamá."),
        ("", "", "Ya no tiene alias."),
    ],
)
def test_rename_keeps_the_name(as_owner: Client, link: AccountLink, typed: str, kept: str, words: str) -> None:
    response = as_owner.post(f"/mis-cuentas/{link.public_id}/alias/", {"alias": typed})

    assert (response.status_code, response.headers["Location"]) == (302, LIST)
    assert said(response)[0].endswith(words)
    link.refresh_from_db()
    assert link.alias == kept


def test_rename_says_what_is_wrong_and_keeps_what_was_typed(as_owner: Client, link: AccountLink) -> None:
    response = as_owner.post(f"/mis-cuentas/{link.public_id}/alias/", {"alias": "a" * 41})

    assert response.status_code == 200
    assert "<title>Error: Alias de la cuenta" in text_of(response)
    assert "a" * 41 in text_of(response)
    link.refresh_from_db()
    assert link.alias == "Casa"


def test_rename_of_an_ended_link_is_not_found(as_owner: Client, link: AccountLink) -> None:
    unlink_account(link)

    assert as_owner.post(f"/mis-cuentas/{link.public_id}/alias/", {"alias": "Otra"}).status_code == 404


def test_inicio_without_accounts_invites(as_owner: Client) -> None:
    page = text_of(as_owner.get("/inicio/"))

    assert "Asociá tu primera cuenta" in page
    assert "Tiene 14 números" in page
    assert 'href="/mis-cuentas/vincular/"' in page


def test_inicio_leads_to_the_account_managed_last(as_owner: Client, link: AccountLink) -> None:
    other = AccountLinkFactory.create(user=link.user)
    assert as_owner.get("/inicio/").headers["Location"] == f"/cuenta/{other.public_id}/inicio/"

    as_owner.get(f"/cuenta/{link.public_id}/inicio/")

    assert as_owner.get("/inicio/").headers["Location"] == f"/cuenta/{link.public_id}/inicio/"
    assert as_owner.get("/").headers["Location"] == "/inicio/"
