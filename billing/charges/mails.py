"""What whoever accepted a charge is told."""

from django.conf import settings
from django.urls import reverse

from accounts.account_numbers import account_number_ending, format_account_number
from accounts.models import AccountLink, User
from billing.models import Charge, Invoice
from oficina.shared.dates import short_date
from oficina.shared.mail import send_mail_later
from oficina.shared.money import pesos


def mail_invoiced(charge: Charge, invoice: Invoice, to: User) -> None:
    """The charge is a bill now: which, how much, until when, where to print and pay it. In the caller's transaction.

    Whoever gave the account up meanwhile gets no address, since its pages are closed to them.
    """
    account = charge.account
    link = AccountLink.objects.active().filter(user=to, account=account).first()
    page = reverse("charge", args=[link.public_id, charge.public_id]) if link else ""
    context = {
        "user": to,
        "concept": charge.concept,
        "charge_number": charge.charge_number,
        "amount": pesos(invoice.amount),
        "invoice": f"LSP {invoice}",
        "due_on": short_date(invoice.due_on),
        "payment_code": invoice.payment_code,
        "account_number": format_account_number(account.number),
        "address": f"{settings.BASE_URL}{page}" if page else "",
    }
    ending = account_number_ending(account.number)
    subject = f"Facturamos un cargo de {pesos(invoice.amount)}, cuenta terminada en {ending}"
    send_mail_later(to.email, subject, "charge_invoiced", context)
