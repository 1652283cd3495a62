"""Each document of the portal: sound, tagged, light, with its own fonts, its title and its language."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest
from django.utils import timezone

from accounts.models import AccountLink
from billing.charges.acts import invoice_charge
from billing.debt_certificates import issue_certificate
from billing.documents.bill_document import bill_pdf
from billing.enums import ListingKind, ServiceKind
from billing.external_payments import record_external_payment
from billing.listings.drawing import draw_long, draw_short
from billing.listings.histories import HISTORIES
from billing.listings.history_filter import HistoryFilter
from billing.models import Invoice
from billing.stored_documents import stored_pdf
from oficina.shared.dates import today
from payment_plans.documents.instalments_document import instalments_pdf
from tests.factories.billing import InvoiceFactory, operation, paid_checkout
from tests.factories.charges import ChargeFactory
from tests.factories.plans import overdue_bill, policy, running_plan
from tests.pdf_ua import faults_of_structure
from tests.printed import Font, facts_of, fonts_of, qpdf_check, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

NUMBER = "082-0014237-001-2"
EVERYTHING = HistoryFilter()


class Drawn(NamedTuple):
    """A document, and the title that it has to have."""

    pdf: bytes
    title: str
    pages: int = 1


def bills(link: AccountLink, count: int) -> list[Invoice]:
    return [
        InvoiceFactory.create(account=link.account, period=date(2016 + back // 6, 1 + 2 * (back % 6), 1))
        for back in range(count)
    ]


def receipt(link: AccountLink, *, of: int, pages: int = 1) -> Drawn:
    found = paid_checkout(*bills(link, of), payer=link.user).receipt
    return Drawn(stored_pdf(found), f"Recibo {found.number}, cuenta {NUMBER}", pages)


def receipt_of_a_counter(link: AccountLink) -> Drawn:
    [bill] = bills(link, 1)
    found = record_external_payment(operation(link.account, (bill, Decimal("1200.00"))), cause="rendición").receipt
    return Drawn(stored_pdf(found), f"Recibo {found.number}, cuenta {NUMBER}")


def receipt_of_credit(link: AccountLink) -> Drawn:
    found = record_external_payment(operation(link.account, amount=Decimal("500.00")), cause="rendición").receipt
    return Drawn(stored_pdf(found), f"Recibo {found.number}, cuenta {NUMBER}")


def comprobante(link: AccountLink) -> Drawn:
    charge = ChargeFactory.create(account=link.account)
    invoice_charge(charge, accepted=charge.amount, by=link.user, now=timezone.now())
    charge.refresh_from_db()
    return Drawn(stored_pdf(charge.voucher), f"Comprobante de cargo {charge.voucher.number}, cuenta {NUMBER}")


def certificate(link: AccountLink) -> Drawn:
    issued = issue_certificate(link, link.user)
    return Drawn(stored_pdf(issued), f"Libre deuda {issued.number}, cuenta {NUMBER}")


def bill(link: AccountLink, kind: ServiceKind) -> Drawn:
    used = {"consumption_m3": Decimal(41), "previous_reading": Decimal(1284), "current_reading": Decimal(1325)}
    drawn = InvoiceFactory.create(
        account=link.account, service_kind=kind, authorization_code="76481234567890",
        **(used if kind is ServiceKind.METERED else {}),
    )  # fmt: skip
    title = f"Liquidación de servicios públicos {drawn}, septiembre y octubre 2026, cuenta {NUMBER}"
    return Drawn(bill_pdf(drawn.pk, on=today()), title)


def plan(link: AccountLink, instalments: int, *, pages: int = 1) -> Drawn:
    """A plan whose first instalment is paid."""
    policy(rates={instalments: Decimal("24.00")})
    overdue_bill(link)
    made = running_plan(link, instalments)
    pdf = instalments_pdf(made.pk, on=today())
    return Drawn(pdf, f"Cuotas del plan de pago {made}, cuenta {NUMBER}", pages)


def listing(link: AccountLink, kind: ListingKind, *, rows: int, pages: int = 1) -> Drawn:
    for paid in bills(link, rows):
        at = timezone.now() - timedelta(days=paid.pk % 300)
        record_external_payment(operation(link.account, (paid, Decimal("1000.00")), paid_at=at), cause="rendición")
    history = HISTORIES[kind]
    pdf = draw_short(history, link, EVERYTHING, at=timezone.now())
    return Drawn(pdf, f"{history.title}, cuenta {NUMBER}", pages)


DOCUMENTS: dict[str, Callable[[AccountLink], Drawn]] = {
    "receipt of a bill": lambda link: receipt(link, of=1),
    "receipt of several bills": lambda link: receipt(link, of=7),
    "receipt of many bills": lambda link: receipt(link, of=60, pages=3),
    "receipt of a counter": receipt_of_a_counter,
    "receipt of credit": receipt_of_credit,
    "comprobante": comprobante,
    "certificate": certificate,
    "metered bill": lambda link: bill(link, ServiceKind.METERED),
    "flat-rate bill": lambda link: bill(link, ServiceKind.FLAT_RATE),
    "plan of one instalment": lambda link: plan(link, 1),
    "plan of a year": lambda link: plan(link, 12, pages=3),
    "payments": lambda link: listing(link, ListingKind.PAYMENTS, rows=5),
    "paid bills": lambda link: listing(link, ListingKind.PAID_BILLS, rows=5),
    "payments of many pages": lambda link: listing(link, ListingKind.PAYMENTS, rows=60, pages=2),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_it_is_sound_tagged_and_light(link: AccountLink, name: str) -> None:
    drawn = DOCUMENTS[name](link)

    facts = facts_of(drawn.pdf)
    assert (facts["Title"], facts["Author"]) == (drawn.title, "Aguas del Piedemonte S.A.")
    assert (facts["Lang"], facts["Tagged"], facts["Suspects"]) == ("es-AR", "yes", "no")
    assert (facts["JavaScript"], facts["Encrypted"], facts["Form"]) == ("no", "no", "none")
    assert (int(facts["Pages"]), facts["Page size"]) == (drawn.pages, "595.276 x 841.89 pts (A4)")
    fonts = fonts_of(drawn.pdf)
    assert {font.name.split("+")[1] for font in fonts} == {"Liberation-Sans", "Liberation-Sans-Bold"}
    assert fonts == [Font(font.name, embedded=True, subset=True) for font in fonts]
    assert qpdf_check(drawn.pdf) == "errors that qpdf cannot detect"
    assert faults_of_structure(drawn.pdf) == []
    assert len(drawn.pdf) < 100_000
    assert f"Página {drawn.pages} de {drawn.pages}" in words_of(drawn.pdf)


@pytest.mark.parametrize("kind", ListingKind)
def test_a_long_listing_is_sound_and_light_and_is_known_by_title_and_language(
    link: AccountLink, kind: ListingKind
) -> None:
    """It has no tags: whoever needs them has the same rows as a page and as a file (decision 0093)."""
    for paid in bills(link, 120):
        record_external_payment(operation(link.account, (paid, Decimal("1000.00"))), cause="rendición")
    pdf = draw_long(HISTORIES[kind], link, EVERYTHING, at=timezone.now(), tell=lambda _count: None)

    facts = facts_of(pdf)
    assert (facts["Title"], facts["Lang"]) == (f"{HISTORIES[kind].title}, cuenta {NUMBER}", "es-AR")
    assert facts["Page size"] == "595.276 x 841.89 pts (A4)"
    assert all(font.embedded and font.subset for font in fonts_of(pdf))
    assert qpdf_check(pdf) == "errors that qpdf cannot detect"
    assert "it is not marked as tagged" in faults_of_structure(pdf)
    assert len(pdf) < 100_000 * int(facts["Pages"])
    assert f"Página 1 de {facts['Pages']}" in words_of(pdf)
