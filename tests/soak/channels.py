"""What a collection channel tells: its operations by signed messages and by its file, and that it undid them."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import cast

from django.db import connection
from django.utils import timezone

from billing.external_payments import record_external_payment
from billing.models import Payment
from tests.billing.channels.signing import Json, body_of, post
from tests.factories.billing import operation
from tests.imports import csv_files
from tests.soak.files import import_rows
from tests.soak.threads import at_once, raise_what_broke
from tests.soak.violations import Violation
from tests.soak.world import CHANNEL, World

type Lines = Mapping[int, int]
"""What each bill was paid: its place, and cents."""

_TOLD = "lo que avisó el canal"


def receive_elsewhere(world: World, *, lines: Lines, rest: int, number: int, copies: int) -> None:
    """An operation comes, several times at once; `rest` are cents that no line asked for."""
    name, amount = f"R-{number}", _pesos(sum(lines.values()) + rest)
    _tell(world, name, lines, amount)
    told = [(world.bills[place], _pesos(cents)) for place, cents in lines.items()]
    received = operation(world.account, *told, channel=CHANNEL, number=name, amount=amount)
    results = at_once([partial(record_external_payment, received, cause=_TOLD)] * copies)
    raise_what_broke(results)
    kept = {result.pk for result in results if isinstance(result, Payment)}
    if len(kept) > 1:
        raise Violation("an operation told several times is one payment", kept)
    if not kept:
        raise next(result for result in results if isinstance(result, BaseException))
    world.told[name].is_known = True


def rendicion(world: World, *, lines: Lines, number: int) -> None:
    """The file of a channel, with one operation."""
    name = f"R-{number}"
    _tell(world, name, lines, _pesos(sum(lines.values())))
    rows = [
        csv_files.payment(
            channel=CHANNEL,
            operation_number=name,
            payment_code=world.bills[place].payment_code or "",
            paid_at=timezone.localtime(timezone.now()).strftime("%Y-%m-%dT%H:%M:%S"),
            amount=f"{_pesos(cents):.2f}",
        )
        for place, cents in lines.items()
    ]
    outcomes, bad = import_rows(world, "payments", rows)
    if bad and not Payment.objects.filter(channel=CHANNEL, operation_number=name).exists():
        raise Violation("good rows of an operation that nobody told before are taken", bad)
    if outcomes[0].inserted:
        world.told[name].is_known = True


def notify(world: World, *, lines: Lines, number: int, copies: int) -> None:
    """A signed message tells an operation, the same several times at once."""
    name, amount = f"R-{number}", _pesos(sum(lines.values()))
    _tell(world, name, lines, amount)
    body = body_of(
        "payment.received",
        {
            "operation_number": name,
            "paid_at": _now(),
            "currency": "ARS",
            "amount": f"{amount:.2f}",
            "bills": [_named(world, place, cents) for place, cents in lines.items()],
        },
    )
    _post(world, body, copies)
    world.told[name].is_known = True


def notify_reversal(world: World, *, number: int, copies: int) -> None:
    """A signed message tells that an operation was undone, perhaps one that was never told."""
    name = f"R-{number}"
    with world.lock:
        world.told[name].may_be_undone = True
    _post(world, body_of("payment.reversed", {"operation_number": name, "reversed_at": _now()}), copies)
    with world.lock:
        world.told[name].is_undone = True


def told_twice(world: World, *, lines: Lines, number: int, reversed_first: bool) -> None:
    """Message, reversal or not, and the file of the day bring the same operation."""
    name = 100 + number
    if reversed_first:
        notify_reversal(world, number=name, copies=1)
    raise_what_broke(
        at_once(
            [
                partial(notify, world, lines=lines, number=name, copies=1),
                partial(rendicion, world, lines=lines, number=name),
            ]
        )
    )
    world.strikes["message and file"] += 1


def _post(world: World, body: bytes, copies: int) -> None:
    message_id = f"msg_{world.new_number()}"
    answers = at_once([partial(_sent, body, message_id)] * copies)
    raise_what_broke(answers)
    odd = [answer for answer in answers if isinstance(answer, int) and answer != 204]
    if odd:
        raise Violation("a verified message is answered 2xx", odd)
    if not any(isinstance(answer, int) for answer in answers):
        raise next(answer for answer in answers if isinstance(answer, BaseException))


def _sent(body: bytes, message_id: str) -> int:
    try:
        return post(body, path=f"/webhooks/cobranzas/{CHANNEL}/", message_id=message_id)
    finally:
        connection.close()


def _named(world: World, place: int, cents: int) -> Json:
    bill, amount = world.bills[place], f"{_pesos(cents):.2f}"
    if place % 2:
        return {"payment_code": bill.payment_code, "amount": amount}
    return {"document_code": int(bill.document_code), "invoice_number": bill.invoice_number, "amount": amount}


def _tell(world: World, name: str, lines: Lines, amount: Decimal) -> None:
    with world.lock:
        world.told[name].tellings.add((frozenset(lines.items()), amount))


def _now() -> Json:
    return cast("Json", timezone.localtime(timezone.now()).isoformat(timespec="seconds"))


def _pesos(cents: int) -> Decimal:
    return Decimal(cents) / 100
