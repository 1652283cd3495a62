"""The documents by which a payment plan is paid: invoices of kind `instalment`.

An instalment is issued as an offer: it has a code and can be paid through every channel, and nobody owes it while the
bills of its plan are owed. It is owed from `begin_instalments` on.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from accounts.models import ServiceAccount
from billing.discrepancies import open_discrepancy
from billing.enums import AllocationReason, CreditReason, DiscrepancyKind, DocumentCode, InvoiceKind, InvoiceStatus
from billing.expiring_checkouts import have_checkouts_expired
from billing.hooks import InvoiceChange, tell_invoices
from billing.invoice_numbers import document_code_for, new_payment_code, next_invoice_number
from billing.locks import lock_account, lock_invoices
from billing.models import Allocation, CreditEntry, Invoice, InvoiceLine, Payment
from oficina.shared.dates import local_day
from oficina.shared.money import ZERO


@dataclass(frozen=True, kw_only=True)
class InstalmentDraft:
    """One instalment to be issued. `concept` is its title, 120 characters at most: `Cuota 3 de 12 del plan …`.

    `due_on` is a local date; `capital`, `interest` and `vat`, the VAT of the interest, are pesos; `vat_rate` per cent.
    """

    concept: str
    due_on: date
    capital: Decimal
    interest: Decimal
    vat: Decimal
    vat_rate: Decimal


def issue_instalments(account: ServiceAccount, drafts: Sequence[InstalmentDraft], *, now: datetime) -> list[Invoice]:
    """Issue these instalments as offers, in their order: numbered by the portal's own point of sale, each with a
    payment code, and with capital and interest as lines.

    ISSUED is told. Also for a document by which all the rest of a plan can be paid early: it stays an offer.
    """
    with transaction.atomic():
        code = document_code_for(lock_account(account.pk))
        issued = [_issue(account, draft, code, now) for draft in drafts]
        tell_invoices(InvoiceChange.ISSUED, sorted(invoice.pk for invoice in issued))
    return issued


def begin_instalments(account_id: int, invoice_ids: Collection[int]) -> None:
    """The plan is in force: these instalments are owed from now on. Twice changes nothing.

    OWED is told of those that are to be paid, so that whoever debits bills announces them.
    """
    with transaction.atomic():
        lock_account(account_id)
        offered = [bill.pk for bill in _locked(account_id, invoice_ids) if bill.offered]
        Invoice.objects.filter(pk__in=offered).update(offered=False)
        owed = Invoice.objects.owed().filter(pk__in=offered).order_by("pk")
        tell_invoices(InvoiceChange.OWED, list(owed.values_list("pk", flat=True)))


def void_instalments(account_id: int, invoice_ids: Collection[int], *, at: datetime) -> None:
    """The utility no longer stands by these instalments. Money that is on them becomes credit of the account, and the
    office is told of it, as of money that comes for them later. Also of paid ones. Twice changes nothing.

    VOIDED is told; checkouts open on them are closed by a job.
    """
    with transaction.atomic():
        lock_account(account_id)
        on_them = Allocation.objects.filter(invoice__in=invoice_ids, reverses=None, reversed_by=None)
        payments = Payment.objects.filter(allocations__in=on_them).order_by("pk").values_list("pk", flat=True)
        list(Payment.objects.select_for_update(no_key=True).filter(pk__in=list(payments)).order_by("pk"))
        standing = [bill.pk for bill in _locked(account_id, invoice_ids) if bill.status == InvoiceStatus.OPEN]
        for invoice_id in standing:
            _make_credit(invoice_id, at)
        Invoice.objects.filter(pk__in=standing).update(status=InvoiceStatus.VOID, updated_at=at)
        tell_invoices(InvoiceChange.VOIDED, standing)
        have_checkouts_expired(standing)


def _issue(account: ServiceAccount, draft: InstalmentDraft, code: DocumentCode, now: datetime) -> Invoice:
    invoice = Invoice.objects.create(
        account=account,
        kind=InvoiceKind.INSTALMENT,
        document_code=code,
        invoice_number=next_invoice_number(code),
        description=draft.concept,
        issued_on=local_day(now),
        amount=draft.capital + draft.interest + draft.vat,
        due_on=draft.due_on,
        payment_code=new_payment_code(),
        offered=True,
        created_at=now,
        updated_at=now,
    )
    lines = [("Capital", draft.capital, ZERO, ZERO)]
    if draft.interest:
        lines.append(("Interés de financiación", draft.interest, draft.vat_rate, draft.vat))
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice,
            position=position,
            concept=concept,
            quantity=Decimal(1),
            unit_price=net,
            amount=net,
            vat_rate=rate,
            vat_amount=vat,
        )
        for position, (concept, net, rate, vat) in enumerate(lines, start=1)
    )
    return invoice


def _locked(account_id: int, invoice_ids: Collection[int]) -> list[Invoice]:
    """These instalments, locked by id. Raises ValueError for what is no instalment of the account."""
    found = lock_invoices(invoice_ids)
    if any(bill.kind != InvoiceKind.INSTALMENT or bill.account_id != account_id for bill in found):
        raise ValueError(f"not all of {sorted(invoice_ids)} are instalments of account {account_id}")
    return found


def _make_credit(invoice_id: int, at: datetime) -> None:
    """Takes all money from an instalment that becomes void, for the account and before the office."""
    standing = Allocation.objects.filter(invoice=invoice_id, reverses=None, reversed_by=None).order_by("pk")
    taken: dict[Payment, Decimal] = {}
    for allocation in standing.select_related("payment"):
        bill = Invoice.objects.get(pk=invoice_id)
        freed = bill.surcharge_freed(amount=allocation.amount, surcharge=allocation.surcharge)
        Allocation.objects.create(
            payment=allocation.payment,
            invoice=bill,
            amount=-allocation.amount,
            surcharge=-freed,
            reverses=allocation,
            reason=AllocationReason.VOID,
            created_at=at,
        )
        taken[allocation.payment] = taken.get(allocation.payment, ZERO) + allocation.amount
    for payment, amount in taken.items():
        CreditEntry.objects.create(
            account_id=payment.account_id,
            payment=payment,
            amount=amount,
            reason=CreditReason.INVOICE_VOIDED,
            created_at=at,
        )
        open_discrepancy(
            DiscrepancyKind.VOID_INVOICE_PAID,
            about=f"{payment.pk}:{invoice_id}",
            payment=payment,
            invoice=Invoice.objects.get(pk=invoice_id),
            detail={"credit": str(amount)},
        )
