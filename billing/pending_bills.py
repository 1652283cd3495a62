"""The bills of an account that are to be paid, as a screen lists them: as many queries for one as for many."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict, cast

from django.db.models import FETCH_RAISE, Prefetch, QuerySet, Subquery
from django.urls import reverse
from django_stubs_ext import WithAnnotations

from accounts.models import AccountLink
from billing.claims.reviews import Review, open_claim_for, review_of
from billing.enums import InvoiceKind, PaymentState
from billing.models import Invoice, PaymentItem
from billing.models.invoice import InvoiceQuerySet
from billing.payment_reports.reviews import ReportedPayment, open_report_for, reported_payment_of
from billing.presentation import IN_PROCESS, StateWords, bill_name, due_dates, due_state
from billing.pricing import AmountDue, NextPriceDay


@dataclass(frozen=True, kw_only=True)
class UnderWay:
    """An attempt that holds a bill. `address` is its page when it is the reader's own, else empty.

    `in_process`: its money is on its way and the bill cannot be chosen; otherwise it was begun and not finished.
    """

    since: datetime
    in_process: bool
    address: str


@dataclass(frozen=True, kw_only=True)
class PendingBill:
    """One row; `kind` is `of_kind` in words. Amounts in pesos; `next_price` is what it costs from `next_price_on`,
    a local date. `debit_on` is the local date on which it is debited by itself, when a page that knows of such debits
    says so.
    """

    ref: str
    subject: str
    kind: str
    number: str
    of_kind: InvoiceKind
    state: StateWords
    due_on: date
    dates: list[str]
    is_overdue: bool
    amount: Decimal
    next_price_on: date
    next_price: Decimal
    is_past_printed_dates: bool
    part_paid: Decimal
    under_way: UnderWay | None
    reported: ReportedPayment | None
    review: Review | None
    debit_on: date | None = None

    @property
    def in_process(self) -> bool:
        """Its money is on its way."""
        return self.under_way is not None and self.under_way.in_process

    @property
    def selectable(self) -> bool:
        """Whether it may be chosen to be paid."""
        return not self.in_process

    @property
    def box_id(self) -> str:
        """The id of its box, by which the focus finds it again after the panel refreshed itself."""
        return f"elegir-{self.ref}"

    @property
    def choice_label(self) -> str:
        """What its box says to whoever hears the page."""
        return f"Elegir {self.subject}, {self.kind} {self.number}"

    @property
    def pdf_label(self) -> str:
        """What the link to its PDF says to whoever hears the page."""
        return f"PDF de {self.subject}, {self.kind} {self.number}"

    @property
    def rises(self) -> bool:
        """Whether waiting makes it dearer."""
        return self.next_price > self.amount


class _Prices(TypedDict):
    amount_due: Decimal
    next_price_on: date
    next_price: Decimal


@dataclass(frozen=True, kw_only=True)
class AccountBills:
    """All of an account that is not over: what it owes, instalments of plans that did not begin, and the bills in whose
    place the instalments of a plan are. Each in the order of due dates.
    """

    owed: list[PendingBill]
    offered: list[PendingBill]
    in_plan: list[Invoice]


type _PricedInvoice = WithAnnotations[Invoice, _Prices]


def pending_bills(link: AccountLink, *, on: date) -> list[PendingBill]:
    """What the account of this link owes at the prices of a local date, the bill due first on top."""
    return [_bill(invoice, link, on) for invoice in _priced(Invoice.objects.of(link).owed(), link, on)]


def account_bills(link: AccountLink, *, on: date, debit_on: Subquery) -> AccountBills:
    """What Inicio shows of an account, at the prices of a local date, in the queries of `pending_bills`. `debit_on`
    gives the local date on which a bill will be debited by itself, if any.
    """
    of_account = Invoice.objects.of(link)
    invoices = _priced(of_account.payable() | of_account.in_plan(), link, on).annotate(debit_on=debit_on)
    owed: list[PendingBill] = []
    offered: list[PendingBill] = []
    in_plan: list[Invoice] = []
    for invoice in invoices:
        if invoice.is_in_plan:
            in_plan.append(invoice)
        else:
            (offered if invoice.offered else owed).append(_bill(invoice, link, on))
    return AccountBills(owed=owed, offered=offered, in_plan=in_plan)


def pending_bill(link: AccountLink, ref: str, *, on: date) -> PendingBill | None:
    """One bill by its public id, also one that is only offered; None when there is nothing to pay of it."""
    invoices = list(_priced(Invoice.objects.of(link).payable().filter(public_id=ref), link, on))
    return _bill(invoices[0], link, on) if invoices else None


def pending_among(
    link: AccountLink, invoice_ids: Collection[int], *, on: date, debit_on: Subquery
) -> list[PendingBill]:
    """Those of these bills of the account that can be paid, also what is only offered, the one due first on top."""
    chosen = Invoice.objects.of(link).payable().filter(pk__in=invoice_ids)
    return [_bill(invoice, link, on) for invoice in _priced(chosen, link, on).annotate(debit_on=debit_on)]


def _priced(invoices: InvoiceQuerySet, link: AccountLink, on: date) -> QuerySet[_PricedInvoice]:
    live = PaymentItem.objects.filter(live=True).select_related("payment").defer("payment__request")
    priced = (
        invoices.with_amount_due(on=on)
        .annotate(next_price_on=NextPriceDay(on=on), next_price=AmountDue(on=NextPriceDay(on=on)))
        .prefetch_related(Prefetch("payment_items", live.fetch_mode(FETCH_RAISE), to_attr="live_items"))
        .annotate(open_claim=open_claim_for(link), open_report=open_report_for(link))
        .order_by("due_on", "pk")
        .fetch_mode(FETCH_RAISE)
    )
    return cast("QuerySet[_PricedInvoice]", priced)  # the expressions do not tell their types


def _bill(invoice: _PricedInvoice, link: AccountLink, on: date) -> PendingBill:
    under_way = _under_way(invoice, link)
    in_process = under_way is not None and under_way.in_process
    return PendingBill(
        ref=invoice.public_id,
        subject=bill_name(invoice),
        kind=invoice.get_kind_display(),
        number=str(invoice),
        of_kind=InvoiceKind(invoice.kind),
        state=IN_PROCESS if in_process else due_state(invoice.due_on, on),
        due_on=invoice.due_on,
        dates=due_dates(invoice, on),
        is_overdue=invoice.due_on < on,
        amount=invoice.amount_due,
        next_price_on=invoice.next_price_on,
        next_price=invoice.next_price,
        is_past_printed_dates=on > max([invoice.due_on, *invoice.later_due_on]),
        part_paid=invoice.held,
        under_way=under_way,
        reported=reported_payment_of(invoice, link),
        review=review_of(invoice, link),
        debit_on=getattr(invoice, "debit_on", None),
    )


def _under_way(invoice: Invoice, link: AccountLink) -> UnderWay | None:
    items: list[PaymentItem] = getattr(invoice, "live_items", [])
    if not items:
        return None
    payment = items[0].payment
    return UnderWay(
        since=payment.created_at,
        in_process=payment.state == PaymentState.PROCESSING,
        address=reverse("payment", args=[payment.public_id]) if payment.payer_id == link.user_id else "",
    )
