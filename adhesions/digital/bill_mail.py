"""The mail that brings a bill."""

from datetime import date

from django.conf import settings
from django.core.mail import EmailMessage

from accounts.account_numbers import account_number_ending
from accounts.addresses import page_of
from adhesions.digital.unsubscribing import unsubscribe_address
from adhesions.enums import DeliveryKind
from adhesions.models import BillDelivery
from billing.documents.bill_document import bill_file_name, bill_pdf
from billing.documents.bill_facts import payment_code_words, printed_prices
from billing.models import Invoice
from billing.presentation import bill_name
from oficina.shared.dates import days_phrase, short_date
from oficina.shared.mail import AUTOMATIC, Attachment, compose_mail, mail_domain
from oficina.shared.money import pesos

_BILL = "factura."


def bill_mail(delivery: BillDelivery, *, on: date) -> EmailMessage:
    """The mail of a delivery loaded with its bill, account and adhesion, as it is true on a local date.

    Its Message-ID is the delivery's, whenever and however often it is composed. A mail that comes by adhesion says how
    to stop it, in its foot and to the mail program (RFC 8058).
    """
    invoice = delivery.invoice
    stop = unsubscribe_address(delivery.adhesion) if delivery.adhesion else ""
    context = {
        "delivery": delivery,
        "lead": _lead(delivery, on),
        "account": invoice.account,
        "invoice": invoice,
        "bill": bill_name(invoice),
        "prices": [(short_date(price.day), pesos(price.amount)) for price in printed_prices(invoice)],
        "payment_code": payment_code_words(invoice),
        "address": _address(delivery),
        "stop": stop,
    }
    pdf = Attachment(name=bill_file_name(invoice), content=bill_pdf(invoice.pk, on=on), media_type="application/pdf")
    message = compose_mail(delivery.email, _subject(delivery, on), "adhesions/bill", context, attachments=[pdf])
    message.extra_headers = {**AUTOMATIC, "Message-ID": message_id_of(delivery)}
    if stop:
        message.extra_headers |= {
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    return message


def message_id_of(delivery: BillDelivery) -> str:
    """`<factura.…@host>`: the same for every try of a delivery, and of no other."""
    return f"<{_BILL}{delivery.public_id}@{mail_domain()}>"


def reference_in(message_id: str) -> str:
    """The `public_id` of the delivery whose mail has this Message-ID; empty when it is no bill's mail of ours."""
    name, _, domain = message_id.removeprefix("<").removesuffix(">").partition("@")
    if not name.startswith(_BILL) or domain.lower() != mail_domain().lower():
        return ""
    return name.removeprefix(_BILL)


def _subject(delivery: BillDelivery, on: date) -> str:
    invoice = delivery.invoice
    ending = account_number_ending(invoice.account.number)
    match delivery.kind:
        case DeliveryKind.REMINDER:
            return f"Tu factura vence {_when(invoice, on)}: {pesos(invoice.amount)}, cuenta terminada en {ending}"
        case DeliveryKind.OVERDUE:
            return f"Tu factura venció el {short_date(invoice.due_on)}, cuenta terminada en {ending}"
        case _:
            return f"Tu factura de {bill_name(invoice).lower()}, cuenta terminada en {ending}"


def _lead(delivery: BillDelivery, on: date) -> str:
    invoice = delivery.invoice
    match delivery.kind:
        case DeliveryKind.REMINDER:
            return f"Esta factura vence {_when(invoice, on)} y todavía no se pagó. Si ya la pagaste, no hagas nada."
        case DeliveryKind.OVERDUE:
            return "Esta factura venció y no se pagó. Si la pagaste hace poco, el pago puede tardar en verse."
        case DeliveryKind.ON_REQUEST:
            return "Te mandamos la factura que pediste. Está adjunta, en PDF."
        case _:
            return "Llegó la factura nueva de la cuenta. Está adjunta, en PDF."


def _when(invoice: Invoice, on: date) -> str:
    days = (invoice.due_on - on).days
    return {0: "hoy", 1: "mañana"}.get(days, f"en {days_phrase(days)}")


def _address(delivery: BillDelivery) -> str:
    """The bill's page, or the portal's own for whoever gave the account up meanwhile."""
    invoice = delivery.invoice
    reader = delivery.adhesion.made_by_id if delivery.adhesion else delivery.requested_by_id
    return page_of(reader, invoice.account_id, "invoice", invoice.public_id) or f"{settings.BASE_URL}/"
