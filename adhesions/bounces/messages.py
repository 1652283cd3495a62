"""What a mail server may report, exactly. The published JSON Schema is made from this, so the two cannot differ."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field

from billing.channels.messages import Instant

SCHEMA_PATH: Final = "/webhooks/rebotes/esquema.json"

_PRINTED = r"[^\u0000-\u0008\u000b\u000c\u000e-\u001f]"
_SEEN = r"[^\u0000-\u0020]"


class Bounce(BaseModel):
    """A mail that came back."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    message_id: Annotated[
        str,
        Field(
            pattern=r"^<?[!-;=?-~]+>?$",
            max_length=255,
            description="the Message-ID header of the mail, as it was sent, with or without the angle brackets",
            examples=["<factura.0123456789abcdefghjk@oficina.example>"],
        ),
    ]
    recipient: Annotated[
        str, Field(pattern=r"^[^\s@]+@[^\s@]+$", max_length=254, description="the mailbox that did not receive it")
    ]
    kind: Annotated[
        Literal["permanent", "transient"],
        Field(description="permanent: that mailbox will never receive; transient: this mail was given up"),
    ]
    reason: Annotated[
        str,
        Field(pattern=f"^{_PRINTED}*{_SEEN}{_PRINTED}*$", max_length=1000, description="what the mail server said"),
    ]
    at: Annotated[Instant, Field(description="when it came back: RFC 3339 with seconds and an offset")]

    @property
    def event_type(self) -> str:
        """What it is called in the inbox."""
        return f"bounce.{self.kind}"

    @property
    def instant(self) -> datetime:
        """When it came back."""
        return datetime.fromisoformat(self.at)


def read_bounce(body: bytes, *, latest: datetime | None = None) -> Bounce:
    """The report in a body. It may not be of a time later than `latest`. Raises pydantic's ValidationError."""
    return Bounce.model_validate_json(body, context={"latest": latest})


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a report."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{settings.BASE_URL}{SCHEMA_PATH}",
        **Bounce.model_json_schema(),
    }
