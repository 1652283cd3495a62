"""What comes from the billing system, the office and the other channels, by the files and acts that bring it."""

from decimal import Decimal
from functools import partial

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.account_numbers import format_account_number
from billing import external_payments
from billing.enums import InvoiceStatus
from billing.external_payments import EXPIRE_CHECKOUTS_TASK
from billing.locks import lock_account, lock_invoices
from billing.models import Invoice, Payment
from oficina.shared.imports.staging import BadRow
from oficina.shared.imports.watching import ImportOutcome
from tests.factories.billing import operation
from tests.imports import csv_files
from tests.soak import provider
from tests.soak.threads import at_once, raise_what_broke
from tests.soak.violations import Violation
from tests.soak.world import INSTALMENT, World

CHANNEL = "rapipago"


def receive_elsewhere(world: World, *, lines: dict[int, int], rest: int, number: int, copies: int) -> None:
    """A channel tells of an operation, several times at once; amounts in cents."""
    told = [(world.bills[place], Decimal(cents) / 100) for place, cents in lines.items()]
    amount = sum((line for _, line in told), Decimal(rest) / 100)
    received = operation(world.account, *told, channel=CHANNEL, number=f"R-{number}", amount=amount)
    acts = [partial(external_payments.record_external_payment, received, cause="rendición")] * copies
    results = at_once(acts)
    raise_what_broke(results)
    kept = {result.pk for result in results if isinstance(result, Payment)}
    if len(kept) > 1:
        raise Violation("an operation told several times is one payment", kept)
    if kept:
        _tally(world, f"R-{number}", amount)


def rendicion(world: World, *, lines: dict[int, int], number: int) -> None:
    """The file of a channel, with one operation; amounts in cents."""
    rows = [
        csv_files.payment(
            channel=CHANNEL,
            operation_number=f"R-{number}",
            payment_code=world.bills[place].payment_code or "",
            paid_at=timezone.localtime(timezone.now()).strftime("%Y-%m-%dT%H:%M:%S"),
            amount=f"{Decimal(cents) / 100:.2f}",
        )
        for place, cents in lines.items()
    ]
    outcomes, bad = _import(world, "payments", rows)
    if bad and not Payment.objects.filter(channel=CHANNEL, operation_number=f"R-{number}").exists():
        raise Violation("good rows of an operation that nobody told before are taken", bad)
    if outcomes[0].inserted:
        _tally(world, f"R-{number}", sum((Decimal(cents) / 100 for cents in lines.values()), Decimal(0)))


def void(world: World, *, bill: int) -> None:
    """The billing system voids a bill, or a plan its instalment; refused once it holds money."""
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
    """The bill of an open checkout is voided, comes with another amount, or is paid elsewhere; then that is paid."""
    asked = world.payment(payment, provider.STILL_PAYABLE)
    if asked is None:
        return
    held = asked.items.values_list("invoice_id", flat=True)
    place = next(place for place, bill in enumerate(world.bills) if bill.pk in held)
    if change == "void":
        void(world, bill=place)
    elif change == "reissue":
        reissue(world, bill=place, cents=cents)
    else:
        receive_elsewhere(world, lines={place: cents}, rest=0, number=100 + len(world.steps), copies=1)
    provider.pay(world, payment=payment)


def _send_bill(world: World, place: int, *, amount: int = 0, dearer: int = 1000, status: str = "open") -> None:
    if place == INSTALMENT:
        return  # instalments are the portal's own, no file brings them
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
    _import(world, "invoices", [row])


def _cancel_instalment(world: World) -> None:
    bill = world.bills[INSTALMENT]
    with transaction.atomic():
        lock_account(world.account.pk)
        (locked,) = lock_invoices([bill.pk])
        if locked.applied == 0 and locked.status == InvoiceStatus.OPEN:
            locked.status = InvoiceStatus.VOID
            locked.save(update_fields=["status"])
            app.configure_task(EXPIRE_CHECKOUTS_TASK).defer(invoice_ids=[bill.pk])


def _import(world: World, kind: str, rows: list[dict[str, str]]) -> tuple[list[ImportOutcome], list[BadRow]]:
    with world.lock:
        world.files += 1
        path = world.ground.folder / f"{kind}-{world.files}.csv"
    try:
        return csv_files.run(csv_files.write(path, *rows))
    finally:
        path.unlink(missing_ok=True)


def _tally(world: World, number: str, amount: Decimal) -> None:
    with world.lock:
        earlier = world.told.setdefault((CHANNEL, number), amount)
    if earlier != amount:
        raise Violation("an operation keeps the amount that was told first", (number, earlier, amount))
