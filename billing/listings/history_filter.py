"""What of a history is shown: kept in the address of the page, and with a listing that is drawn later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self

from django.utils import timezone

from billing.channel_names import ChannelNames
from billing.enums import InvoiceKind
from oficina.shared.dates import short_date

STATE_WORDS = {
    "imputado": "Imputado",
    "en-proceso": "En proceso",
    "sin-terminar": "Sin terminar",
    "rechazado": "Rechazado",
    "vencido": "Vencido o cancelado",
}
"""States of a payment as addresses say them, and as people read them."""


@dataclass(frozen=True, kw_only=True)
class HistoryFilter:
    """Both dates are local and included; empty values filter nothing. `state` is a key of STATE_WORDS, `kind` an
    InvoiceKind, `channel` the slug of a channel.
    """

    since: date | None = None
    until: date | None = None
    channel: str = ""
    state: str = ""
    kind: str = ""

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, str]) -> Self:
        """The inverse of `parameters`."""
        since, until = parameters.get("desde"), parameters.get("hasta")
        return cls(
            since=date.fromisoformat(since) if since else None,
            until=date.fromisoformat(until) if until else None,
            channel=parameters.get("canal", ""),
            state=parameters.get("estado", ""),
            kind=parameters.get("tipo", ""),
        )

    def parameters(self) -> dict[str, str]:
        """As the address says it, without what filters nothing: one filter has one writing."""
        values = {
            "desde": self.since.isoformat() if self.since else "",
            "hasta": self.until.isoformat() if self.until else "",
            "canal": self.channel,
            "estado": self.state,
            "tipo": self.kind,
        }
        return {name: value for name, value in values.items() if value}

    @property
    def begins_at(self) -> datetime | None:
        """The instant from which rows count."""
        return _midnight(self.since) if self.since else None

    @property
    def ends_at(self) -> datetime | None:
        """The instant before which rows count."""
        return _midnight(self.until + timedelta(days=1)) if self.until else None

    def in_words(self, names: ChannelNames) -> str:
        """`Desde el 01/01/2026 hasta el 24/11/2026, canal Rapipago`; empty when nothing is filtered."""
        words = [*self._dates_in_words()]
        if self.channel:
            words.append(f"canal {names.get(self.channel, self.channel)}")
        if self.state:
            words.append(f"estado {STATE_WORDS[self.state].lower()}")
        if self.kind:
            words.append(f"tipo {InvoiceKind(self.kind).label.lower()}")
        text = ", ".join(words)
        return text[:1].upper() + text[1:]

    def _dates_in_words(self) -> list[str]:
        if self.since and self.until:
            return [f"del {short_date(self.since)} al {short_date(self.until)}"]
        if self.since:
            return [f"desde el {short_date(self.since)}"]
        return [f"hasta el {short_date(self.until)}"] if self.until else []


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
