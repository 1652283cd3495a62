"""What can be done about a pending charge: accept it, which makes its invoice, or cancel it. Once, for good."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from accounts.models import ServiceAccount, User
from billing.charges.mails import mail_invoiced
from billing.charges.refusals import ChargeAmountChanged, ChargeCancelled, ChargeInvoiced
from billing.enums import ChargeStatus, InvoiceKind
from billing.hooks import InvoiceChange, tell_invoices
from billing.invoice_numbers import document_code_for, new_payment_code, next_invoice_number
from billing.locks import lock_account
from billing.models import Charge, ChargeVoucher, Invoice, InvoiceLine
from billing.stored_documents import schedule_drawing
from oficina.shared.business_days import business_day_from
from oficina.shared.dates import local_day
from oficina.shared.money import round_to_cents


def due_date_of_charge(issued_on: date) -> date:
    """The local date, a business day, on which the invoice of a charge falls due that is issued on this one."""
    return business_day_from(issued_on + timedelta(days=settings.UTILITY.charge_due_days))


def invoice_charge(charge: Charge, *, accepted: Decimal, by: User, now: datetime) -> Invoice:
    """Make the invoice of a charge that a person accepted at `accepted` pesos; the one it has when it was made before.

    However often and at whatever moments it is called, a charge has one invoice, one voucher, which the worker draws,
    and whoever accepted it one mail. The invoice can be paid at once, through every channel.

    Raises ChargeCancelled; ChargeAmountChanged when an import priced the charge anew since the person looked.
    """
    with transaction.atomic():
        account = lock_account(charge.account_id)
        found = _locked(charge)
        if found.invoice is not None:
            return found.invoice
        if found.status == ChargeStatus.CANCELLED:
            raise ChargeCancelled
        if found.amount != accepted:
            raise ChargeAmountChanged(found)
        invoice = _issue(found, account, now)
        found.status = ChargeStatus.INVOICED
        found.invoice, found.invoiced_by, found.invoiced_at = invoice, by, now
        found.updated_at = now
        found.save()
        schedule_drawing(_issue_voucher(found, account, now))
        mail_invoiced(found, invoice, by)
        tell_invoices(InvoiceChange.ISSUED, [invoice.pk])
    return invoice


def cancel_charge(charge: Charge, reason: str, *, by: User, now: datetime) -> Charge:
    """Keep that the office withdrew a pending charge, who and why (`reason`, in words, not empty).

    Raises ChargeInvoiced, ChargeCancelled.
    """
    with transaction.atomic():
        lock_account(charge.account_id)
        found = _locked(charge)
        if found.status == ChargeStatus.INVOICED:
            raise ChargeInvoiced(found)
        if found.status == ChargeStatus.CANCELLED:
            raise ChargeCancelled
        found.status = ChargeStatus.CANCELLED
        found.cancelled_by, found.cancelled_at, found.cancellation_reason = by, now, reason
        found.updated_at = now
        found.save()
    return found


def _locked(charge: Charge) -> Charge:
    """The charge as it is now, locked after its account."""
    return Charge.objects.select_for_update(no_key=True, of=("self",)).select_related("invoice").get(pk=charge.pk)


def _issue(charge: Charge, account: ServiceAccount, now: datetime) -> Invoice:
    issued_on = local_day(now)
    document_code = document_code_for(account)
    invoice = Invoice.objects.create(
        account=account,
        kind=InvoiceKind.CHARGE,
        document_code=document_code,
        invoice_number=next_invoice_number(document_code),
        description=charge.concept,
        issued_on=issued_on,
        amount=charge.amount,
        due_on=due_date_of_charge(issued_on),
        payment_code=new_payment_code(),
        created_at=now,
        updated_at=now,
    )
    InvoiceLine.objects.create(invoice=invoice, **_line(charge))
    return invoice


def _line(charge: Charge) -> dict[str, object]:
    """The one line: what of the amount is net and what is VAT (Ley 27.743 asks to show it)."""
    rate: Decimal = settings.UTILITY.charge_vat_rate
    net = round_to_cents(charge.amount / (1 + rate / 100))
    return {
        "position": 1,
        "concept": charge.concept,
        "quantity": Decimal(1),
        "unit_price": net,
        "amount": net,
        "vat_rate": rate,
        "vat_amount": charge.amount - net,
    }


def _issue_voucher(charge: Charge, account: ServiceAccount, now: datetime) -> ChargeVoucher:
    return ChargeVoucher.objects.create(
        charge=charge,
        issued_at=now,
        holder_name=account.holder_name,
        holder_document=account.holder_document,
        holder_vat_condition=account.holder_vat_condition,
        service_address=account.service_address,
        locality=account.locality,
    )
