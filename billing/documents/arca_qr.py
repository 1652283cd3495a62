"""The QR of RG 4892, by which anyone checks at ARCA that a bill was authorised."""

import base64
import json
import re

from django.conf import settings

from accounts.documents import CUIT_LENGTH
from billing.models import Invoice
from oficina.shared.money import ZERO

_VERSION = 1
_PESOS = "PES"
_BY_CODE = "E"
"""How the authorization was given: by a code for this one document, which a CESP is as a CAE is."""

_CUIT = 80
_DNI = 96
_NUMBER = re.compile(r"(?P<point_of_sale>\d{1,5})-(?P<number>\d{1,8})")


def arca_qr_address(invoice: Invoice, holder_document: str) -> str:
    """The address that the QR of a bill holds. `holder_document`: the digits of its receiver's document, or none.

    Empty when the bill has no authorization, or a number or code that ARCA does not write so.
    """
    numbered = _NUMBER.fullmatch(invoice.invoice_number)
    if numbered is None or invoice.amount <= ZERO or not invoice.authorization_code.isdecimal():
        return ""
    described = {
        "ver": _VERSION,
        "fecha": invoice.issued_on.isoformat(),
        "cuit": int(settings.UTILITY.utility_cuit.replace("-", "")),
        "ptoVta": int(numbered["point_of_sale"]),
        "tipoCmp": invoice.document_code,
        "nroCmp": int(numbered["number"]),
        "importe": float(invoice.amount),  # exact when written: money has 14 digits at most
        "moneda": _PESOS,
        "ctz": 1,
        **_receiver(holder_document),
        "tipoCodAut": _BY_CODE,
        "codAut": int(invoice.authorization_code),
    }
    compact = json.dumps(described, separators=(",", ":")).encode()
    return f"{settings.UTILITY.arca_qr_url}?p={base64.b64encode(compact).decode()}"


def _receiver(document: str) -> dict[str, int]:
    """Who receives it, when that is known; a CUIL is told as the CUIT that has the same digits."""
    if not document:
        return {}
    return {"tipoDocRec": _CUIT if len(document) == CUIT_LENGTH else _DNI, "nroDocRec": int(document)}
