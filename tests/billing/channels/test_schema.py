"""The published JSON Schema says what is really taken."""

import json
from pathlib import Path

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from billing.channels.messages import json_schema
from billing.models import Invoice
from oficina.configuration import ROOT
from tests.billing.channels.signing import Json, received, reversed_operation
from tests.billing.channels.wrong_fields import WRONG_FIELDS

EXAMPLES = sorted((ROOT / "docs" / "integrators").glob("payment-*.json"))

BEYOND_A_SCHEMA = {"no such day", "in the future", "does not add up"}
"""What only the answer to a message can say."""


def test_schema_is_published_for_everybody() -> None:
    response = Client().get("/webhooks/cobranzas/esquema.json")

    assert (response.status_code, response["Content-Type"]) == (200, "application/schema+json")
    assert response["Cache-Control"] == "public, max-age=86400"
    published = json.loads(response.content)
    assert published == json_schema()
    assert published["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert published["$id"] == "http://testserver/webhooks/cobranzas/esquema.json"
    Draft202012Validator.check_schema(published)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_published_example_fits_the_schema(path: Path) -> None:
    assert len(EXAMPLES) == 2
    Draft202012Validator(json_schema()).validate(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(("name", "changes"), [(name, changes) for name, (changes, _) in WRONG_FIELDS.items()])
def test_schema_refuses_what_the_portal_refuses(name: str, changes: dict[str, Json]) -> None:
    message = json.loads(received(Invoice(payment_code="7"), **changes))

    assert Draft202012Validator(json_schema()).is_valid(message) == (name in BEYOND_A_SCHEMA)


def test_schema_takes_what_the_portal_takes() -> None:
    schema = Draft202012Validator(json_schema())
    bill = Invoice(payment_code="7")

    for body in (received(bill), received(bill, amount="1000"), reversed_operation(), reversed_operation(reason="")):
        schema.validate(json.loads(body))
    assert not schema.is_valid(json.loads(reversed_operation(amount="1.00")))
