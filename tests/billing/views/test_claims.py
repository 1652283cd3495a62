"""Claims: the form on a bill, Mis reclamos, one claim, withdrawing it; and what a bill says while it is reviewed."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from time_machine import Traveller

from accounts.models import AccountLink, User
from billing.claims.acts import Complaint, answer_claim, claim_bill, withdraw_claim
from billing.enums import ClaimReason, ClaimState, InvoiceStatus
from billing.models import Claim, Invoice
from oficina.shared.dates import add_months
from oficina.shared.models import PrivateFile
from tests.answers import Answer, said
from tests.billing.views.page_text import words_of
from tests.factories.billing import InvoiceFactory, InvoiceLineFactory, paid_checkout
from tests.factories.claims import COMPLAINT, claimed, photographed_meter, picture_bytes
from tests.factories.payment_reports import reported

pytestmark = pytest.mark.usefixtures("at_noon")

FILLED = {"reason": "reading", "text": "El medidor marca menos."}


@pytest.fixture
def bill(link: AccountLink) -> Invoice:
    """A metered bill of 1,000 pesos that nobody has paid, read on 31 October."""
    return InvoiceFactory.create(
        account=link.account, consumption_m3=Decimal(41), current_reading_on=date(2026, 10, 31)
    )


@pytest.fixture
def unusual(link: AccountLink) -> Invoice:
    """A bill of 81 m³ after a year of 40."""
    for back in range(2, 14, 2):
        InvoiceFactory.create(
            account=link.account, period=add_months(date(2026, 9, 1), -back), consumption_m3=Decimal(40)
        )
    return InvoiceFactory.create(account=link.account, consumption_m3=Decimal(81))


@pytest.fixture
def claim(link: AccountLink, bill: Invoice) -> Claim:
    """Ana's claim on her bill."""
    return claimed(link, bill)


def bill_page(link: AccountLink, bill: Invoice) -> str:
    return f"/cuenta/{link.public_id}/facturas/{bill.public_id}/"


def form_page(link: AccountLink, bill: Invoice) -> str:
    return f"{bill_page(link, bill)}reclamo/"


def list_page(link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/reclamos/"


def claim_page(link: AccountLink, claim: Claim, part: str = "") -> str:
    return f"{list_page(link)}{claim.public_id}/{part}"


def picture(name: str = "medidor.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture_bytes(), content_type="image/png")


def chosen_reason(answer: Answer) -> list[str]:
    """The reasons that are chosen in the form of the page."""
    return re.findall(r'<input type="radio" name="reason" value="(\w+)"[^>]* checked', answer.content.decode())


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_customer_claims(as_owner: Client, link: AccountLink, bill: Invoice, headers: dict[str, str]) -> None:
    sent: dict[str, Any] = {
        **FILLED, "meter_reading": "1.325,5", "meter_read_on": "2026-11-23", "attachment": picture(),
    }  # fmt: skip

    answer = as_owner.post(form_page(link, bill), sent, headers=headers)

    claim = Claim.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, claim_page(link, claim))
    assert said(answer) == [f"Recibimos tu reclamo. Su número es {claim.number} y te lo mandamos por mail."]
    assert (claim.invoice, claim.made_by) == (bill, link.user)
    assert (claim.reason, claim.text) == (ClaimReason.READING, "El medidor marca menos.")
    assert (claim.meter_reading, claim.meter_read_on) == (Decimal("1325.5"), date(2026, 11, 23))
    assert claim.attachment is not None
    assert claim.attachment.name == "medidor.png"


def test_form_says_what_is_claimed_and_until_when_it_is_answered(
    as_owner: Client, link: AccountLink, bill: Invoice
) -> None:
    answer = as_owner.get(form_page(link, bill))

    page = words_of(answer)
    assert f"Reclamar por una factura Septiembre y octubre 2026, Factura de servicio B {bill.invoice_number}" in page
    assert "pendiente por $ 1.000,00" in page
    assert "a más tardar el 10/12/2026" in page
    assert "presume" not in page
    assert chosen_reason(answer) == []


def test_what_the_law_presumes_is_chosen_and_explained(as_owner: Client, link: AccountLink, unusual: Invoice) -> None:
    InvoiceLineFactory.create(
        invoice=unusual, quantity=Decimal(81), unit="m³", unit_price=Decimal("100.0000"), vat_rate=Decimal(21)
    )

    answer = as_owner.get(form_page(link, unusual))

    page = words_of(answer)
    assert "Consumo 102 % por encima del promedio de los últimos dos años Usaste 81 m³ y el promedio es 40 m³." in page
    assert "Los 41 m³ de más cuestan $ 4.961,00 en esta factura, con IVA." in page
    assert chosen_reason(answer) == ["consumption"]


def test_blocks_of_a_tariff_are_left_to_the_office(as_owner: Client, link: AccountLink, unusual: Invoice) -> None:
    assert "Lo que está en duda son 41 m³." in words_of(as_owner.get(form_page(link, unusual)))


def test_a_paid_bill_is_not_told_what_to_pay(as_owner: Client, link: AccountLink, unusual: Invoice) -> None:
    paid_checkout(unusual, payer=link.user)

    page = words_of(as_owner.get(form_page(link, unusual)))
    assert "la ley presume" in page
    assert "podés pagar solo" not in page


def test_a_flat_rate_is_not_asked_for_a_reading(as_owner: Client, link: AccountLink) -> None:
    bill = InvoiceFactory.create(account=link.account, service_kind="flat_rate")

    page = words_of(as_owner.get(form_page(link, bill)))
    assert "medidor" not in page.lower()
    assert "El consumo es demasiado alto" not in page
    assert as_owner.post(form_page(link, bill), {"reason": "holder", "text": "Vendí la casa."}).status_code == 303


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reason": ""}, "Elegí qué está mal."),
        ({"reason": "precio"}, "Elegí una de las opciones."),
        ({"text": " "}, "Contanos con tus palabras qué está mal."),
        ({"text": "a" * 2001}, "Es demasiado largo: escribí hasta 2000 letras."),
        ({"meter_reading": "mil"}, "Escribí solo el número, por ejemplo 1.325."),
        ({"meter_reading": "-1"}, "El número del medidor no puede ser negativo."),
        ({"meter_reading": "1,2345"}, "Escribí el número con hasta tres decimales."),
        ({"meter_reading": "12345678"}, "Es un número demasiado grande. Revisalo."),
        ({"meter_read_on": "2026-11-20"}, "Escribí qué número mostraba."),
        ({"meter_reading": "1", "meter_read_on": "ayer"}, "Escribí la fecha así: 24/11/2026."),
        ({"meter_reading": "1", "meter_read_on": "2026-11-25"}, "Esa fecha todavía no llegó. Revisala."),
        ({"meter_reading": "1", "meter_read_on": "2026-10-30"}, "La lectura de la factura es del 31/10/2026"),
    ],
)
def test_form_says_what_is_wrong(
    as_owner: Client, link: AccountLink, bill: Invoice, changed: dict[str, str], words: str
) -> None:
    answer = as_owner.post(form_page(link, bill), {**FILLED, **changed})

    assert answer.status_code == 200
    assert words in words_of(answer)
    assert "<title>Error: Reclamar" in answer.content.decode()
    assert not Claim.objects.exists()


def test_a_reading_without_its_day_is_of_today(as_owner: Client, link: AccountLink, bill: Invoice) -> None:
    as_owner.post(form_page(link, bill), {**FILLED, "meter_reading": "1325"})

    assert Claim.objects.get().meter_read_on == date(2026, 11, 24)


def test_a_mistake_does_not_lose_the_file(as_owner: Client, link: AccountLink, bill: Invoice) -> None:
    answer = as_owner.post(form_page(link, bill), {"reason": "reading", "text": "", "attachment": picture()})

    assert "Ya tenemos «medidor.png»." in words_of(answer)
    kept = answer.context["form"]["attachment_kept"].value()
    again = as_owner.post(form_page(link, bill), {**FILLED, "attachment_kept": kept})
    assert again.status_code == 303
    assert Claim.objects.get().attachment == PrivateFile.objects.get()


def test_a_file_that_lies_is_refused_beside_its_field(as_owner: Client, link: AccountLink, bill: Invoice) -> None:
    lie = SimpleUploadedFile("medidor.jpg", b"<html><script>alert(1)</script></html>", content_type="image/jpeg")

    answer = as_owner.post(form_page(link, bill), {**FILLED, "attachment": lie})

    assert "Ese archivo no es una foto (JPG o PNG) ni un PDF." in words_of(answer)
    assert "El medidor marca menos." in answer.content.decode()
    assert not Claim.objects.exists()


def test_a_draft_that_was_used_is_asked_for_again(as_owner: Client, link: AccountLink, bill: Invoice) -> None:
    wrong = as_owner.post(form_page(link, bill), {"reason": "reading", "text": "", "attachment": picture()})
    kept = wrong.context["form"]["attachment_kept"].value()
    other = InvoiceFactory.create(account=link.account, period=date(2026, 7, 1), consumption_m3=Decimal(40))
    assert as_owner.post(form_page(link, other), {**FILLED, "attachment_kept": kept}).status_code == 303

    answer = as_owner.post(form_page(link, bill), {**FILLED, "attachment_kept": kept})

    assert "Ya no tenemos el archivo que habías elegido. Elegilo de nuevo." in words_of(answer)
    assert not Claim.objects.filter(invoice=bill).exists()
    assert as_owner.post(form_page(link, bill), {**FILLED, "attachment_kept": ""}).status_code == 303


def test_second_click_leads_to_the_same_claim(as_owner: Client, link: AccountLink, claim: Claim, bill: Invoice) -> None:
    answer = as_owner.post(form_page(link, bill), FILLED)

    assert (answer.status_code, answer["Location"]) == (303, claim_page(link, claim))
    assert as_owner.get(form_page(link, bill))["Location"] == claim_page(link, claim)
    assert Claim.objects.count() == 1


def test_a_void_bill_is_not_claimed(as_owner: Client, link: AccountLink, bill: Invoice) -> None:
    Invoice.objects.filter(pk=bill.pk).update(status=InvoiceStatus.VOID)

    for answer in (as_owner.get(form_page(link, bill)), as_owner.post(form_page(link, bill), FILLED)):
        assert (answer.status_code, answer["Location"]) == (303, bill_page(link, bill))
        assert said(answer)[-1] == "Esta factura se anuló: no hay nada que pagar ni que reclamar."
    assert "Reclamar" not in words_of(as_owner.get(bill_page(link, bill)))
    assert not Claim.objects.exists()


def test_bill_leads_to_the_form(as_owner: Client, link: AccountLink, bill: Invoice) -> None:
    assert f'href="{form_page(link, bill)}"' in as_owner.get(bill_page(link, bill)).content.decode()


def test_bill_and_inicio_say_that_it_is_reviewed(as_owner: Client, link: AccountLink, claim: Claim) -> None:
    page = as_owner.get(bill_page(link, claim.invoice))
    assert f"Factura en revisión Reclamaste por esta factura y la estamos revisando. Ver el reclamo {claim.number}" in (
        words_of(page)
    )
    assert form_page(link, claim.invoice) not in page.content.decode()
    home = as_owner.get(f"/cuenta/{link.public_id}/inicio/")
    assert "En revisión por un reclamo. Ver el reclamo por Septiembre y octubre 2026" in words_of(home)
    assert f'href="{claim_page(link, claim)}"' in home.content.decode()
    withdraw_claim(claim, now=timezone.now())
    assert "revisión" not in words_of(as_owner.get(bill_page(link, claim.invoice)))
    assert "revisión" not in words_of(as_owner.get(f"/cuenta/{link.public_id}/inicio/"))


def test_others_of_the_account_see_only_that_it_is_reviewed(as_teammate: Client, teammate: User, claim: Claim) -> None:
    own = AccountLink.objects.get(user=teammate)

    page = words_of(as_teammate.get(bill_page(own, claim.invoice)))
    assert "Otra persona que usa esta cuenta reclamó por esta factura y la estamos revisando." in page
    assert claim.number not in page
    assert "En revisión por un reclamo" in words_of(as_teammate.get(f"/cuenta/{own.public_id}/inicio/"))
    assert as_teammate.get(claim_page(own, claim)).status_code == 404
    assert as_teammate.post(claim_page(own, claim, "retirar/")).status_code == 404
    assert "No hiciste ningún reclamo" in words_of(as_teammate.get(list_page(own)))
    assert as_teammate.post(form_page(own, claim.invoice), FILLED).status_code == 303
    assert Claim.objects.filter(made_by=teammate).count() == 1


def test_strangers_and_anonymous_find_nothing(
    as_stranger: Client, anonymous: Client, link: AccountLink, claim: Claim
) -> None:
    form, question = form_page(link, claim.invoice), claim_page(link, claim, "retirar/")
    for page in (form, question, list_page(link), claim_page(link, claim)):
        assert as_stranger.get(page).status_code == 404
        assert anonymous.get(page)["Location"].startswith("/ingresar/")
    for page in (form, question):
        assert as_stranger.post(page, FILLED).status_code == 404
        assert anonymous.post(page, FILLED)["Location"].startswith("/ingresar/")
    own = AccountLink.objects.get(user__email="sofia@correo.example")
    assert as_stranger.get(claim_page(own, claim)).status_code == 404
    assert as_stranger.post(form_page(own, claim.invoice), FILLED).status_code == 404
    assert Claim.objects.get().is_open


def test_wrong_methods_are_refused(as_owner: Client, link: AccountLink, claim: Claim) -> None:
    for page in (list_page(link), claim_page(link, claim)):
        assert as_owner.post(page).status_code == 405
    for page in (form_page(link, claim.invoice), claim_page(link, claim, "retirar/")):
        assert as_owner.delete(page).status_code == 405


def test_claim_says_what_was_said_and_what_comes_next(as_owner: Client, link: AccountLink, bill: Invoice) -> None:
    complaint = Complaint(
        reason=ClaimReason.READING, text="El medidor <b>marca</b> menos.", meter_reading=Decimal("1325.5"),
        meter_read_on=date(2026, 11, 23),
    )  # fmt: skip
    claim = claimed(link, bill, complaint, attachment=photographed_meter())

    answer = as_owner.get(claim_page(link, claim))

    page = words_of(answer)
    assert f"Reclamo {claim.number} Por Septiembre y octubre 2026" in page
    assert "Cómo está En revisión Lo recibimos : hecho hoy a las 12:00 Lo estamos revisando" in page
    assert "Te respondemos por mail, a más tardar el 10/12/2026" in page
    assert "La factura sigue pendiente por $ 1.000,00 y sus vencimientos no cambian." in page
    assert "Qué está mal La lectura del medidor está mal" in page
    assert "Lo que mostraba el medidor 1.325,5 m³ Qué día 23/11/2026" in page
    assert "El medidor <b>marca</b> menos." in page
    assert claim.attachment is not None
    assert f'<a href="/archivos/{claim.attachment.public_id}/">medidor.png</a>' in answer.content.decode()
    assert "Nuestra respuesta" not in page


def test_a_late_answer_is_admitted(as_owner: Client, link: AccountLink, bill: Invoice) -> None:
    claim = claim_bill(link, bill, COMPLAINT, attachment=None, now=timezone.now() - timedelta(days=30))

    page = words_of(as_owner.get(claim_page(link, claim)))
    assert "Tendríamos que haberte respondido el 11/11/2026 a más tardar." in page
    assert "Disculpanos: llamanos al 0810 555 4826" in page


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (ClaimState.UPHELD, ("A tu favor", "Tenías razón: el reclamo se resolvió a tu favor.")),
        (ClaimState.PARTLY_UPHELD, ("En parte a tu favor", "El reclamo se resolvió en parte a tu favor.")),
        (ClaimState.DISMISSED, ("Sin cambios", "Revisamos la factura y no cambia.")),
    ],
)
def test_answered_claim_shows_the_answer(
    as_owner: Client, link: AccountLink, claim: Claim, staff: User, outcome: ClaimState, told: tuple[str, str]
) -> None:
    answer_claim(claim, outcome, "Fuimos el martes.\n\nLa lectura es de 1.300 m³.", by=staff, now=timezone.now())

    answer = as_owner.get(claim_page(link, claim))

    page = words_of(answer)
    badge, sentence = told
    assert f"Cómo está {badge} Lo recibimos : hecho hoy a las 12:00 {badge} : hecho hoy a las 12:00 {sentence}" in page
    assert "Nuestra respuesta Fuimos el martes. La lectura es de 1.300 m³. Si no estás de acuerdo" in page
    assert "Olga" not in page
    assert claim_page(link, claim, "retirar/") not in answer.content.decode()


def test_withdrawing_asks_first(as_owner: Client, link: AccountLink, claim: Claim) -> None:
    question = as_owner.get(claim_page(link, claim, "retirar/"))
    assert "¿Retirar el reclamo?" in words_of(question)
    assert Claim.objects.get().is_open

    answer = as_owner.post(claim_page(link, claim, "retirar/"))

    assert (answer.status_code, answer["Location"]) == (303, claim_page(link, claim))
    assert said(answer) == ["Listo: retiraste el reclamo. La factura queda como está."]
    assert Claim.objects.get().state == ClaimState.WITHDRAWN
    again = as_owner.post(claim_page(link, claim, "retirar/"))
    assert said(again) == said(answer)
    assert as_owner.get(claim_page(link, claim, "retirar/"))["Location"] == claim_page(link, claim)


def test_withdrawing_what_was_answered_says_so(as_owner: Client, link: AccountLink, claim: Claim, staff: User) -> None:
    answer_claim(claim, ClaimState.UPHELD, "Tenés razón.", by=staff, now=timezone.now())

    answer = as_owner.post(claim_page(link, claim, "retirar/"))

    assert said(answer) == ["Ya lo habíamos respondido: no se retiró."]
    assert Claim.objects.get().state == ClaimState.UPHELD


def test_list_has_claims_newest_first(as_owner: Client, link: AccountLink, claim: Claim, at_noon: Traveller) -> None:
    at_noon.shift(timedelta(days=1))
    other = InvoiceFactory.create(account=link.account, period=date(2026, 7, 1))
    later = claimed(link, other, Complaint(reason=ClaimReason.HOLDER, text="Vendí la casa."))
    withdraw_claim(later, now=timezone.now())

    page = words_of(as_owner.get(list_page(link)))

    first = f"El titular o la categoría están mal Julio y agosto 2026 · {later.number} 25/11/2026 Retirado"
    second = f"El consumo es demasiado alto Septiembre y octubre 2026 · {claim.number} 24/11/2026 En revisión"
    assert f"{first} {second} Respondemos a más tardar el 10/12/2026" in page


def test_list_has_reported_payments_too(as_owner: Client, link: AccountLink, claim: Claim) -> None:
    report = reported(link, claim.invoice)

    answer = as_owner.get(list_page(link))

    assert f"Pago de $ 1.000,00 en otro lado Septiembre y octubre 2026 · {report.number} 24/11/2026 En revisión" in (
        words_of(answer)
    )
    assert f'href="/cuenta/{link.public_id}/avisos-de-pago/{report.public_id}/"' in answer.content.decode()


def test_without_claims_it_says_where_to_begin(as_owner: Client, link: AccountLink) -> None:
    assert "No hiciste ningún reclamo Si una factura te parece mal" in words_of(as_owner.get(list_page(link)))


def test_list_costs_the_same_however_long_and_has_pages(as_owner: Client, link: AccountLink) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_owner.get(list_page(link)).status_code == 200
        return len(captured)

    def another() -> None:
        claimed(link, InvoiceFactory.create(account=link.account))

    another()
    queries()
    with_one = queries()
    for _ in range(25):
        another()
    assert queries() == with_one
    assert "1 a 25 de 26" in words_of(as_owner.get(list_page(link)))


def test_pages_are_never_kept_by_the_browser(as_owner: Client, link: AccountLink, claim: Claim) -> None:
    for page in (list_page(link), claim_page(link, claim)):
        assert "no-store" in as_owner.get(page)["Cache-Control"]


def test_short_path_leads_to_the_account_in_hand(as_owner: Client, link: AccountLink) -> None:
    assert as_owner.get("/reclamos/")["Location"] == list_page(link)
