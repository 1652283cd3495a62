"""What a mail server does: reports a mail that came back, signed by hand."""

import json

from adhesions.digital.bill_mail import message_id_of
from adhesions.models import BillDelivery
from tests.billing.channels.signing import Json, send

PATH = "/webhooks/rebotes/correo-saliente/"
NO_SUCH = "550 5.1.1 No such user"


def told(delivery: BillDelivery | None = None, **changes: Json) -> dict[str, Json]:
    """A report that the mail of a delivery came back for good at half past ten today."""
    return {
        "message_id": message_id_of(delivery) if delivery else "<otro@oficina.example>",
        "recipient": delivery.email if delivery else "ana@correo.example",
        "kind": "permanent",
        "reason": NO_SUCH,
        "at": "2026-11-24T10:30:00-03:00",
        **changes,
    }


def report(body: dict[str, Json], *, message_id: str = "msg_1", path: str = PATH) -> tuple[int, Json]:
    """Sends it; gives status and answer."""
    status, answer = send(json.dumps(body).encode(), path=path, message_id=message_id)
    found: Json = json.loads(answer)
    return status, found
