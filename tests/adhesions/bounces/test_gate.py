"""POST /webhooks/rebotes/<source>/: what is not let in changes nothing."""

import json

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from adhesions.bounces.messages import json_schema
from adhesions.models import BillDelivery, BounceReport, BounceSource
from adhesions.webhooks import LARGEST_REPORT_BYTES
from billing.models import WebhookEvent
from oficina.configuration import ROOT
from tests.adhesions.bounces.reporting import PATH, report, told
from tests.billing.channels.signing import Json, headers, post
from tests.factories.bounces import give_bounce_secret
from tests.factories.channels import CollectionChannelFactory, give_secret, secret_text

pytestmark = pytest.mark.django_db

WRONG: dict[str, tuple[dict[str, Json], str]] = {
    "no such kind": ({"kind": "soft"}, "kind"),
    "no kind": ({"kind": None}, "kind"),
    "no message id": ({"message_id": ""}, "message_id"),
    "a message id with a space": ({"message_id": "<a b@c>"}, "message_id"),
    "a message id too long": ({"message_id": "a" * 256}, "message_id"),
    "two in one": ({"message_id": "<a@b>,<c@d>"}, "message_id"),
    "no mailbox": ({"recipient": "ana"}, "recipient"),
    "a mailbox of words": ({"recipient": "Ana <ana@correo.example>"}, "recipient"),
    "no reason": ({"reason": " "}, "reason"),
    "a reason with a NUL": ({"reason": "550 \0"}, "reason"),
    "a reason too long": ({"reason": "x" * 1001}, "reason"),
    "a local time": ({"at": "2026-11-24T10:30:00"}, "at"),
    "a number": ({"at": 1764000000}, "at"),
    "no such day": ({"at": "2026-02-30T10:30:00Z"}, "at"),
    "in the future": ({"at": "2026-11-24T12:05:01-03:00"}, "at"),
    "a field of its own": ({"mailbox": "x"}, "mailbox"),
}
BEYOND_A_SCHEMA = {"no such day", "in the future"}


def nothing_changed() -> bool:
    states = set(BillDelivery.objects.values_list("state", flat=True))
    return states <= {"sent"} and not WebhookEvent.objects.exists() and not BounceReport.objects.exists()


def test_what_the_source_did_not_sign_now_is_refused(source: BounceSource, sent: BillDelivery) -> None:
    body = json.dumps(told(sent)).encode()
    good = headers(body)
    give_secret(CollectionChannelFactory.create(), secret_text("c"))
    not_text = body.replace(b"No such", b"\xff\xfe")
    refused: dict[str, tuple[bytes, dict[str, str]]] = {
        "no headers": (body, {}),
        "forged": (body, good | {"webhook-signature": "v1," + "A" * 43 + "="}),
        "a channel's secret": (body, headers(body, secrets=(secret_text("c"),))),
        "another id": (body, good | {"webhook-id": "msg_2"}),
        "another body": (body.replace(b"permanent", b"transient"), good),
        "stale": (body, headers(body, seconds_away=-301)),
        "from the future": (body, headers(body, seconds_away=301)),
        "bad UTF-8": (not_text, headers(not_text)),
        **{f"signed {text!r}": (text, headers(text)) for text in (b"", b"{", b"[]", b"null", b"{}", b"[" * 60_000)},
    }
    assert {name: post(*each, path=PATH) for name, each in refused.items()} == dict.fromkeys(refused, 400)
    assert nothing_changed()


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_field_is_named_and_the_schema_refuses_it_too(
    source: BounceSource, sent: BillDelivery, name: str
) -> None:
    changes, where = WRONG[name]
    body = told(sent, **changes)

    status, answer = report(body)
    assert isinstance(answer, dict)
    assert (status, answer["error"]) == (400, "message")
    assert where in str(answer["detail"])
    assert nothing_changed()
    assert Draft202012Validator(json_schema()).is_valid(body) == (name in BEYOND_A_SCHEMA)


def test_schema_and_example_are_published(source: BounceSource, sent: BillDelivery) -> None:
    response = Client().get("/webhooks/rebotes/esquema.json")
    assert (response.status_code, response["Content-Type"]) == (200, "application/schema+json")
    published = json.loads(response.content)
    assert published == json_schema()
    assert published["$id"] == "http://testserver/webhooks/rebotes/esquema.json"
    Draft202012Validator.check_schema(published)
    example = json.loads((ROOT / "docs/integrators/bounce.json").read_text(encoding="utf-8"))
    schema = Draft202012Validator(published)
    for body in (example, told(sent), told(sent, reason="5\tx\r\ny")):
        schema.validate(body)


def test_too_large_is_refused_before_it_is_read_and_the_largest_is_read(source: BounceSource) -> None:
    assert post(b"x" * (LARGEST_REPORT_BYTES + 1), path=PATH) == 413
    response = Client().post(PATH, b"", content_type="text/plain", headers={"Content-Length": "9" * 5000})
    assert response.status_code == 413
    assert post(b"x" * LARGEST_REPORT_BYTES, path=PATH) == 400
    assert nothing_changed()


def test_other_methods_other_sources_and_those_switched_off(source: BounceSource, sent: BillDelivery) -> None:
    for method in ("get", "put", "delete", "head", "patch"):
        assert getattr(Client(), method)(PATH).status_code == 405, method
    unknown = (404, {"error": "unknown_source"})
    for slug in ("otro", "rapipago", "CORREO-SALIENTE", "r" * 500):
        assert report(told(sent), path=f"/webhooks/rebotes/{slug}/") == unknown
    BounceSource.objects.update(active=False)
    assert report(told(sent)) == unknown
    assert nothing_changed()


def test_two_secrets_are_taken_while_one_replaces_the_other_and_it_never_redirects(
    source: BounceSource, sent: BillDelivery
) -> None:
    give_bounce_secret(source, secret_text("n"))
    body = json.dumps(told(sent)).encode()
    for secret in (secret_text("s"), secret_text("n")):
        assert post(body, headers(body, secrets=(secret,)), path=PATH.rstrip("/")) == 200
    assert WebhookEvent.objects.count() == 1
