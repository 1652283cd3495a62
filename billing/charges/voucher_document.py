"""The comprobante of a charge: what it says, how it is drawn, and what whoever checks it is told."""

from billing.document_context import document_context
from billing.documents.payment_barcode import payment_barcode
from billing.enums import InvoiceStatus
from billing.models import ChargeVoucher, Invoice, InvoiceLine
from billing.presentation import decimal_words
from billing.verification import Standing, VerifiedDocument
from oficina.shared.codes import interleaved_2_of_5
from oficina.shared.dates import short_date
from oficina.shared.money import ZERO, in_words, pesos
from oficina.shared.pdf import render_pdf

_CUIT_DIGITS = 11


def render_voucher(voucher: ChargeVoucher) -> bytes:
    """The comprobante as PDF, as it was when the charge was invoiced."""
    return render_pdf("documents/charge_voucher.html", voucher_context(voucher))


def voucher_context(voucher: ChargeVoucher) -> dict[str, object]:
    """Everything that `documents/charge_voucher.html` shows."""
    charge = voucher.charge
    invoice = _invoice_of(voucher)
    lines = list(invoice.lines.all())
    barcode = payment_barcode(invoice)
    shared = document_context(voucher, charge.account)
    return {
        **shared,
        "voucher": voucher,
        "invoice": invoice,
        "due_on": short_date(invoice.due_on),
        "total": pesos(invoice.amount),
        "total_in_words": in_words(invoice.amount),
        "charge_facts": _present(
            ("Número de cargo", charge.charge_number),
            ("Fecha del cargo", short_date(charge.raised_on)),
            ("Factura", f"LSP {invoice}"),
            ("Emisión", short_date(invoice.issued_on)),
            ("Vencimiento", short_date(invoice.due_on)),
            ("Código de pago", invoice.payment_code or ""),
        ),
        "account_facts": _present(
            ("Número", str(shared["account_number"])),
            ("Titular", voucher.holder_name),
            ("CUIT" if len(voucher.holder_document) == _CUIT_DIGITS else "Documento", voucher.holder_document),
            ("IVA", voucher.holder_vat_condition),
            ("Servicio en", f"{voucher.service_address}, {voucher.locality}"),
        ),
        "detail": charge.description,
        "lines": [_line(line) for line in lines],
        "vat": pesos(sum((line.vat_amount for line in lines), ZERO)),
        "other_taxes": pesos(invoice.other_taxes),
        "barcode": barcode,
        "bars": interleaved_2_of_5(barcode.digits) if barcode else None,
        "barcode_until": short_date(barcode.valid_until) if barcode else "",
    }


def tell_voucher(voucher: ChargeVoucher) -> VerifiedDocument:
    """The invoice that the comprobante shows; it says what is to be paid and proves no payment."""
    invoice = _invoice_of(voucher)
    is_void = invoice.status == InvoiceStatus.VOID
    return VerifiedDocument(
        name="Comprobante de cargo",
        on_what="Fecha de emisión",
        on=invoice.issued_on,
        amount=invoice.amount,
        account_number=voucher.charge.account.number,
        standing=Standing.NO_LONGER if is_void else Standing.STANDS,
        standing_words="Anulado" if is_void else "",
        note="La factura de este cargo se anuló: no hay que pagarla."
        if is_void
        else "Dice qué hay que pagar. Que esté pagado lo prueba el recibo.",
    )


def _invoice_of(voucher: ChargeVoucher) -> Invoice:
    """There is one: the database issues a voucher only for a charge that was invoiced."""
    return Invoice.objects.select_related("account").get(charge=voucher.charge_id)


def _line(line: InvoiceLine) -> dict[str, str]:
    return {
        "concept": line.concept,
        "net": pesos(line.amount),
        "vat_rate": f"{decimal_words(line.vat_rate)} %",
        "vat": pesos(line.vat_amount),
        "total": pesos(line.amount + line.vat_amount),
    }


def _present(*facts: tuple[str, str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in facts if value]
