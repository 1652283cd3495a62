"""POST /webhooks/cobranzas/<channel>/: what is not let in changes nothing."""

import http.client
import json
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from billing.models import CollectionChannel, CollectionOperation, Discrepancy, Invoice, Payment, WebhookEvent
from billing.webhooks.collections import LARGEST_MESSAGE_BYTES
from tests.billing.channels.signing import PATH, Json, body_of, headers, post, received, send, signature
from tests.billing.channels.wrong_fields import WRONG_FIELDS
from tests.conftest import NOON
from tests.factories.channels import secret_text

pytestmark = pytest.mark.django_db

NOW = int(NOON.timestamp())


def nothing_changed() -> bool:
    tables = (WebhookEvent, CollectionOperation, Payment, Discrepancy)
    return not any(table.objects.exists() for table in tables)


def test_a_signature_made_by_hand_is_taken(channel: CollectionChannel, invoice: Invoice) -> None:
    body = received(invoice)

    assert post(body) == 204
    invoice.refresh_from_db()
    assert invoice.is_paid


def test_scenario_19_what_the_channel_did_not_sign_now_is_refused(channel: CollectionChannel, invoice: Invoice) -> None:
    body = received(invoice)
    good = headers(body)

    def with_timestamp(text: str) -> dict[str, str]:
        return good | {"webhook-timestamp": text, "webhook-signature": signature(body, message_id="msg_1", at=text)}

    bad_text = b'{"type": "\xff\xfe"}'
    refused: dict[str, tuple[bytes, dict[str, str]]] = {
        "no headers": (body, {}),
        **{f"no {name}": (body, {key: good[key] for key in good if key != name}) for name in good},
        **{f"empty {name}": (body, good | {name: ""}) for name in good},
        "forged": (body, good | {"webhook-signature": "v1," + "A" * 43 + "="}),
        "another secret": (body, headers(body, secrets=(secret_text("x"),))),
        "another id": (body, good | {"webhook-id": "msg_2"}),
        "another body": (body.replace(b"1000", b"9000"), good),
        "another version": (body, good | {"webhook-signature": good["webhook-signature"].replace("v1,", "v2,")}),
        "no version": (body, good | {"webhook-signature": good["webhook-signature"].removeprefix("v1,")}),
        "three parts": (body, good | {"webhook-signature": good["webhook-signature"] + ",more"}),
        "rubbish beside a good one": (body, good | {"webhook-signature": "rubbish " + good["webhook-signature"]}),
        "not base64": (body, good | {"webhook-signature": "v1,a"}),
        "not ASCII": (body, good | {"webhook-signature": "v1,\N{LATIN SMALL LETTER E WITH ACUTE}"}),
        "id with a space": (body, headers(body, message_id="msg 1")),
        "id too long": (body, headers(body, message_id="m" * 256)),
        "stale": (body, headers(body, seconds_away=-301)),
        "from the future": (body, headers(body, seconds_away=301)),
        "far future": (body, headers(body, seconds_away=10**9)),
        **{
            f"timestamp {text!r}": (body, with_timestamp(text))
            for text in (f"{NOW}.0", f"+{NOW}", f"0{NOW}", f"{NOW}e0", f"{NOW}_0", f"-{NOW}", "9" * 400, "nan", "inf")
        },
        "bad UTF-8": (bad_text, headers(bad_text)),
        "nothing": (b"", headers(b"")),
    }

    assert {name: post(*sent) for name, sent in refused.items()} == dict.fromkeys(refused, 400)
    assert nothing_changed()


@pytest.mark.parametrize(
    "body",
    [
        b"{not json",
        b"[" * 60_000,
        b"[]",
        b"null",
        b'"payment.received"',
        b"{}",
        b'{"type": 7}',
        b'{"type": ""}',
        b'{"type": "un \\u0000"}',
        b'{"type": "payment.received"}',
        b'{"type": "payment.received", "data": null}',
        b'{"type": "payment.received", "data": {"amount": "\\ud800"}}',
        b"\xef\xbb\xbf{}",
        received(amount="1000.00\n", bills=[{"payment_code": "7", "amount": "1000.00"}]),
    ],
)
def test_scenario_19_a_signed_body_that_is_no_message_is_refused(channel: CollectionChannel, body: bytes) -> None:
    assert post(body) == 400
    assert nothing_changed()


@pytest.mark.parametrize(("changes", "where"), WRONG_FIELDS.values(), ids=WRONG_FIELDS)
def test_scenario_19_a_message_with_a_wrong_field_is_refused_and_says_which(
    channel: CollectionChannel, invoice: Invoice, changes: dict[str, Json], where: str
) -> None:
    status, answer = send(received(invoice, **changes))

    told = json.loads(answer)
    assert (status, told["error"]) == (400, "message")
    path = ".".join(filter(None, ("payment.received.data", where)))
    assert [problem["where"] for problem in told["detail"] if problem["where"].startswith(path)]
    assert nothing_changed()


def test_scenario_19_oversized_is_refused_before_it_is_read(channel: CollectionChannel) -> None:
    body = received(padding="x" * LARGEST_MESSAGE_BYTES)

    assert post(body) == 413
    response = Client().post(PATH, b"", content_type="text/plain", headers={"Content-Length": "9" * 5000})
    assert response.status_code == 413
    assert nothing_changed()


@pytest.mark.django_db(transaction=True)
def test_oversized_is_answered_without_its_body(channel: CollectionChannel, live_server: LiveServer) -> None:
    where = urlsplit(live_server.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port or 0, timeout=5)
    connection.putrequest("POST", PATH)
    connection.putheader("Content-Length", str(LARGEST_MESSAGE_BYTES + 1))
    connection.endheaders()

    assert connection.getresponse().status == 413
    connection.close()


def test_the_largest_message_is_taken(channel: CollectionChannel) -> None:
    small = body_of("unknown.kind", None, padding="")
    body = body_of("unknown.kind", None, padding="x" * (LARGEST_MESSAGE_BYTES - len(small)))

    assert len(body) == LARGEST_MESSAGE_BYTES
    assert post(body) == 204


@pytest.mark.parametrize("seconds_away", [-300, 300])
def test_a_signature_at_the_edge_of_the_tolerance_is_taken(
    channel: CollectionChannel, invoice: Invoice, seconds_away: int
) -> None:
    body = received(invoice)

    assert post(body, headers(body, seconds_away=seconds_away)) == 204


@pytest.mark.parametrize("slug", ["pago-facil", "stripe", "RAPIPAGO", "r" * 500])
def test_a_channel_that_there_is_not_is_not_found(channel: CollectionChannel, invoice: Invoice, slug: str) -> None:
    assert post(received(invoice), path=f"/webhooks/cobranzas/{slug}/") == 404
    assert nothing_changed()


def test_a_channel_that_is_not_active_is_not_found(channel: CollectionChannel, invoice: Invoice) -> None:
    CollectionChannel.objects.update(active=False)

    assert post(received(invoice)) == 404
    assert nothing_changed()


@pytest.mark.parametrize("method", ["get", "put", "delete", "head", "patch"])
def test_it_rejects_other_methods(channel: CollectionChannel, method: str) -> None:
    assert getattr(Client(), method)(PATH).status_code == 405


def test_it_never_redirects(channel: CollectionChannel, invoice: Invoice) -> None:
    assert post(received(invoice), path=PATH.rstrip("/")) == 204
