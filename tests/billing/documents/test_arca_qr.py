"""What the QR of RG 4892 says."""

import base64
import json
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from billing.documents.arca_qr import arca_qr_address
from billing.models import Invoice


def described(address: str) -> dict[str, object]:
    query = parse_qs(urlsplit(address).query, strict_parsing=True)
    content: dict[str, object] = json.loads(base64.b64decode(query["p"][0]))
    return content


def test_it_describes_the_bill(bill: Invoice) -> None:
    address = arca_qr_address(bill, bill.account.holder_document)
    assert address.startswith("https://www.arca.gob.ar/fe/qr/?p=")
    assert described(address) == {
        "ver": 1,
        "fecha": "2026-11-02",
        "cuit": 30709182737,
        "ptoVta": 7,
        "tipoCmp": 18,
        "nroCmp": 1871164,
        "importe": 52387.40,
        "moneda": "PES",
        "ctz": 1,
        "tipoDocRec": 96,
        "nroDocRec": 30412876,
        "tipoCodAut": "E",
        "codAut": 76481234567890,
    }


def test_the_amount_is_written_as_it_is(bill: Invoice) -> None:
    bill.amount = Decimal("999999999999.99")
    assert (
        '"importe":999999999999.99,'
        in base64.b64decode(arca_qr_address(bill, bill.account.holder_document).split("?p=")[1]).decode()
    )


def test_a_taxpayer_is_told_by_cuit(bill: Invoice) -> None:
    bill.account.holder_document = "30709182737"
    receiver = described(arca_qr_address(bill, bill.account.holder_document))
    assert (receiver["tipoDocRec"], receiver["nroDocRec"]) == (80, 30709182737)


def test_an_unknown_receiver_is_left_out(bill: Invoice) -> None:
    bill.account.holder_document = ""
    assert {"tipoDocRec", "nroDocRec"}.isdisjoint(described(arca_qr_address(bill, bill.account.holder_document)))


@pytest.mark.parametrize(
    ("field", "value"),
    [("authorization_code", ""), ("authorization_code", "CESP-1"), ("invoice_number", "B-17"), ("amount", Decimal(0))],
)
def test_without_what_arca_asks_for_there_is_none(bill: Invoice, field: str, value: object) -> None:
    setattr(bill, field, value)
    assert arca_qr_address(bill, bill.account.holder_document) == ""
