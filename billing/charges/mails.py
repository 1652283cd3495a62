"""What whoever accepted a charge is told."""

from accounts.account_numbers import account_number_ending, format_account_number
from accounts.addresses import page_of
from accounts.models import User
from billing.models import Charge, Invoice
from oficina.shared.dates import short_date
from oficina.shared.mail import send_mail_later
from oficina.shared.money import pesos


def mail_invoiced(charge: Charge, invoice: Invoice, to: User) -> None:
    """The charge is a bill now: which, how much, until when, where to print and pay it. In the caller's transaction.

    Whoever gave the account up meanwhile gets no address, since its pages are closed to them.
    """
    account = charge.account
    context = {
        "user": to,
        "concept": charge.concept,
        "charge_number": charge.charge_number,
        "amount": pesos(invoice.amount),
        "invoice": f"LSP {invoice}",
        "due_on": short_date(invoice.due_on),
        "payment_code": invoice.payment_code,
        "account_number": format_account_number(account.number),
        "address": page_of(to.pk, account.pk, "charge", charge.public_id),
    }
    ending = account_number_ending(account.number)
    subject = f"Facturamos un cargo de {pesos(invoice.amount)}, cuenta terminada en {ending}"
    send_mail_later(to.email, subject, "charge_invoiced", context)
