"""How the account in hand stands: the panel on top of Inicio."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from django.db.models import Exists, OuterRef, Subquery, Sum
from django.urls import reverse

from accounts.models import AccountLink
from adhesions.models import DigitalBilling, DirectDebit
from billing.enums import InvoiceKind
from billing.models import CreditEntry
from billing.pending_bills import PendingBill
from billing.presentation import bills_phrase, days_late, days_left
from oficina.shared.money import ZERO
from payment_plans.presentation import instalments_phrase

_DATES_SHOWN = 3
_ADHERED = {True: "Adherida", False: "No adherida"}
_ON_HOLD = "En pausa: el mail no la recibe"


@dataclass(frozen=True)
class DueDate:
    """What falls due on one day, in pesos, and how far away that is in words."""

    day: date
    left: str
    amount: Decimal


@dataclass(frozen=True)
class Adhesion:
    """A service to which the account adheres or not, and its page."""

    name: str
    on: bool
    state: str
    address: str


@dataclass(frozen=True, kw_only=True)
class AccountFacts:
    """What is asked of an account besides its bills. `credit` is its saldo a favor, in pesos."""

    adhesions: list[Adhesion]
    credit: Decimal


@dataclass(frozen=True, kw_only=True)
class AccountStatus:
    """Amounts in pesos at today's prices. What is in process counts neither as overdue nor as coming."""

    overdue: Decimal
    overdue_count: int
    overdue_words: str
    oldest_due_on: date | None
    oldest_words: str
    next_due: DueDate | None
    due_dates: list[DueDate]
    in_process: Decimal
    credit: Decimal

    @property
    def edge(self) -> str:
        """The tone of the panel."""
        return "danger" if self.overdue_count else "info" if self.next_due else "success"


def account_status(bills: Sequence[PendingBill], *, credit: Decimal, on: date) -> AccountStatus:
    """Sums what `pending_bills` lists, in the order of due dates."""
    free = [bill for bill in bills if bill.selectable]
    overdue = [bill for bill in free if bill.is_overdue]
    coming = _due_dates((bill for bill in free if not bill.is_overdue), on)
    return AccountStatus(
        overdue=_total(overdue),
        overdue_count=len(overdue),
        overdue_words=_counted(overdue),
        oldest_due_on=overdue[0].due_on if overdue else None,
        oldest_words=days_late(overdue[0].due_on, on) if overdue else "",
        next_due=coming[0] if coming else None,
        due_dates=coming[:_DATES_SHOWN],
        in_process=_total(bill for bill in bills if bill.in_process),
        credit=credit,
    )


def account_facts(link: AccountLink) -> AccountFacts:
    """The credit of the account and its services, whoever of its people adhered it, in one query. The digital bill is
    adhered while it reaches somebody, and on hold when it reaches nobody.
    """
    digital = DigitalBilling.objects.live().filter(account=OuterRef("account"))
    debit = DirectDebit.objects.live().filter(account=OuterRef("account"))
    entries = CreditEntry.objects.filter(account=OuterRef("account")).order_by()
    receiving, on_hold, debited, credit = AccountLink.objects.values_list(
        Exists(digital.filter(paused_at=None)),
        Exists(digital.filter(paused_at__isnull=False)),
        Exists(debit),
        Subquery(entries.values("account").annotate(total=Sum("amount")).values("total")),
    ).get(pk=link.pk)
    state = _ON_HOLD if on_hold and not receiving else _ADHERED[receiving]
    ref = [link.public_id]
    return AccountFacts(
        adhesions=[
            Adhesion("Factura digital", receiving, state, reverse("digital_billing", args=ref)),
            Adhesion("Débito automático", debited, _ADHERED[debited], reverse("direct_debit", args=ref)),
        ],
        credit=credit or ZERO,
    )


def _counted(bills: Sequence[PendingBill]) -> str:
    """`3 facturas`, `1 cuota`, `1 factura y 2 cuotas`."""
    instalments = sum(bill.of_kind == InvoiceKind.INSTALMENT for bill in bills)
    others = len(bills) - instalments
    told = [bills_phrase(others)] if others else []
    if instalments:
        told.append(instalments_phrase(instalments))
    return " y ".join(told)


def _due_dates(bills: Iterable[PendingBill], on: date) -> list[DueDate]:
    by_day = groupby(bills, key=lambda bill: bill.due_on)
    return [DueDate(day, days_left(day, on), _total(group)) for day, group in by_day]


def _total(bills: Iterable[PendingBill]) -> Decimal:
    return sum((bill.amount for bill in bills), ZERO)
