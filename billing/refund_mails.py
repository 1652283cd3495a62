"""What whoever paid is told about money that goes back to them."""

from accounts.account_numbers import account_number_ending, format_account_number
from billing.enums import RefundRoute
from billing.models import Payment, Refund
from billing.receipt_document import means_in_words
from oficina.shared.mail import send_mail_later
from oficina.shared.money import pesos


def mail_refund_done(refund: Refund) -> None:
    """The money is on its way to the means with which it was paid, or was handed over. In the caller's transaction.

    Money received elsewhere has no known payer; whoever closed their user since then gets no mail.
    """
    _mail(refund, f"Te devolvimos {pesos(refund.amount)}", "refund_done")


def mail_refund_failed(refund: Refund) -> None:
    """The money came back to us, so it is on the bills again. As `mail_refund_done`."""
    _mail(refund, f"No pudimos devolverte {pesos(refund.amount)}", "refund_failed")


def _mail(refund: Refund, subject: str, template: str) -> None:
    payment = Payment.objects.select_related("account", "payer").get(pk=refund.payment_id)
    if payment.payer is None or not payment.payer.is_active:
        return
    ending = account_number_ending(payment.account.number)
    context = {
        "payer": payment.payer,
        "amount": pesos(refund.amount),
        "account_number": format_account_number(payment.account.number),
        "payment_number": payment.number,
        "means": means_in_words(payment),
        "at_the_office": refund.route == RefundRoute.OFFICE,
    }
    send_mail_later(payment.payer.email, f"{subject}, cuenta terminada en {ending}", template, context)
