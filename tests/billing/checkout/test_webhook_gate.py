"""POST /webhooks/stripe/: what is not let in. Nothing here reaches the provider."""

import pytest
from django.test import Client

from accounts.models import AccountLink
from billing.enums import PaymentState
from billing.models import WebhookEvent
from tests.billing.checkout.steps import event_body, post_event, session_of, signed
from tests.conftest import NOON
from tests.factories.billing import InvoiceFactory, open_checkout
from tests.simulator_process import Json

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def test_scenario_19_what_is_not_a_genuine_event_changes_nothing(
    link: AccountLink,
) -> None:
    payment = open_checkout(InvoiceFactory.create(account=link.account))
    body = event_body(session_of(payment))
    now = int(NOON.timestamp())
    good = signed(body).partition(",")[2]
    not_json, bad_text, deep = b"{not json", b'{"id": "\xff\xfe"}', b"[" * 100_000
    refused: dict[str, tuple[bytes, str | None]] = {
        "no signature": (body, None),
        "empty signature": (body, ""),
        "forged": (body, f"t={now},v1={'0' * 64}"),
        "another secret": (body, signed(body, secret="whsec_of_somebody_else")),
        "another scheme only": (body, signed(body).replace("v1=", "v0=")),
        "another body": (body.replace(b"paid", b"void"), signed(body)),
        "stale": (body, signed(body, seconds_away=-301)),
        "from the future": (body, signed(body, seconds_away=301)),
        "far future": (body, signed(body, seconds_away=10**9)),
        "two timestamps": (body, f"t={now},t={now},{good}"),
        "a float timestamp": (body, f"t={now}.0,{good}"),
        "a signed timestamp": (body, f"t=+{now},{good}"),
        "a padded timestamp": (body, f"t= {now},{good}"),
        "digits of another script": (body, f"t={now},{good}".replace("1", "\N{SUPERSCRIPT ONE}", 1)),
        "a header that is not ASCII": (body, f"t={now},v1=\N{LATIN SMALL LETTER E WITH ACUTE}"),
        "commas and equals": (body, ",=,=,"),
        "bad UTF-8": (bad_text, f"t={now},{good}"),
        "not JSON": (not_json, signed(not_json)),
        "JSON that never ends": (deep, signed(deep)),
        "nothing": (b"", signed(b"")),
        "a list": (b"[]", signed(b"[]")),
        "null": (b"null", signed(b"null")),
    }

    assert {name: post_event(*sent) for name, sent in refused.items()} == dict.fromkeys(refused, 400)

    payment.refresh_from_db()
    assert payment.state == PaymentState.OPEN
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"id": 7},
        {"id": ""},
        {"id": "evt\u0000"},
        {"id": "evt_\ud800"},
        {"id": "e" * 256},
        {"type": ["checkout.session.completed"]},
        {"type": "t" * 121},
        {"data": None},
        {"data": {"object": "cs_1"}},
        {"data": {"object": {"id": {}}}},
    ],
)
def test_scenario_19_a_signed_body_that_is_no_event_is_refused(changes: dict[str, Json]) -> None:
    body = event_body("cs_1", **changes)

    assert post_event(body, signed(body)) == 400
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize("announced", ["9" * 30, "9" * 5000])
def test_scenario_19_an_absurd_size_is_refused(announced: str) -> None:
    response = Client().post("/webhooks/stripe/", b"", content_type="text/plain", headers={"Content-Length": announced})

    assert response.status_code == 413


@pytest.mark.parametrize("method", ["get", "put", "delete", "head"])
def test_it_rejects_other_methods(method: str) -> None:
    assert getattr(Client(), method)("/webhooks/stripe/").status_code == 405
