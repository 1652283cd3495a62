from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from accounts.models import AccountLink, User
from oficina.pages.context import Navigation
from oficina.pages.navigation import ABOUT, FUNCTIONS, MENU, Place, address_of, entries
from oficina.pages.switcher import SHOWN, other_accounts
from oficina.shared.dates import today
from oficina.shared.money import pesos
from tests.factories.accounts import AccountLinkFactory, ServiceAccountFactory
from tests.factories.billing import InvoiceFactory
from tests.look.pages import links_of


def test_entry_of_a_part_that_does_not_exist_is_absent() -> None:
    places = (Place(label="Trámites", icon="check", url_name="no_such_page"), *ABOUT)
    assert [entry.label for entry in entries(places, reference=None, current_name="")] == [
        "Términos y condiciones",
        "Tus datos personales",
        "Accesibilidad",
        "Cómo se lee la factura",
        "Verificar un comprobante",
    ]


def test_present_page_and_the_part_it_belongs_to_are_told_apart() -> None:
    places = (Place(label="Mis cuentas", icon="check", url_name="my_accounts", parts=("link_account",)),)
    assert [
        entries(places, reference=None, current_name=name)[0].current
        for name in ("my_accounts", "link_account", "home")
    ] == [
        "page",
        "true",
        "",
    ]


def test_page_of_an_account_is_its_own_or_a_short_path() -> None:
    assert address_of("account_home", reference="abc", per_account=True) == "/cuenta/abc/inicio/"
    assert address_of("account_home", per_account=True) == "/inicio/"


@pytest.mark.parametrize("place", [*MENU, *FUNCTIONS], ids=lambda place: place.url_name)
def test_every_place_has_an_icon_that_exists(place: Place) -> None:
    from oficina.shared.templatetags.components import icon  # noqa: PLC0415

    assert "<path" in icon(place.icon)


def test_anonymous_person_has_no_account_in_hand(rf: RequestFactory) -> None:
    assert Navigation(rf.get("/")).link is None


@pytest.mark.django_db
def test_no_entry_of_an_account_page_is_dead(as_owner: Client, link: AccountLink) -> None:
    for address in links_of(as_owner.get(f"/cuenta/{link.public_id}/inicio/").content.decode()):
        assert as_owner.get(address, follow=True).status_code == 200, address


@pytest.mark.django_db
def test_account_page_marks_its_entry(as_owner: Client, link: AccountLink) -> None:
    html = as_owner.get(f"/cuenta/{link.public_id}/inicio/").content.decode()
    address = f'href="/cuenta/{link.public_id}/inicio/" aria-current="page"'
    assert f'<a class="menu__link" {address}>' in html
    assert f'<a class="tabbar__link" {address}>' in html


def test_every_part_that_the_menu_names_exists() -> None:
    known = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    named = {part for place in (*MENU, *FUNCTIONS, *ABOUT) for part in place.parts}
    assert named - known == set()


@pytest.mark.django_db
def test_switcher_shows_the_account_in_hand_and_the_others(as_owner: Client, owner: User, link: AccountLink) -> None:
    other = AccountLinkFactory.create(
        user=owner,
        alias="Casa de mamá",
        account=ServiceAccountFactory.create(service_address="Perú 882", locality="Ciudad"),
    )
    InvoiceFactory.create(account=other.account, amount=Decimal("18204.11"))
    ended = AccountLinkFactory.create(user=owner, alias="La vieja")
    ended.unlinked_at = ended.linked_at
    ended.save()
    html = as_owner.get(f"/cuenta/{link.public_id}/inicio/").content.decode()
    assert '<span class="switcher__alias">Casa</span>' in html
    line = f'<li><a href="/cuenta/{other.public_id}/inicio/"><span>Casa de mamá</span>'
    assert f'{line}<span class="amount">{pesos(Decimal("18204.11"))}</span>' in html
    assert "Perú 882, Ciudad" in html
    assert "La vieja" not in html


@pytest.mark.django_db
def test_switcher_takes_one_query_however_many_accounts(owner: User, link: AccountLink) -> None:
    counts = []
    for _ in range(2):
        AccountLinkFactory.create_batch(SHOWN, user=owner)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(other_accounts(owner, link, today())) == SHOWN
        counts.append(len(queries))
    assert counts == [1, 1]


@pytest.mark.django_db
def test_person_without_accounts_sees_their_name(as_owner: Client) -> None:
    html = as_owner.get("/inicio/").content.decode()
    assert "Ana Suárez" in html
    assert "switcher__current" not in html
    assert '<a class="menu__link" href="/inicio/" aria-current="true">' in html
