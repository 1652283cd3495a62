"""Ten thousand requests of rubbish, half of them well signed: none breaks the portal, none moves money."""

import json
import logging
import random
import string
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from django.test import Client

from billing.models import CollectionChannel, CollectionOperation, Invoice, Payment, WebhookEvent
from tests.billing.channels.signing import PATH, headers, received, reversed_operation

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

REQUESTS = 10_000
SEED = 20261124

type Rubbish = Callable[[random.Random], bytes]

_AWKWARD = ("", "\u0000", "\ud800", "١٢٣", "1e999", "NaN", "' OR 1=1 --", "../..", "%00", "\r\n", "💧" * 40, "9" * 5000)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Ten thousand refusals are not written down."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def random_bytes(dice: random.Random) -> bytes:
    return dice.randbytes(dice.randrange(0, 300))


def damaged(dice: random.Random) -> bytes:
    """A good message with some bytes changed, dropped or repeated."""
    body = bytearray(dice.choice((received(Invoice(payment_code="7")), reversed_operation())))
    for _ in range(dice.randrange(1, 6)):
        place = dice.randrange(len(body))
        match dice.randrange(3):
            case 0:
                body[place] = dice.randrange(256)
            case 1:
                del body[place : place + dice.randrange(1, 20)]
            case _:
                body[place:place] = body[place : place + dice.randrange(1, 20)]
        if not body:
            break
    return bytes(body)


def wrong_value(dice: random.Random) -> bytes:
    """A good message with one value that does not belong there."""
    message = json.loads(dice.choice((received(Invoice(payment_code="7")), reversed_operation())))
    inside = dice.choice((message, message["data"], *message["data"].get("bills", [])))
    inside[dice.choice((*inside, "another"))] = something(dice, 0)
    return json.dumps(message).encode()


def something(dice: random.Random, depth: int) -> object:
    match dice.randrange(8 if depth < 4 else 6):
        case 0:
            return None
        case 1:
            return dice.random() < 0.5
        case 2:
            return dice.choice((0, -1, 10**4000, 18, 2**63))
        case 3:
            return dice.choice((0.1, -1e308, float("inf"), float("nan")))
        case 4:
            return dice.choice(_AWKWARD)
        case 5:
            return "".join(dice.choices(string.printable, k=dice.randrange(30)))
        case 6:
            return [something(dice, depth + 1) for _ in range(dice.randrange(4))]
        case _:
            return {dice.choice(_AWKWARD): something(dice, depth + 1) for _ in range(dice.randrange(4))}


def header_value(dice: random.Random) -> str:
    text = dice.choice((*_AWKWARD[2:], "".join(chr(dice.randrange(32, 256)) for _ in range(dice.randrange(60)))))
    return text.encode("utf-8", "replace").decode("latin-1").replace("\r", "").replace("\n", "")


def request_headers(dice: random.Random, body: bytes, turn: int) -> dict[str, str]:
    sent = headers(body, message_id=f"msg_{turn}")
    if dice.random() < 0.5:
        return sent
    for name in dice.sample((*sent, "Cookie", "Content-Type", "Host", "Authorization", "Accept"), 2):
        sent[name] = header_value(dice)
    return sent


def path(dice: random.Random) -> str:
    part = quote(dice.choice(_AWKWARD).encode("utf-8", "surrogatepass"), safe="")
    return dice.choice((PATH,) * 7 + (f"/webhooks/cobranzas/{part}/", f"{PATH}operaciones/{part}/"))


def test_rubbish_never_breaks_the_portal_nor_moves_money(channel: CollectionChannel) -> None:
    dice = random.Random(SEED)
    client = Client(raise_request_exception=False)
    broken = []

    for turn in range(REQUESTS):
        rubbish: Rubbish = dice.choice((random_bytes, damaged, wrong_value))
        body, where = rubbish(dice), path(dice)
        method = "GET" if "operaciones" in where else dice.choice(("POST",) * 20 + ("PUT", "DELETE", "TRACE"))
        sent = request_headers(dice, b"" if method == "GET" else body, turn)
        response = client.generic(method, where, body, content_type="application/json", headers=sent)
        if response.status_code >= 500:
            broken.append((turn, response.status_code, where, sent, body))

    assert broken == []
    # Some of it is well said, about a bill that nobody knows: held before the office.
    assert not Payment.objects.exists()
    assert not CollectionOperation.objects.filter(state="settled").exists()
    assert set(WebhookEvent.objects.values_list("source", flat=True)) <= {"cobranzas-rapipago"}
