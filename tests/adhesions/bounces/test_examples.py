"""What `docs/integrators/` publishes for mail servers, run against a live server as its operator would."""

import json
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from accounts.models import AccountLink
from adhesions.digital.bill_mail import message_id_of
from adhesions.models import BillDelivery
from tests.adhesions.bounces.conftest import mailed
from tests.billing.channels.test_examples import CLIENTS, EXAMPLES, run
from tests.factories.adhesions import digital
from tests.factories.bounces import BounceSourceFactory, give_bounce_secret

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("client", CLIENTS)
def test_published_client_reports_a_bounce(
    client: str, link: AccountLink, live_server: LiveServer, tmp_path: Path
) -> None:
    give_bounce_secret(BounceSourceFactory.create())
    sent = mailed(digital(link))
    example = json.loads((EXAMPLES / "bounce.json").read_text(encoding="utf-8"))
    own = tmp_path / "bounce.json"
    own.write_text(json.dumps(example | {"message_id": message_id_of(sent), "recipient": sent.email}), encoding="utf-8")

    def send(message_id: str, file: str) -> tuple[str, dict[str, object]]:
        return run(client, live_server, "send", message_id, file, path="rebotes/correo-saliente")

    assert send("msg_1", "bounce.json") == ("200", {"state": "ignored"})
    assert send("msg_2", str(own)) == ("200", {"state": "noted"})
    assert send("msg_2", str(own)) == ("200", {"state": "noted"})
    assert BillDelivery.objects.get().state == "bounced"
