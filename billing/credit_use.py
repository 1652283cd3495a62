"""Paying bills with the account's saldo a favor, alone or before a checkout for the rest.

Credit is used at the confirmation, as an act of its own, before the checkout is opened: whatever becomes of that, no
credit is held by an attempt that nobody finishes, and none is lost. A bill that credit paid in part keeps the price of
that day for the part, as with any other payment in part.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from accounts.account_numbers import account_number_ending, format_account_number
from accounts.models import AccountLink, User
from billing.allocation import MoneyForBill, Put, put_on_bill, tell_of_money
from billing.checkout import make_room, start_payment, unchanged_invoices
from billing.credit_sources import CreditOfPayment, locked_credit
from billing.enums import AllocationReason, CreditReason
from billing.locks import lock_account
from billing.models import Allocation, CreditEntry, CreditUse, Payment, PaymentItem
from billing.quotes import Quote, QuoteItem
from billing.refusals import CheckoutUnavailable, QuoteChanged, QuoteExpired
from oficina.shared.mail import send_mail_later
from oficina.shared.money import pesos

_ROUNDS = 3
"""How often another tab may begin to pay one of the bills before this one gives up."""


def pay_quote(link: AccountLink, payer: User, quote: Quote, *, now: datetime) -> Payment | None:
    """Pay a confirmed summary: its credit first, then the open payment of what is left; None when nothing is.

    The same summary again uses no more credit and gives the same payment. Call it outside any transaction. Raises what
    `use_credit` and `billing.checkout.start_payment` raise; what credit has paid by then stays paid.
    """
    if quote.credit:
        use_credit(link, payer, quote, now=now)
    return start_payment(link, payer, quote.after_credit(), now=now) if quote.to_pay else None


def use_credit(link: AccountLink, user: User, quote: Quote, *, now: datetime) -> CreditUse:
    """Put the credit of a summary on its bills, the oldest credit first, and mail what it paid. Once, however often.

    Each peso stays money of the payment that brought it: the entry of that payment is taken back, and it is allocated
    from there. Open checkouts of the bills are closed at the provider first, lest somebody pays there what credit pays.

    Raises QuoteExpired; QuoteChanged when a bill or the credit is no longer what was promised; PaymentUnderWay when a
    payment of one of the bills can no longer be withdrawn; CheckoutUnavailable when the provider does not answer.
    """
    for _ in range(_ROUNDS):
        earlier = CreditUse.objects.filter(key=quote.key, account=link.account_id).first()
        if earlier is not None:
            return earlier
        if quote.has_expired(at=now):
            raise QuoteExpired
        make_room(user, quote, now)
        with transaction.atomic(durable=True):
            use = put_credit_on_bills(link, user, quote, now)
        if use is not None:
            return use
    raise CheckoutUnavailable


def put_credit_on_bills(link: AccountLink, user: User, quote: Quote, now: datetime) -> CreditUse | None:
    """The part of `use_credit` that moves the money, in the caller's transaction. None when another tab was quicker to
    begin a payment, or with this very summary. Raises QuoteChanged.
    """
    account = lock_account(link.account_id)
    held = PaymentItem.objects.filter(invoice_id__in=quote.invoice_ids, live=True)
    if held.exists() or CreditUse.objects.filter(key=quote.key).exists():
        return None
    sources = locked_credit(account.pk)
    if sum(source.left for source in sources) < quote.credit:
        raise QuoteChanged
    unchanged_invoices(link, quote)
    use = CreditUse.objects.create(account=account, used_by=user, key=quote.key, amount=quote.credit, created_at=now)
    tell_of_money({item.invoice_id: _pay(use, item, quote, sources) for item in quote.items if item.credit})
    _mail(use, user)
    return use


def _pay(use: CreditUse, item: QuoteItem, quote: Quote, sources: list[CreditOfPayment]) -> Put:
    """Puts the credit of one item on its bill, from as many payments as it takes."""
    rest, settled = item.credit, False
    for source in sources:
        part = min(rest, source.left)
        if not part:
            continue
        CreditEntry.objects.create(
            account_id=use.account_id,
            payment_id=source.payment_id,
            amount=-part,
            reason=CreditReason.SPENT,
            credit_use=use,
            created_at=use.created_at,
        )
        money = MoneyForBill(
            payment_id=source.payment_id,
            invoice_id=item.invoice_id,
            amount=part,
            surcharge_when_paid=item.surcharge,
            reason=AllocationReason.CREDIT,
            credit_use=use,
        )
        settled = put_on_bill(money, on=quote.priced_on, at=use.created_at).settled
        source.left -= part
        rest -= part
    return Put(item.credit - rest, settled)


def _mail(use: CreditUse, user: User) -> None:
    paid = (
        Allocation.objects.filter(credit_use=use)
        .values_list("invoice_id")
        .annotate(total=Sum("amount"))
        .order_by("invoice__due_on", "invoice_id")
    )
    account = use.account
    invoices = account.invoices.in_bulk([invoice_id for invoice_id, _ in paid])
    context = {
        "user": user,
        "amount": pesos(use.amount),
        "account_number": format_account_number(account.number),
        "lines": [(invoices[invoice_id], invoices[invoice_id].subject, pesos(total)) for invoice_id, total in paid],
        "left": pesos(CreditEntry.objects.filter(account=account).balance()),
    }
    ending = account_number_ending(account.number)
    send_mail_later(
        user.email, f"Usaste {pesos(use.amount)} de saldo a favor, cuenta terminada en {ending}", "credit_used", context
    )
