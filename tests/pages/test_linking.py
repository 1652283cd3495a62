import re
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from time_machine import Traveller

from accounts.account_numbers import format_account_number
from accounts.enums import LinkAttemptOutcome
from accounts.link_attempts import PER_USER
from accounts.models import AccountLink, LinkAttempt, ServiceAccount, User
from billing.enums import InvoiceStatus
from oficina.configuration import LinkProof
from oficina.pages.account_forms import WRONG_CHECK_DIGIT
from oficina.pages.views.linking import NOT_FOUND
from tests.answers import Answer, said, text_of
from tests.factories.accounts import ServiceAccountFactory, valid_account_number
from tests.factories.billing import InvoiceFactory
from tests.jobs import run_jobs

SEARCH = "/mis-cuentas/vincular/"
CONFIRM = "/mis-cuentas/vincular/confirmar/"
CODE = "40718293016245"


@pytest.fixture
def account() -> ServiceAccount:
    """An account with a bill in hand, and another bill of long ago."""
    account = ServiceAccountFactory.create(
        holder_name="María Elena Quiroga", service_address="Perú 1284", locality="Ciudad de Mendoza"
    )
    InvoiceFactory.create(account=account, invoice_number="0007-01843327", payment_code=CODE)
    InvoiceFactory.create(account=account, invoice_number="0007-00900001", status=InvoiceStatus.VOID, payment_code=None)
    return account


@pytest.fixture
def number_only(settings: Settings) -> None:
    settings.UTILITY = django_settings.UTILITY.model_copy(update={"link_proof": LinkProof.NONE})


def boxes(number: str) -> dict[str, str]:
    parts = format_account_number(number).split("-")
    return {f"number_{place}": part for place, part in enumerate(parts)}


def search(client: Client, number: str, datum: str = CODE, **extra: str) -> Answer:
    return client.post(SEARCH, {**boxes(number), "datum": datum, **extra})


def token_in(response: Answer) -> str:
    found = re.search(r'name="token" value="([^"]+)"', response.content.decode())
    assert found, "no account was found"
    return found[1]


def test_the_form_is_one_labelled_group_of_boxes(as_owner: Client) -> None:
    page = text_of(as_owner.get(SEARCH))

    assert re.search(r"<fieldset[^>]*>\s*<legend[^>]*>Número de cuenta</legend>", page)
    assert re.findall(r'name="number_(\d)"', page) == ["0", "1", "2", "3"]
    assert re.findall(r'aria-label="([^"]*)" inputmode', page) == [
        "Primeros 3 números", "Los 7 números siguientes", "Los 3 números siguientes", "Último número",
    ]  # fmt: skip
    assert page.count('inputmode="numeric"') == 5
    assert 'data-check-digit="mod10"' in page


@pytest.mark.parametrize(
    "datum",
    [
        "0007-01843327", "000701843327", "0007 01843327", "B 0007-01843327", "7-1843327", "00007-01843327",
        "0007-00900001", CODE, "4071 8293 0162 45", " 4071-8293-0162-45 ",
    ],
)  # fmt: skip
def test_search_finds_by_a_datum_of_any_bill_however_it_is_typed(
    as_owner: Client, account: ServiceAccount, datum: str
) -> None:
    page = text_of(search(as_owner, account.number, datum))

    for shown in ("Encontramos esta cuenta", "María Elena Quiroga", "Perú 1284", "Ciudad de Mendoza"):
        assert shown in page
    assert not AccountLink.objects.exists()


@pytest.mark.parametrize("pasted", ["{dashed}", "{digits}", " {dashed} ", "{spaced}"])
def test_search_takes_a_whole_number_pasted_into_the_first_box(
    as_owner: Client, account: ServiceAccount, pasted: str
) -> None:
    dashed = format_account_number(account.number)
    whole = pasted.format(dashed=dashed, digits=account.number, spaced=dashed.replace("-", " "))

    response = as_owner.post(SEARCH, {"number_0": whole, "number_1": "", "number_2": "", "number_3": "", "datum": CODE})

    assert "Encontramos esta cuenta" in text_of(response)


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({}, "Escribí el número de cuenta. Tiene 14 números."),
        ({"number_0": "082"}, "Escribiste 3 números. El número de cuenta tiene 14."),
        ({"number_0": "1"}, "Escribiste un número. El número de cuenta tiene 14."),
        ({"number_0": "082-0014237-001-2A"}, "El número de cuenta tiene solo números: son 14."),
        ({"number_0": "082-0014237-001-3"}, WRONG_CHECK_DIGIT),
    ],
)
def test_search_tells_a_wrong_number_before_looking_anything_up(
    as_owner: Client, typed: dict[str, str], error: str
) -> None:
    response = as_owner.post(SEARCH, {"datum": CODE, **typed})

    assert error in text_of(response)
    assert "<title>Error: Vincular número de cuenta" in text_of(response)
    assert not LinkAttempt.objects.exists()


def test_search_keeps_what_was_typed(as_owner: Client, account: ServiceAccount) -> None:
    page = text_of(search(as_owner, account.number, "0007-99999999"))

    assert 'value="0007-99999999"' in page
    for part in format_account_number(account.number).split("-"):
        assert f'value="{part}"' in page


def test_unknown_number_wrong_datum_and_blocked_attempt_are_the_same(
    as_owner: Client, owner: User, account: ServiceAccount
) -> None:
    another = ServiceAccountFactory.create()
    InvoiceFactory.create(account=another, invoice_number="0007-55555555", payment_code="11112222333344")
    unknown = valid_account_number(990_001)
    pages, statements = [], []
    as_owner.get(SEARCH)  # the first page of a session writes down the session

    def try_it(number: str, datum: str) -> None:
        with CaptureQueriesContext(connection) as queries:
            response = search(as_owner, number, datum)
        assert response.status_code == 200
        pages.append(
            re.sub(r'(name="(csrfmiddlewaretoken|number_\d|datum)"[^>]*) value="[^"]*"', r"\1", text_of(response))
        )
        statements.append([re.sub(r"'[^']*'|\d+_x\d+|\b\d+\b", "?", query["sql"]) for query in queries])

    try_it(unknown, CODE)
    try_it(account.number, "0007-00000001")
    try_it(account.number, "11112222333344")  # a datum of another account proves nothing
    try_it(account.number, "---")
    for _ in range(PER_USER.failures):
        LinkAttempt.objects.create(user=owner, ip_address="10.0.0.9", outcome=LinkAttemptOutcome.NOT_FOUND)
    try_it(account.number, CODE)  # right, but past the limit

    assert NOT_FOUND in pages[0]
    assert [page == pages[0] for page in pages] == [True] * 5
    assert [made == statements[0] for made in statements] == [True] * 5
    assert LinkAttempt.objects.filter(outcome=LinkAttemptOutcome.BLOCKED).count() == 1


def test_search_is_answered_again_after_an_hour(as_owner: Client, account: ServiceAccount, at_noon: Traveller) -> None:
    for _ in range(PER_USER.failures + 1):
        search(as_owner, account.number, "0007-00000001")
    assert NOT_FOUND in text_of(search(as_owner, account.number))

    at_noon.shift(timedelta(hours=1))

    assert "Encontramos esta cuenta" in text_of(search(as_owner, account.number))


def test_search_of_an_own_account_offers_to_manage_it(as_owner: Client, link: AccountLink) -> None:
    page = text_of(search(as_owner, link.account.number, "0007-00000001"))

    assert "Ya tenés vinculada esta cuenta" in page
    assert f'href="/cuenta/{link.public_id}/inicio/"' in page
    assert not LinkAttempt.objects.exists()


def test_search_of_an_account_of_a_teammate_says_nothing_of_them(
    as_owner: Client, account: ServiceAccount, teammate: User
) -> None:
    page = text_of(search(as_owner, account.number))

    assert "Encontramos esta cuenta" in page
    assert "Tomás" not in page


@pytest.mark.usefixtures("number_only")
def test_search_by_number_only_masks_the_data_until_linked(as_owner: Client, account: ServiceAccount) -> None:
    assert 'name="datum"' not in text_of(as_owner.get(SEARCH))

    page = text_of(as_owner.post(SEARCH, boxes(account.number)))

    assert "M. E. Q." in page
    assert "Ciudad de Mendoza" in page
    for hidden in ("María", "Quiroga", "1284"):
        assert hidden not in page
    as_owner.post(CONFIRM, {"token": token_in(as_owner.post(SEARCH, boxes(account.number))), "alias": ""})
    assert AccountLink.objects.get().evidence == "number_only"
    assert "María Elena Quiroga" in text_of(as_owner.get("/mis-cuentas/"))


def test_confirm_links_and_says_what_comes_next(as_owner: Client, owner: User, account: ServiceAccount) -> None:
    token = token_in(search(as_owner, account.number))

    response = as_owner.post(CONFIRM, {"token": token, "alias": "Casa de mamá"})

    assert (response.status_code, response.headers["Location"]) == (302, "/mis-cuentas/")
    assert said(response) == [
        f"Vinculaste la cuenta {format_account_number(account.number)}. Para usarla, presioná Gestionar cuenta."
    ]
    link = AccountLink.objects.get()
    assert (link.user, link.account, link.alias, link.evidence) == (owner, account, "Casa de mamá", "payment_code")


def test_confirm_pressed_twice_links_once(as_owner: Client, teammate: User, account: ServiceAccount) -> None:
    token = token_in(search(as_owner, account.number))

    for _ in range(2):
        assert as_owner.post(CONFIRM, {"token": token, "alias": ""}).status_code == 302

    assert account.links.active().count() == 2
    run_jobs()
    assert sorted(message.to[0] for message in mail.outbox) == ["ana@correo.example", "tomas@correo.example"]


def test_confirm_with_a_wrong_alias_keeps_the_account_found(as_owner: Client, account: ServiceAccount) -> None:
    token = token_in(search(as_owner, account.number))

    response = as_owner.post(CONFIRM, {"token": token, "alias": "a" * 41})

    assert token_in(response) == token
    assert "María Elena Quiroga" in text_of(response)
    assert not AccountLink.objects.exists()


def test_confirm_refuses_a_token_of_another_person(
    as_owner: Client, as_stranger: Client, account: ServiceAccount
) -> None:
    token = token_in(search(as_owner, account.number))

    response = as_stranger.post(CONFIRM, {"token": token, "alias": ""})

    assert response.headers["Location"] == SEARCH
    assert not account.links.exists()


@pytest.mark.parametrize("token", ["", "x", "eyJ1c2VyIjoiYSJ9:1abc:def"])
def test_confirm_refuses_a_token_that_was_not_made_here(as_owner: Client, token: str) -> None:
    response = as_owner.post(CONFIRM, {"token": token, "alias": ""})

    assert response.headers["Location"] == SEARCH
    assert said(response) == ["Pasó un rato desde la búsqueda. Buscá la cuenta de nuevo."]


def test_confirm_refuses_an_old_token(as_owner: Client, account: ServiceAccount, at_noon: Traveller) -> None:
    token = token_in(search(as_owner, account.number))
    at_noon.shift(timedelta(minutes=30, seconds=2))

    assert as_owner.post(CONFIRM, {"token": token, "alias": ""}).headers["Location"] == SEARCH
    assert not account.links.exists()


def test_the_token_carries_no_internal_id(as_owner: Client, account: ServiceAccount) -> None:
    from django.core import signing  # noqa: PLC0415

    content = signing.loads(token_in(search(as_owner, account.number)), salt="oficina.pages.account_search")

    assert sorted(content) == ["bill_issued_on", "evidence", "number", "user"]


def test_confirm_rejects_get(as_owner: Client) -> None:
    assert as_owner.get(CONFIRM).status_code == 405


def test_search_rejects_other_methods(as_owner: Client) -> None:
    assert as_owner.put(SEARCH).status_code == 405


def test_a_change_without_csrf_is_refused(owner: User, account: ServiceAccount) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert search(client, account.number).status_code == 403
    assert client.post(CONFIRM, {"token": "x"}).status_code == 403
    assert not LinkAttempt.objects.exists()
