"""What a channel does: makes messages, signs and sends them. Standard Webhooks 1.0.0 by hand, without our code."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import cast

from django.test import Client

from billing.models import Invoice
from tests.factories.channels import SECRET

type Json = bool | int | float | str | list["Json"] | dict[str, "Json"] | None

PATH = "/webhooks/cobranzas/rapipago/"


def signature(body: bytes, *, message_id: str, at: int | str, secret: str = SECRET) -> str:
    """`v1,` and the HMAC-SHA256 of id, timestamp and body, in base64."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = message_id.encode() + b"." + str(at).encode() + b"." + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def headers(
    body: bytes, *, message_id: str = "msg_1", seconds_away: int = 0, secrets: tuple[str, ...] = (SECRET,)
) -> dict[str, str]:
    """The three headers of a body, signed with each secret, now or so many seconds away."""
    at = int(time.time()) + seconds_away
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(signature(body, message_id=message_id, at=at, secret=one) for one in secrets),
    }


def received(*bills: Invoice, number: Json = "R-1", **changes: Json) -> bytes:
    """A message that tells of 1,000 pesos for each of these bills, paid at half past ten today."""
    lines = [{"payment_code": bill.payment_code, "amount": "1000.00"} for bill in bills]
    data: dict[str, Json] = {
        "operation_number": number,
        "paid_at": "2026-11-24T10:30:00-03:00",
        "currency": "ARS",
        "amount": f"{1000 * len(bills)}.00",
        "bills": cast("Json", lines),
        **changes,
    }
    return body_of("payment.received", data)


def reversed_operation(number: Json = "R-1", **changes: Json) -> bytes:
    """A message that tells that the operation was undone at eleven."""
    data: dict[str, Json] = {"operation_number": number, "reversed_at": "2026-11-24T11:00:00-03:00", **changes}
    return body_of("payment.reversed", {"reason": "error de caja", **data})


def body_of(message_type: str, data: Json, **more: Json) -> bytes:
    return json.dumps({"type": message_type, "data": data, **more}).encode()


def post(body: bytes, sent: Mapping[str, str] | None = None, *, path: str = PATH, message_id: str = "msg_1") -> int:
    """Sends a message as the channel does; gives the status of the answer."""
    return send(body, sent, path=path, message_id=message_id)[0]


def send(
    body: bytes, sent: Mapping[str, str] | None = None, *, path: str = PATH, message_id: str = "msg_1"
) -> tuple[int, bytes]:
    """The same; gives the answer's body too."""
    signed = headers(body, message_id=message_id) if sent is None else dict(sent)
    client = Client(enforce_csrf_checks=True)
    response = client.post(path, body, content_type="application/json", headers=signed)
    return response.status_code, response.content


def ask(number: str, sent: Mapping[str, str] | None = None, *, channel: str = "rapipago") -> tuple[int, Json]:
    """Asks for the state of an operation; gives status and answer."""
    signed = headers(b"", message_id="ask_1") if sent is None else dict(sent)
    response = Client().get(f"/webhooks/cobranzas/{channel}/operaciones/{number}/", headers=signed)
    return response.status_code, cast("Json", json.loads(response.content))
