"""What whoever has an account linked is told of what was done at the counter."""

from accounts.account_numbers import account_number_ending, format_account_number
from billing.models import TillPayment
from billing.receivers import receivers_of
from oficina.shared.mail import send_mail_later
from oficina.shared.money import pesos


def mail_annulment(taken: TillPayment) -> None:
    """The payment was taken back, so its bills are to be paid again. In the caller's transaction."""
    payment = taken.payment
    ending = account_number_ending(payment.account.number)
    for person in receivers_of(payment):
        context = {
            "person": person,
            "amount": pesos(taken.amount),
            "account_number": format_account_number(payment.account.number),
            "payment_number": payment.number,
            "receipt_number": payment.receipt.number,
        }
        subject = f"Anulamos el pago de {pesos(taken.amount)} en caja, cuenta terminada en {ending}"
        send_mail_later(person.email, subject, "desk_payment_annulled", context)
