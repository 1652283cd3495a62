"""What keeps an event from being finished, in words that somebody of the office understands."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from billing.enums import WebhookStatus
from billing.models import WebhookEvent
from billing.stored_events import UNFINISHED, next_try

_WORDS: Final = {
    "ProviderUnavailableError": "El proveedor de pagos no respondió. No se perdió nada: se reintenta solo.",
    "ProviderRefusedError": "El proveedor rechazó nuestra consulta. Si sigue, avisale a quien administra el portal.",
    "UnknownCheckoutError": "El proveedor ya no tiene aquello a lo que se refiere.",
    "EventRejectedError": "El aviso no se puede leer: no es como los que manda el proveedor.",
    "ReportOfAnotherPaymentError": "El proveedor lo dio como de otro pago. Comparalo con lo que dice su panel.",
    "RefundWaitsError": "La devolución a la que se refiere todavía está en camino. Se reintenta sola.",
    "BillNotSentYetError": "El mail que rebotó todavía no figura como enviado. Se reintenta solo.",
    "ValidationError": "El aviso no tiene la forma que esperábamos. Hablá con quien lo mandó.",
    "DoesNotExist": "No encontramos en el portal el canal o el registro al que se refiere.",
    "OperationDiffers": "El canal ya había mandado esa operación con otros datos. Pedile que confirme cuál vale.",
    "BillOfAnotherAccount": "Nombra una factura que es de otra cuenta.",
    "OperationalError": "La base de datos no respondió a tiempo. Se reintenta solo.",
}
_OTHERWISE: Final = "Algo falló al procesarlo. Se reintenta solo; si sigue, avisale a quien administra el portal."


def error_words(event: WebhookEvent) -> str:
    """Why it is unfinished, or was left; empty when there is nothing to say."""
    if not event.last_error or event.status not in UNFINISHED:
        return ""
    return _WORDS.get(event.last_error.partition(":")[0], _OTHERWISE)


def retried_at(event: WebhookEvent) -> datetime | None:
    """When it is tried again by itself; None once it is finished. It may be a minute later."""
    return next_try(event) if event.status in UNFINISHED else None


def age_words(age: timedelta) -> str:
    """`menos de una hora`, `5 horas`, `3 días`."""
    hours = int(age.total_seconds() // 3600)
    if hours < 1:
        return "menos de una hora"
    count, unit = (hours, "hora") if hours < 48 else (hours // 24, "día")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def kept_values(column: str) -> list[str]:
    """The different sources, or types, of the events that are kept, one step through the index for each of them:
    counting them row by row would read the whole table.
    """
    assert column in {"source", "event_type"}
    with connection.cursor() as cursor:
        cursor.execute(f"""
            WITH RECURSIVE found AS (
                (SELECT {column} AS value FROM billing_webhookevent ORDER BY {column} LIMIT 1)
                UNION ALL
                SELECT (
                    SELECT {column} FROM billing_webhookevent WHERE {column} > found.value ORDER BY {column} LIMIT 1
                ) FROM found WHERE found.value IS NOT NULL
            )
            SELECT value FROM found WHERE value IS NOT NULL LIMIT 200
        """)  # noqa: S608  one of two names
        return [value for (value,) in cursor.fetchall()]


def status_note(event: WebhookEvent) -> str:
    """What was noted when it was finished without effect, such as `de prueba: no imputa nada`."""
    return event.last_error if event.status == WebhookStatus.IGNORED else ""


def source_names(sources: list[str]) -> Iterator[tuple[str, str]]:
    """Each with the word that people use for it."""
    for source in sources:
        yield source, _source_name(source)


def _source_name(source: str) -> str:
    if source == "stripe":
        return "Plataforma de pago"
    for prefix, words in (("cobranzas-", "Canal"), ("rebotes-", "Rebotes")):
        if source.startswith(prefix):
            return f"{words}: {source.removeprefix(prefix)}"
    return source
