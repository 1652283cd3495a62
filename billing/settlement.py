"""The one act that applies what is told about money we asked for. Webhook, return page, polling and debits call it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from billing.allocation import allocate_payment
from billing.discrepancies import open_discrepancy
from billing.enums import DiscrepancyKind, PaymentState
from billing.expiring_checkouts import have_checkouts_expired
from billing.gateway.reports import CheckoutReport, CheckoutStatus, MoneyReport, MoneyStatus
from billing.locks import lock_payment
from billing.models import Payment
from billing.payment_log import move

_GIVEN_UP = (PaymentState.FAILED, PaymentState.EXPIRED)
_NOT_STARTED = (PaymentState.CREATED, PaymentState.OPEN)


class ReportOfAnotherPaymentError(Exception):
    """The report names another payment than the one it was applied to: a defect of ours."""

    def __init__(self, payment: Payment, report: MoneyReport) -> None:
        super().__init__(f"{report.reference} is not {payment.public_id}")


def settle_payment(payment_id: int, report: MoneyReport, *, cause: str) -> Payment:
    """Bring a payment to where the provider's report says it is, in one transaction; gives it as it then is.

    Right when run twice, at the same time, and with reports in any order: a report that tells nothing new changes
    nothing, and none takes back what is known better. Money counts above all: `paid` settles from every state.

    - checkout open: the session and its page are kept.
    - complete but unpaid: in process; the money is on its way and the bills stay held.
    - paid: allocations, credit, receipt, its mail (`billing.allocation`). Not when amount or currency differ, which is
      left in process before a person; paid after it was given up is settled and shown to the office too.
    - declined, expired: the bills are free again.

    Raises Payment.DoesNotExist, and ReportOfAnotherPaymentError.
    """
    with transaction.atomic():
        payment = lock_payment(payment_id)
        if report.reference != payment.public_id:
            raise ReportOfAnotherPaymentError(payment, report)
        if payment.state == PaymentState.SUCCEEDED:
            return payment
        if _is_of_another_object(payment, report):
            _put_before_the_office(DiscrepancyKind.UNKNOWN_OBJECT, payment, report, about=report.object_id)
            return payment
        _apply(payment, report, cause)
    return payment


def _apply(payment: Payment, report: MoneyReport, cause: str) -> None:
    state = payment.state
    if report.money is MoneyStatus.PAID:
        _apply_money(payment, report, cause)
    elif report.status is CheckoutStatus.OPEN:
        if state == PaymentState.CREATED:
            _keep_names(payment, report)
            move(payment, PaymentState.OPEN, cause=cause)
    elif report.money is MoneyStatus.FAILED:
        if state not in _GIVEN_UP:
            _keep_names(payment, report)
            payment.failure_code = report.failure_code
            move(payment, PaymentState.FAILED, cause=cause, detail={"failure_code": report.failure_code})
    elif state in _NOT_STARTED:
        _keep_names(payment, report)
        expired = report.status is CheckoutStatus.EXPIRED
        move(payment, PaymentState.EXPIRED if expired else PaymentState.PROCESSING, cause=cause)


def _apply_money(payment: Payment, report: MoneyReport, cause: str) -> None:
    if (report.amount, report.currency) != (payment.amount_asked, payment.currency):
        _hold_what_differs(payment, report, cause)
        return
    late = payment.state in _GIVEN_UP
    now = timezone.now()
    _keep_names(payment, report)
    _keep_means(payment, report)
    payment.amount_received = report.amount
    payment.paid_at = _not_after(now, report.paid_at)
    payment.settled_at = now
    move(payment, PaymentState.SUCCEEDED, cause=cause, detail={"amount": str(report.amount)})
    allocate_payment(payment, at=now)
    if late:
        # Another attempt may have taken its bills meanwhile, and offers what is paid now.
        have_checkouts_expired(list(payment.items.values_list("invoice_id", flat=True)))
        _put_before_the_office(DiscrepancyKind.LATE_PAYMENT, payment, report)


def _hold_what_differs(payment: Payment, report: MoneyReport, cause: str) -> None:
    """Not settled: whoever looks at the difference decides. Until then the customer sees a payment in process."""
    same_currency = report.currency == payment.currency
    kind = DiscrepancyKind.AMOUNT_DIFFERS if same_currency else DiscrepancyKind.CURRENCY_DIFFERS
    _put_before_the_office(kind, payment, report)
    if payment.state in _NOT_STARTED:
        _keep_names(payment, report)
        move(payment, PaymentState.PROCESSING, cause=cause, detail={"discrepancy": kind})


def _put_before_the_office(kind: DiscrepancyKind, payment: Payment, report: MoneyReport, *, about: str = "") -> None:
    open_discrepancy(
        kind,
        about=f"{payment.pk}:{about}" if about else str(payment.pk),
        payment=payment,
        detail={
            "session": report.object_id,
            "asked": f"{payment.amount_asked} {payment.currency}",
            "reported": f"{report.amount} {report.currency}",
            "money": report.money,
        },
    )


def _is_of_another_object(payment: Payment, report: MoneyReport) -> bool:
    if isinstance(report, CheckoutReport):
        return payment.provider_session_id not in (None, report.session_id)
    return payment.provider_payment_id not in (None, report.provider_payment_id)


def _keep_names(payment: Payment, report: MoneyReport) -> None:
    """What is known of a session stays known: an ended checkout is reported without its page."""
    payment.provider_payment_id = payment.provider_payment_id or report.provider_payment_id
    if isinstance(report, CheckoutReport):
        payment.provider_session_id = report.session_id
        payment.checkout_url = report.url or payment.checkout_url
        payment.expires_at = report.expires_at or payment.expires_at


def _keep_means(payment: Payment, report: MoneyReport) -> None:
    payment.means_brand = report.means_brand
    payment.means_funding = report.means_funding
    payment.means_last4 = report.means_last4
    payment.failure_code = ""


def _not_after(now: datetime, paid_at: datetime | None) -> datetime:
    """The provider's clock may run ahead of ours; nothing was paid in the future."""
    return min(paid_at or now, now)
