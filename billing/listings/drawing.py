"""A history as PDF: short ones whole and tagged, long ones row by row."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings

from accounts.account_numbers import format_account_number
from accounts.models import AccountLink
from billing.channel_names import channel_names
from billing.listings.histories import History
from billing.listings.history_filter import HistoryFilter
from oficina.shared.dates import clock, local_day, short_date
from oficina.shared.long_lists import ListHead, LongList
from oficina.shared.money import ZERO
from oficina.shared.pdf import render_pdf

PRINTED_AT_ONCE: Final = 100
"""Rows that are printed while somebody waits: half a second of drawing."""

_TELLS_EVERY: Final = 250


def draw_short(history: History[Any], link: AccountLink, chosen: HistoryFilter, *, at: datetime) -> bytes:
    """The whole history as a tagged PDF (PDF/UA-1)."""
    rows = list(history.rows(link, chosen))
    total = sum((history.counted(row) for row in rows), ZERO)
    context = {
        "utility": settings.UTILITY,
        "portal_host": _portal_host(),
        "head": _head(history, link, chosen, at=at),
        "account_number": format_account_number(link.account.number),
        "columns": history.columns,
        "rows": [list(zip(history.columns, history.cells(row), strict=True)) for row in rows],
        "total": history.total_in_words(len(rows), total),
    }
    return render_pdf("documents/listing.html", context)


def draw_long(
    history: History[Any], link: AccountLink, chosen: HistoryFilter, *, at: datetime, tell: Callable[[int], None]
) -> bytes:
    """The whole history, however long. `tell` hears now and then how many rows are drawn, and may raise to end it."""
    document = LongList(_head(history, link, chosen, at=at), history.columns)
    total, count = ZERO, 0
    for count, row in enumerate(history.rows(link, chosen), start=1):
        document.add(history.cells(row))
        total += history.counted(row)
        if count % _TELLS_EVERY == 0:
            tell(count)
    return document.finish(history.total_in_words(count, total))


def _head(history: History[Any], link: AccountLink, chosen: HistoryFilter, *, at: datetime) -> ListHead:
    account, utility = link.account, settings.UTILITY
    return ListHead(
        title=history.title,
        account_number=format_account_number(account.number),
        facts=[
            ("Titular", account.holder_name),
            ("Servicio en", f"{account.service_address}, {account.locality}"),
            ("Filtro", chosen.in_words(channel_names()) or "Ninguno: el historial completo"),
            ("Emitido", f"{short_date(local_day(at))}, {clock(at)} h"),
        ],
        foot=f"Comercial, {utility.commercial_hours}: {utility.phone_commercial} · {_portal_host()}",
    )


def _portal_host() -> str:
    return urlsplit(settings.BASE_URL).netloc
