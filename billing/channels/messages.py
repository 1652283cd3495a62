"""What a channel may tell, exactly. The published JSON Schema is made from these classes, so the two cannot differ.

Amounts are text (`"1234.56"`), since a JSON number is a float to many programs; instants are RFC 3339 with an offset.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, Self

from django.conf import settings
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from oficina.shared.money import CURRENCY

MOST_BILLS: Final = 100
SCHEMA_PATH: Final = "/webhooks/cobranzas/esquema.json"

_DAY = r"20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
_OFFSET = r"(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])"
_NO_MONEY = {"0", "0.0", "0.00"}


def _real_instant(text: str, info: ValidationInfo) -> str:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise PydanticCustomError("instant", "There is no such day") from None
    latest: datetime | None = (info.context or {}).get("latest")
    if latest is not None and instant > latest:
        raise PydanticCustomError("future", "Is in the future")
    return text


def _some_money(text: str) -> str:
    if not Decimal(text):
        raise PydanticCustomError("amount", "Has to be more than zero")
    return text


Instant = Annotated[
    str,
    Field(
        pattern=f"^{_DAY}T{_TIME}{_OFFSET}$",
        description="RFC 3339 with seconds and an offset",
        examples=["2026-11-24T11:58:00-03:00"],
        json_schema_extra={"format": "date-time"},
    ),
    AfterValidator(_real_instant),
]
Amount = Annotated[
    str,
    Field(
        pattern=r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?$",
        description="pesos: a point and at most two decimals, more than zero",
        examples=["1500.00"],
        json_schema_extra={"not": {"pattern": r"^0(\.0{1,2})?$"}},
    ),
    AfterValidator(_some_money),
]
OperationNumber = Annotated[
    str,
    Field(
        pattern=r"^[!-~]{1,64}$",
        description="the channel's own number of the operation, never used for another: printable ASCII, no spaces",
        examples=["00418902"],
    ),
]
_BillWord = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z-]*$")]


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class BillByCode(_Told):
    """A bill by the code that is printed on it for electronic payment."""

    payment_code: Annotated[_BillWord, Field(max_length=30, description="as printed on the bill")]
    amount: Amount


class BillByNumber(_Told):
    """A bill by its document code and number."""

    document_code: Annotated[Literal[17, 18], Field(description="17 (A) or 18 (B)")]
    invoice_number: Annotated[_BillWord, Field(max_length=20, description="as printed on the bill")]
    amount: Amount


class Collected(_Told):
    """An operation in which somebody paid one or more bills."""

    operation_number: OperationNumber
    paid_at: Instant
    currency: Literal["ARS"]
    amount: Amount
    bills: Annotated[list[BillByCode | BillByNumber], Field(min_length=1, max_length=MOST_BILLS)]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if sum(Decimal(bill.amount) for bill in self.bills) != Decimal(self.amount):
            raise PydanticCustomError("adds_up", "amount has to be the sum of the amounts of the bills")
        return self


class Undone(_Told):
    """An operation whose money the channel gave back, whole."""

    operation_number: OperationNumber
    reversed_at: Instant
    reason: Annotated[str, Field(max_length=200, pattern=r"^[^\u0000-\u001f]*$", description="for the office")] = ""


class PaymentReceived(_Told):
    """The channel received a payment."""

    type: Literal["payment.received"]
    timestamp: Annotated[Instant | None, Field(description="when this message was made, for your own records")] = None
    data: Collected


class PaymentReversed(_Told):
    """The channel undid a payment."""

    type: Literal["payment.reversed"]
    timestamp: Annotated[Instant | None, Field(description="when this message was made, for your own records")] = None
    data: Undone


type Message = PaymentReceived | PaymentReversed

_MESSAGES: TypeAdapter[Message] = TypeAdapter(Annotated[PaymentReceived | PaymentReversed, Field(discriminator="type")])
_KNOWN_TYPES: Final = ("payment.received", "payment.reversed")


class _Envelope(BaseModel):
    model_config = ConfigDict(strict=True)

    type: Annotated[str, Field(pattern=r"^[!-~]{1,120}$")]


def read_type(body: bytes) -> str:
    """What kind of message it is; perhaps one that only later versions know. Raises pydantic's ValidationError."""
    return _Envelope.model_validate_json(body).type


def is_known(message_type: str) -> bool:
    """Whether messages of this type are acted on."""
    return message_type in _KNOWN_TYPES


def read_message(body: bytes, *, latest: datetime | None = None) -> Message:
    """The message in a body whose type is known. Nothing in it may be later than `latest`. Raises ValidationError."""
    return _MESSAGES.validate_json(body, context={"latest": latest})


def says_the_same(body: bytes, another: bytes) -> bool:
    """Whether two bodies tell the same, though perhaps written differently or made at different moments."""
    return body == another or _substance(body) == _substance(another)


def _substance(body: bytes) -> object:
    message_type = read_type(body)
    return (message_type, read_message(body).data) if is_known(message_type) else body


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of every message. It cannot say that amounts add up; the answer to a message does."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{settings.BASE_URL}{SCHEMA_PATH}",
        "title": f"Messages of collection channels, in {CURRENCY}",
        **_MESSAGES.json_schema(),
    }
