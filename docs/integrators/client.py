#!/usr/bin/env python3
"""Tells the portal what a collection channel received, and asks what became of it. Needs Python and nothing more.

    export COBRANZAS_URL=https://oficina.example/webhooks/cobranzas/your-channel/
    export COBRANZAS_SECRET=whsec_…
    python3 client.py send MESSAGE_ID payment-received.json
    python3 client.py state 00418902

The same MESSAGE_ID for every try of the same message: keep it beside the operation before you send it the first time.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from pathlib import Path

WAITS = (0, 5, 30, 120, 600, 3600)
"""Seconds before each try. Go on for days: an operation that was not told is money that the customer still owes."""


def signed(message_id: str, body: bytes, secret: str) -> dict[str, str]:
    """The three headers of Standard Webhooks. Made anew for each try, since they hold for five minutes."""
    timestamp = str(int(time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = b".".join((message_id.encode(), timestamp.encode(), body))
    signature = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": f"v1,{signature}"}


def call(method: str, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """Status and body of the answer; 0 when there was none."""
    if not url.startswith(("https://", "http://")):
        raise SystemExit(f"not a web address: {url}")
    content = {"content-type": "application/json"} if body else {}
    request = urllib.request.Request(url, data=body or None, method=method, headers=headers | content)  # noqa: S310  see above
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            return response.status, response.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read()
    except OSError:
        return 0, b""


def send(url: str, secret: str, message_id: str, body: bytes) -> tuple[int, bytes]:
    """Send a message until the portal has it (2xx) or refuses it (4xx: it would refuse the same again)."""
    status, answer = 0, b""
    for wait in WAITS:
        time.sleep(wait)
        status, answer = call("POST", url, body, signed(message_id, body, secret))
        if 200 <= status < 500 and status != 429:
            break
    return status, answer


def state(url: str, secret: str, operation_number: str) -> tuple[int, bytes]:
    """What became of an operation."""
    where = f"{url.rstrip('/')}/operaciones/{urllib.parse.quote(operation_number, safe='')}/"
    return call("GET", where, b"", signed(f"ask_{uuid.uuid4()}", b"", secret))


def main(arguments: list[str]) -> int:
    """Exit status 0 when the answer was 2xx."""
    url, secret = os.environ["COBRANZAS_URL"], os.environ["COBRANZAS_SECRET"]
    match arguments:
        case ["send", message_id, file]:
            status, answer = send(url, secret, message_id, Path(file).read_bytes())
        case ["state", operation_number]:
            status, answer = state(url, secret, operation_number)
        case _:
            sys.exit(__doc__)
    told = json.loads(answer) if answer else {}
    sys.stdout.write(f"{status} {json.dumps(told, ensure_ascii=False)}\n")
    return 0 if 200 <= status < 300 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
