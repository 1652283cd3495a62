"""What `docs/integrators/` publishes, run against a live server as an integrator would."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from billing.models import Invoice, Payment, Refund
from oficina.configuration import ROOT
from tests.factories.billing import InvoiceFactory
from tests.factories.channels import SECRET, CollectionChannelFactory, give_secret
from tests.ledger_invariants import ledger_invariants

pytestmark = pytest.mark.django_db(transaction=True)

EXAMPLES = ROOT / "docs" / "integrators"
CLIENTS = {"python": [sys.executable, "client.py"], "curl": ["sh", "curl.sh"]}


@pytest.fixture
def bills() -> Sequence[Invoice]:
    """The two bills that the example pays."""
    due = {"issued_on": "2026-01-02", "due_on": "2026-01-31"}
    return [
        InvoiceFactory.create(payment_code="7000000001", amount=Decimal("12350.75"), **due),
        InvoiceFactory.create(invoice_number="0142-00000002", amount=Decimal("2000.00"), **due),
    ]


def run(
    client: str, server: LiveServer, *arguments: str, secret: str = SECRET, path: str = "cobranzas/rapipago"
) -> tuple[str, dict[str, object]]:
    """The status that the client printed, and the answer."""
    done = subprocess.run(
        [*CLIENTS[client], *arguments],
        cwd=EXAMPLES,
        env=os.environ | {"COBRANZAS_URL": f"{server.url}/webhooks/{path}/", "COBRANZAS_SECRET": secret},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    if client == "python":
        status, _, answer = done.stdout.strip().partition(" ")
        assert done.returncode == (0 if status.startswith("2") else 1)
    else:
        answer, _, status = done.stdout.strip().rpartition("\n")
    return status, json.loads(answer or "{}")


@pytest.mark.parametrize("client", CLIENTS)
def test_published_client_tells_asks_and_undoes(client: str, bills: Sequence[Invoice], live_server: LiveServer) -> None:
    give_secret(CollectionChannelFactory.create())

    assert run(client, live_server, "state", "00418902") == ("404", {"error": "unknown_operation"})
    assert run(client, live_server, "send", "msg_1", "payment-received.json") == ("204", {})
    assert run(client, live_server, "send", "msg_1", "payment-received.json") == ("204", {})
    told = {
        "operation_number": "00418902",
        "state": "settled",
        "held_because": None,
        "amount": "14350.75",
        "currency": "ARS",
        "paid_at": "2026-01-15T13:30:00Z",
        "reversed_at": None,
    }
    assert run(client, live_server, "state", "00418902") == ("200", told)
    assert not Invoice.objects.payable().exists()
    assert run(client, live_server, "send", "msg_2", "payment-reversed.json") == ("204", {})
    undone = told | {"state": "reversed", "reversed_at": "2026-01-15T14:02:00Z"}
    assert run(client, live_server, "state", "00418902") == ("200", undone)
    assert (Payment.objects.count(), Refund.objects.count()) == (2, 2)
    ledger_invariants()


@pytest.mark.parametrize("client", CLIENTS)
def test_published_client_tells_a_refusal(client: str, live_server: LiveServer, tmp_path: Path) -> None:
    give_secret(CollectionChannelFactory.create())
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"type": "payment.reversed", "data": {}}', encoding="utf-8")

    status, answer = run(client, live_server, "send", "msg_1", str(wrong))
    assert (status, answer["error"]) == ("400", "message")
    other = "whsec_" + "A" * 43 + "="
    assert run(client, live_server, "send", "msg_1", "payment-received.json", secret=other) == (
        "400",
        {"error": "webhook_signature"},
    )
