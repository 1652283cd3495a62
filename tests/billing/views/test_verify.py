from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from time_machine import Traveller

from accounts.models import AccountLink, User
from billing.charges.acts import invoice_charge
from billing.debt_certificates import issue_certificate
from billing.disputes import record_dispute
from billing.enums import DisputeState
from billing.external_payments import record_external_payment
from billing.gateway.returns import RefundStatus
from billing.models import ChargeVoucher, Invoice, Receipt
from billing.refunds import record_refund, record_reversal
from tests.billing.views.page_text import words_of
from tests.factories.billing import InvoiceFactory, operation, paid_checkout
from tests.factories.charges import ChargeFactory
from tests.factories.returns import asked_refund, dispute_report, refund_report
from tests.ledger_invariants import ledger_invariants

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture(autouse=True)
def _no_limit_left_over(db: None) -> None:
    cache.clear()


@pytest.fixture
def receipt(link: AccountLink, invoice: Invoice) -> Receipt:
    return paid_checkout(invoice, payer=link.user).receipt


def test_a_genuine_receipt_shows_date_amount_and_masked_account(
    anonymous: Client, link: AccountLink, receipt: Receipt
) -> None:
    answer = anonymous.get(f"/verificar/{receipt.verification_code}/")
    ending = f"{link.account.number[10:13]}-{link.account.number[13]}"
    facts = "Documento Recibo de pago Fecha del pago 24/11/2026 Importe $ 1.000,00"
    assert f"{facts} Cuenta terminada en {ending} Verificar otro" in words_of(answer)
    body = answer.content.decode()
    for hidden in (link.account.number[3:10], receipt.payment.number, receipt.number, "Ferreyra", "Suárez", "4417"):
        assert hidden not in body


@pytest.fixture
def ending(link: AccountLink) -> str:
    """The part of the account's number that anybody may see."""
    return f"{link.account.number[10:13]}-{link.account.number[13]}"


def told(anonymous: Client, code: str) -> str:
    """All that the page says of a document, from its badges to its last button."""
    words = words_of(anonymous.get(f"/verificar/{code}/"))
    assert words.count("Este documento es auténtico") == 1
    said = words.partition("Auténtico ")[2].partition(" Verificar otro")[0]
    return said.replace(
        "Este documento es auténtico Aguas del Piedemonte S.A. lo emitió."
        " Comprobá que los datos coincidan con los del papel. ",
        "",
    )


def test_a_receipt_that_was_refunded_in_part(anonymous: Client, receipt: Receipt, ending: str) -> None:
    record_refund(receipt.payment_id, refund_report(receipt.payment, Decimal("300.50")))

    assert told(anonymous, receipt.verification_code) == (
        "Devuelto en parte Documento Recibo de pago Fecha del pago 24/11/2026 Importe $ 1.000,00"
        f" Devuelto después $ 300,50 Cuenta terminada en {ending}"
        " Una parte del pago se devolvió después de emitir este recibo."
    )


def test_a_receipt_that_was_refunded_whole(anonymous: Client, receipt: Receipt, ending: str) -> None:
    record_refund(receipt.payment_id, refund_report(receipt.payment, Decimal("1000.00")))

    assert told(anonymous, receipt.verification_code) == (
        "Devuelto Documento Recibo de pago Fecha del pago 24/11/2026 Importe $ 1.000,00"
        f" Devuelto después $ 1.000,00 Cuenta terminada en {ending}"
        " El pago se devolvió: este recibo ya no prueba que la factura esté pagada."
    )


def test_a_receipt_whose_refund_failed_stands_again(
    anonymous: Client, receipt: Receipt, ending: str, staff: User
) -> None:
    refund = asked_refund(receipt.payment, Decimal("300.00"), by=staff)
    failed = refund_report(receipt.payment, Decimal("300.00"), RefundStatus.FAILED, refund=refund)
    record_refund(receipt.payment_id, failed)

    assert told(anonymous, receipt.verification_code) == (
        f"Documento Recibo de pago Fecha del pago 24/11/2026 Importe $ 1.000,00 Cuenta terminada en {ending}"
    )


@pytest.mark.parametrize("state", [DisputeState.INQUIRY, DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW])
def test_a_receipt_that_is_contested(anonymous: Client, receipt: Receipt, ending: str, state: DisputeState) -> None:
    record_dispute(receipt.payment_id, dispute_report(receipt.payment, Decimal("1000.00"), state))

    assert told(anonymous, receipt.verification_code) == (
        "Reclamado al banco Documento Recibo de pago Fecha del pago 24/11/2026 Importe $ 1.000,00"
        f" Cuenta terminada en {ending} El pago está reclamado ante el banco."
        " Mientras no se resuelva, no prueba que la factura esté pagada."
    )


def test_a_receipt_of_which_the_bank_took_the_money(anonymous: Client, receipt: Receipt) -> None:
    taken = Decimal("1000.00")
    lost = dispute_report(receipt.payment, taken, DisputeState.LOST, withdrawn=taken)
    record_dispute(receipt.payment_id, lost)

    said = told(anonymous, receipt.verification_code)
    assert said.startswith("Devuelto Documento")
    assert "Devuelto después $ 1.000,00" in said


def test_a_receipt_that_a_channel_reversed(anonymous: Client, link: AccountLink, invoice: Invoice) -> None:
    payment = record_external_payment(operation(link.account, (invoice, Decimal("1000.00"))), cause="rendición")
    record_reversal(
        payment.pk, amount=Decimal("1000.00"), operation_number="R-1", reversed_at=timezone.now(), reason="error"
    )

    said = told(anonymous, payment.receipt.verification_code)
    assert said.startswith("Devuelto Documento Recibo de pago Fecha del pago 24/11/2026")
    assert "error" not in said


def test_a_certificate_says_its_day_for_ever_and_no_amount(
    anonymous: Client, link: AccountLink, ending: str, at_noon: Traveller
) -> None:
    certificate = issue_certificate(link, link.user)
    fresh = told(anonymous, certificate.verification_code)
    assert fresh == (
        f"Documento Libre deuda Emitido el 24/11/2026 Cuenta terminada en {ending}"
        " Vale a la fecha en que se emitió. No dice nada de lo que se facturó después."
    )

    at_noon.shift(timedelta(days=400))
    InvoiceFactory.create(account=link.account)
    assert told(anonymous, certificate.verification_code) == fresh


@pytest.fixture
def voucher(link: AccountLink) -> ChargeVoucher:
    """The comprobante of a charge of 12,100 pesos that Ana accepted today."""
    charge = ChargeFactory.create(account=link.account, concept="Conexión de cloaca")
    invoice_charge(charge, accepted=charge.amount, by=link.user, now=timezone.now())
    return ChargeVoucher.objects.select_related("charge__invoice").get()


def comprobante_facts(ending: str) -> str:
    return (
        f"Documento Comprobante de cargo Fecha de emisión 24/11/2026 Importe $ 12.100,00 Cuenta terminada en {ending}"
    )


def test_a_comprobante_proves_no_payment_whatever_became_of_its_bill(
    anonymous: Client, voucher: ChargeVoucher, ending: str
) -> None:
    proves_nothing = f"{comprobante_facts(ending)} Dice qué hay que pagar. Que esté pagado lo prueba el recibo."
    assert told(anonymous, voucher.verification_code) == proves_nothing
    paid_checkout(Invoice.objects.get(charge=voucher.charge))
    assert told(anonymous, voucher.verification_code) == proves_nothing


def test_a_comprobante_of_a_void_bill(anonymous: Client, voucher: ChargeVoucher, ending: str) -> None:
    Invoice.objects.update(status="void")

    assert told(anonymous, voucher.verification_code) == (
        f"Anulado {comprobante_facts(ending)} La factura de este cargo se anuló: no hay que pagarla."
    )


def test_when_the_payment_of_a_charge_is_reversed_its_bill_is_to_be_paid_again(
    anonymous: Client, as_owner: Client, link: AccountLink, voucher: ChargeVoucher, ending: str
) -> None:
    """The receipt proves nothing any more; the comprobante, whose bill can be paid again, is what it was."""
    invoice = Invoice.objects.get(charge=voucher.charge)
    page = f"/cuenta/{link.public_id}/cargos/{voucher.charge.public_id}/"
    payment = record_external_payment(operation(link.account, (invoice, Decimal("12100.00"))), cause="rendición")
    assert "Pagar cargo" not in words_of(as_owner.get(page))

    record_reversal(
        payment.pk, amount=Decimal("12100.00"), operation_number="R-1", reversed_at=timezone.now(), reason="error"
    )

    assert "Pagar cargo" in words_of(as_owner.get(page))
    assert list(Invoice.objects.payable()) == [invoice]
    assert told(anonymous, payment.receipt.verification_code).startswith("Devuelto Documento Recibo de pago")
    assert told(anonymous, voucher.verification_code).startswith(comprobante_facts(ending))
    paid_checkout(invoice, payer=link.user)
    assert "Pagar cargo" not in words_of(as_owner.get(page))
    ledger_invariants()


def test_nothing_of_who_asked_for_it_or_lives_there_is_told(
    anonymous: Client, link: AccountLink, voucher: ChargeVoucher
) -> None:
    paid_checkout(Invoice.objects.get(charge=voucher.charge))
    certificate = issue_certificate(link, link.user)
    account, user, charge = link.account, link.user, voucher.charge
    hidden = (
        account.number[3:10], account.holder_name, account.holder_document, account.service_address, account.locality,
        user.last_name, user.email, charge.concept, charge.charge_number, "00005-00000001", certificate.number,
    )  # fmt: skip
    for code in (certificate.verification_code, voucher.verification_code):
        answer = anonymous.get(f"/verificar/{code}/")
        body = answer.content.decode().replace(code, "")
        assert [words for words in hidden if words in body] == []
        assert "no-store" in answer["Cache-Control"]


def test_a_code_is_read_as_people_type_it(anonymous: Client, receipt: Receipt) -> None:
    code = receipt.verification_code
    typed = f" {code[:4].lower()} {code[4:8]}-{code[8:]}".replace("0", "o").replace("1", "l")
    answer = anonymous.get("/verificar/", {"codigo": typed})
    assert (answer.status_code, answer["Location"]) == (302, f"/verificar/{code}/")
    assert "Este documento es auténtico" in words_of(anonymous.get(f"/verificar/{typed.strip()}/"))


def test_an_unknown_code_says_so(anonymous: Client, receipt: Receipt) -> None:
    answer = anonymous.get("/verificar/AAAABBBBCCCC/")
    assert answer.status_code == 404
    assert "No emitimos ningún documento con el código AAAABBBBCCCC ." in words_of(answer)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Escribí el código que está junto al código QR."),
        ("123", "El código tiene 12 letras y números. Revisalo."),
    ],
)
def test_the_form_says_what_is_wrong(anonymous: Client, typed: str, words: str) -> None:
    answer = anonymous.get("/verificar/", {"codigo": typed})
    assert words in words_of(answer)
    assert "<title>Error: Verificar un comprobante" in answer.content.decode()


def test_an_empty_form_asks(anonymous: Client) -> None:
    page = words_of(anonymous.get("/verificar/"))
    assert "Código de verificación" in page
    assert "Revisá" not in page


def test_tries_are_limited(anonymous: Client, receipt: Receipt) -> None:
    answers = [anonymous.get("/verificar/AAAABBBBCCCC/").status_code for _ in range(61)]
    assert answers == [404] * 60 + [429]
    assert anonymous.get("/verificar/").status_code == 429
    assert anonymous.get(f"/verificar/{receipt.verification_code}/").status_code == 429


def test_it_rejects_other_methods(anonymous: Client) -> None:
    assert anonymous.post("/verificar/").status_code == 405
    assert anonymous.post("/verificar/AAAABBBBCCCC/").status_code == 405
