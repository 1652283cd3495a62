"""Información útil: the bill as it is printed, and what each part of it means."""

import re
from datetime import date
from io import BytesIO
from itertools import combinations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from accounts.models import AccountLink
from billing.documents.bill_document import bill_context
from billing.documents.bill_holder import with_holder
from billing.documents.specimen import specimen_context
from billing.enums import ServiceKind
from billing.models import Invoice
from oficina.shared.dates import today
from tests.answers import text_of
from tests.factories.billing import InvoiceFactory, LateInterestPolicyFactory
from tests.factories.guidance import help_topic
from tests.tramites.dangers import ATTACKS, Dangers
from tramites.bill_explained.callouts import RADIUS, SLUG_OF_A_CALLOUT, callouts_of
from tramites.bill_explained.drawing import explained_bill
from tramites.help.first_help import FIRST_HELP, publish_first_help

pytestmark = pytest.mark.django_db

OF_EVERY_BILL = (
    "empresa", "letra", "numero", "cuenta", "codigo-de-barras", "titular", "total", "grafico", "detalle", "impuestos",
    "otras-deudas", "qr", "cesp", "interes", "donde-pagar",
)  # fmt: skip
"""What has to be explained: a mark that goes from the template is missed here."""


@pytest.fixture(autouse=True)
def _interest(db: None) -> None:
    """Interest of late payment, which a bill tells, is in force."""
    LateInterestPolicyFactory.create(valid_from=date(2020, 1, 1))


PATHS = ("/informacion-util/", "/informacion-util/con-medidor/", "/informacion-util/cuota-fija/")


@pytest.mark.parametrize(("kind", "own"), [(ServiceKind.METERED, "lecturas"), (ServiceKind.FLAT_RATE, "cuota-fija")])
def test_every_part_of_a_bill_is_marked_drawn_and_explained(kind: ServiceKind, own: str, anonymous: Client) -> None:
    publish_first_help(now=timezone.now())
    bill = explained_bill(kind)
    assert sorted(bill.callouts) == sorted((*OF_EVERY_BILL, own))
    picture = bill.picture()
    assert picture.marks.keys() >= set(bill.callouts)
    for left, top in picture.marks.values():
        assert 0 <= left < picture.width
        assert 0 <= top < picture.height
    assert (round(picture.width), round(picture.height)) == (794, 1123)  # A4
    with Image.open(BytesIO(picture.png)) as drawn:
        assert abs(drawn.width - 2 * picture.width) <= 2

    callouts = callouts_of(bill, picture, at=timezone.now())
    assert [callout.number for callout in callouts] == list(range(1, len(bill.callouts) + 1))
    slugs = {SLUG_OF_A_CALLOUT.format(name) for name in bill.callouts}
    assert {callout.text.topic.slug for callout in callouts} == slugs
    tops = [picture.marks[callout.anchor.removeprefix("parte-")][1] for callout in callouts]
    assert tops == sorted(tops)  # as one reads
    places = [(float(callout.x), float(callout.y)) for callout in callouts]
    touching = [(a, b) for a, b in combinations(places, 2) if max(abs(a[0] - b[0]), abs(a[1] - b[1])) < 2 * RADIUS]
    assert touching == []


def test_no_explanation_is_of_a_part_that_no_bill_has() -> None:
    marked = {name for kind in ServiceKind for name in explained_bill(kind).callouts}
    brought = {path.stem.removeprefix("factura-") for path in FIRST_HELP.glob("factura-*.md")} - {"digital"}
    assert brought == marked


def test_specimen_shows_what_a_real_bill_shows() -> None:
    InvoiceFactory.create()
    real = with_holder(Invoice.objects.with_amount_due(on=today())).select_related("account").get()
    for kind in ServiceKind:
        assert set(specimen_context(kind)) == {*bill_context(real, on=today()), "is_specimen"}
        assert "Muestra" in explained_bill(kind).html


def test_anyone_may_read_it(anonymous: Client, as_owner: Client, link: AccountLink) -> None:
    publish_first_help(now=timezone.now())
    for path, client in [(path, client) for path in PATHS for client in (anonymous, as_owner)]:
        page = text_of(client.get(path))
        assert Dangers(page).found == []
        numbers = re.findall(r'<a class="sheet__mark" href="#(parte-[a-z-]+)" aria-label="(\d+): ', page)
        assert [number for _, number in numbers] == [str(n) for n in range(1, len(OF_EVERY_BILL) + 2)]
        assert [page.count(f'id="{anchor}"') for anchor, _ in numbers] == [1] * len(numbers)
        assert "style=" not in page
        assert client.post(path).status_code == 405
        assert client.get(path, headers={"HX-Request": "true"}).status_code == 200
    assert anonymous.get("/informacion-util/nada/").status_code == 404


def test_picture_has_an_address_of_its_own_that_is_kept(anonymous: Client) -> None:
    digest = explained_bill(ServiceKind.METERED).digest
    answer = anonymous.get(f"/informacion-util/con-medidor/{digest}.png")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert "immutable" in answer["Cache-Control"]
    assert len(answer.content) < 400_000
    older = anonymous.get("/informacion-util/con-medidor/00000000000000000000.png")
    assert "Cache-Control" not in older
    assert older["Location"] == f"/informacion-util/con-medidor/{digest}.png"
    assert anonymous.get(f"/informacion-util/nada/{digest}.png").status_code == 404


def test_what_changes_on_the_bill_changes_its_picture(settings: Settings) -> None:
    before = explained_bill(ServiceKind.METERED).digest
    assert explained_bill(ServiceKind.METERED).digest == before
    settings.UTILITY = settings.UTILITY.model_copy(update={"utility_address": "Otra calle 1"})
    assert explained_bill(ServiceKind.METERED).digest != before


def test_office_says_it_its_way_and_may_leave_a_part_out(anonymous: Client) -> None:
    help_topic(slug="factura-total", title="Lo que se paga", body="**Hasta** el primer vencimiento.")
    page = text_of(anonymous.get("/informacion-util/"))
    assert 'aria-label="1: Lo que se paga"' in page
    assert "<strong>Hasta</strong> el primer vencimiento." in page
    assert page.count('class="sheet__mark"') == 1


def test_page_asks_the_same_of_the_database_whatever_is_explained(anonymous: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            anonymous.get("/informacion-util/")
        return len(queries)

    help_topic(slug="factura-total")
    asked()
    one = asked()
    help_topic(slug="factura-cesp")
    help_topic(slug="factura-qr")
    assert asked() == one


def test_what_is_typed_is_harmless_wherever_it_is_shown(anonymous: Client) -> None:
    for part, attack in zip(OF_EVERY_BILL, ATTACKS, strict=False):
        help_topic(slug=f"factura-{part}", title=f"Total {attack}", body=f"{attack}\n\n- {attack}")
    page = text_of(anonymous.get("/informacion-util/"))
    assert page.count("sheet__part") == len(ATTACKS)
    assert Dangers(page).found == []
