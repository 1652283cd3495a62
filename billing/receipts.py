"""The receipt of a payment: issued when it settles, drawn and kept once, mailed to whoever paid."""

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.account_numbers import account_number_ending
from billing.desk.standing import is_annulled
from billing.enums import DESK_CHANNELS
from billing.models import Payment, Receipt
from billing.receipt_document import receipt_context, render_receipt
from billing.receipt_verification import tell_receipt
from billing.receivers import receivers_of
from billing.stored_documents import AFTER_OTHERS, DocumentKind, file_name_of, schedule_drawing, stored_pdf
from oficina.shared.mail import Attachment, send_mail_later
from oficina.shared.money import ZERO, pesos

RECEIPTS = DocumentKind(
    model=Receipt,
    file_name="recibo",
    related=("payment__account", "payment__payer"),
    draw=render_receipt,
    tell=tell_receipt,
)

DELIVER_RECEIPT_TASK = "billing.deliver_receipt"


def schedule_receipt(receipt: Receipt) -> None:
    """Have the receipt drawn, and mailed to the person who paid, in the caller's transaction. That of the utility's own
    counter is mailed to whoever has the account linked.

    Nobody waits for that of money received elsewhere: it is drawn after what people do wait for.
    """
    if receipt.payment.payer_id is None and receipt.payment.channel not in DESK_CHANNELS:
        schedule_drawing(receipt, priority=AFTER_OTHERS)
    else:
        app.configure_task(DELIVER_RECEIPT_TASK).defer(receipt_id=receipt.pk)


def _subject(payment: Payment) -> str:
    ending = account_number_ending(payment.account.number)
    return f"Recibimos tu pago de {pesos(payment.amount_received or ZERO)}, cuenta terminada en {ending}"


def deliver_receipt(receipt_id: int) -> None:
    """Draw the receipt and queue the mails that bring it, once, however often this is run (`receivers_of`).

    That of a payment which the counter took back meanwhile is not sent.
    """
    pdf = stored_pdf(RECEIPTS.documents().get(pk=receipt_id))
    with transaction.atomic():
        receipt = Receipt.objects.select_for_update(no_key=True).defer("pdf").get(pk=receipt_id)
        receivers = receivers_of(receipt.payment)
        if receipt.mailed_at is not None or not receivers or is_annulled(receipt.payment):
            return
        context = receipt_context(receipt)
        attached = [Attachment(name=file_name_of(receipt), content=pdf, media_type="application/pdf")]
        for person in receivers:
            words = {"payer": person, **context}
            send_mail_later(person.email, _subject(receipt.payment), "receipt", words, attachments=attached)
        receipt.mailed_at = timezone.now()
        receipt.save(update_fields=["mailed_at"])
