"""What becomes of bills while people pay them: voided, re-issued, surcharged, paid elsewhere."""

from decimal import Decimal

from django.db import transaction
from procrastinate.contrib.django import app

from accounts.account_numbers import format_account_number
from billing.enums import InvoiceKind, InvoiceStatus
from billing.expiring_checkouts import EXPIRE_CHECKOUTS_TASK
from billing.locks import lock_account, lock_invoices
from billing.models import Invoice, Payment
from tests.imports import csv_files
from tests.soak import channels, customers, provider
from tests.soak.files import import_rows
from tests.soak.violations import NothingToDoError
from tests.soak.world import INSTALMENT, World

CHANGES = ("void", "reissue", "surcharge", "paid elsewhere", "notified")


def void(world: World, *, bill: int) -> None:
    """The billing system voids a bill, or a plan its instalment. Raises NothingToDoError once it holds money."""
    if bill == INSTALMENT:
        _cancel_instalment(world)
    else:
        _send_bill(world, bill, status="void")


def reissue(world: World, *, bill: int, cents: int) -> None:
    """A bill comes with another amount."""
    _send_bill(world, bill, amount=cents)


def surcharge(world: World, *, bill: int, cents: int) -> None:
    """A bill comes with a dearer second due date."""
    _send_bill(world, bill, dearer=cents)


def change_what_is_being_paid(world: World, *, payment: int, change: str, cents: int) -> None:
    """The bill of an open checkout is voided, comes with another amount or price, or is paid elsewhere; then that is
    paid.
    """
    asked = world.payment(payment, provider.STILL_PAYABLE)
    held = asked.items.values_list("invoice_id", flat=True)
    place = next(place for place, bill in enumerate(world.bills) if bill.pk in held)
    number = 1000 + world.new_number()
    match change:
        case "void":
            void(world, bill=place)
        case "reissue":
            reissue(world, bill=place, cents=cents)
        case "surcharge":
            surcharge(world, bill=place, cents=cents)
        case "paid elsewhere":
            channels.receive_elsewhere(world, lines={place: cents}, rest=0, number=number, copies=1)
        case _:
            channels.notify(world, lines={place: cents}, number=number, copies=1)
    world.strikes[f"changed while it is paid: {change}"] += 1
    provider.pay(world, payment=payment)


def cancel_what_is_being_paid(world: World, *, who: int) -> None:
    """Somebody pays an instalment whose plan is cancelled meanwhile."""
    customers.start(world, bills=[INSTALMENT], who=who)
    paying = Payment.objects.exclude(provider_session_id=None).filter(
        items__invoice=world.bills[INSTALMENT], items__live=True
    )
    sessions = list(paying.values_list("provider_session_id", flat=True))
    _cancel_instalment(world)
    for session in sessions:
        world.simulator.pay(str(session))


def _send_bill(world: World, place: int, *, amount: int = 0, dearer: int = 1000, status: str = "open") -> None:
    if world.bills[place].kind == InvoiceKind.INSTALMENT:
        raise NothingToDoError  # instalments are the portal's own, no file brings them
    bill = Invoice.objects.get(pk=world.bills[place].pk)
    first = Decimal(amount) / 100 if amount else bill.amount
    row = csv_files.invoice(
        invoice_number=bill.invoice_number,
        account_number=format_account_number(world.account.number),
        period="2026-09",
        issued_on=bill.issued_on.isoformat(),
        amount=f"{first:.2f}",
        due_on=bill.due_on.isoformat(),
        second_amount=f"{first + Decimal(dearer) / 100:.2f}",
        second_due_on=bill.later_due_on[0].isoformat(),
        payment_code=bill.payment_code or "",
        status=status if bill.status == InvoiceStatus.OPEN else "void",
    )
    outcomes, _ = import_rows(world, "invoices", [row])
    if not outcomes[0].updated:
        raise NothingToDoError  # it holds money, or the file said what is known


def _cancel_instalment(world: World) -> None:
    bill = world.bills[INSTALMENT]
    with transaction.atomic():
        lock_account(world.account.pk)
        (locked,) = lock_invoices([bill.pk])
        if locked.applied or locked.status == InvoiceStatus.VOID:
            raise NothingToDoError
        locked.status = InvoiceStatus.VOID
        locked.save(update_fields=["status"])
        app.configure_task(EXPIRE_CHECKOUTS_TASK).defer(invoice_ids=[bill.pk])
