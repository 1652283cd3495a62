"""Mis pagos: the payments of the account in hand and its paid bills: on the page, on paper, as a spreadsheet."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import managed_link
from accounts.models import AccountLink
from billing.channel_names import ChannelNames, channel_names
from billing.document_download import pdf_download
from billing.enums import ListingKind
from billing.listings.drawing import PRINTED_AT_ONCE, draw_short
from billing.listings.histories import HISTORIES, History
from billing.listings.history_filter import HistoryFilter
from billing.models import Listing
from oficina.shared.dates import today
from oficina.shared.spreadsheets import MEDIA_TYPE, spreadsheet

PAGE_SIZE = 25

_PAGES = {ListingKind.PAYMENTS: "my_payments", ListingKind.PAID_BILLS: "paid_bills"}
_TABLES = {
    ListingKind.PAYMENTS: "billing/history_payments.html",
    ListingKind.PAID_BILLS: "billing/history_paid_bills.html",
}
_NOTHING_FOUND = "No hay nada con ese filtro"
_EMPTY = {
    ListingKind.PAYMENTS: (
        "Todavía no hay pagos",
        "Cuando pagues una factura, acá o en otro lugar de pago, la vas a ver en esta lista.",
    ),
    ListingKind.PAID_BILLS: (
        "Todavía no hay facturas pagadas",
        "Cuando una factura quede paga, la vas a ver en esta lista.",
    ),
}


def history_address(link: AccountLink, kind: ListingKind) -> str:
    """The page of one of the two histories."""
    return reverse(_PAGES[kind], args=[link.public_id])


@never_cache
@require_safe
def history_page(request: HttpRequest, ref: str, kind: ListingKind) -> HttpResponse:
    """One history, the latest first, filtered as the address says. With HTMX only what filters and pages change."""
    link = managed_link(request, ref)
    history, names = HISTORIES[kind], channel_names()
    form = history.form(request.GET, history.channels(link), names)
    chosen = form.chosen
    page = Paginator(history.of(link, chosen), PAGE_SIZE).get_page(request.GET.get("pagina"))
    parameters = chosen.parameters()
    is_filtered = bool(request.GET.keys() & form.fields.keys())
    address = history_address(link, kind)
    title, advice = _EMPTY[kind]
    is_part = "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
    context = {
        "link": link,
        "kind": kind,
        "history": history,
        "form": form,
        "page": page,
        "rows": list(history.read(page, link)),
        "rows_template": _TABLES[kind],
        "count_words": history.count_in_words(page.paginator.count),
        "chosen_words": chosen.in_words(names),
        "is_filtered": is_filtered,
        "parameters": parameters,
        "query": f"?{urlencode(parameters)}" if parameters else "",
        "printed_at_once": page.paginator.count <= PRINTED_AT_ONCE,
        "listings": _asked_for(link, kind, names),
        "histories": [(other.label, history_address(link, other), other == kind) for other in ListingKind],
        "address": address,
        "clear": address if is_filtered else "",
        "empty_title": title,
        "empty_advice": advice,
        "is_part": is_part,
        "said": _said(history, page) if page.paginator.count else _NOTHING_FOUND,
        "nothing_found": _NOTHING_FOUND,
        "goes_to_rows": is_part and ("pagina" in request.GET or not is_filtered),
    }
    return render(request, f"billing/history.html{'#shown' if is_part else ''}", context)


@never_cache
@require_safe
def history_pdf(request: HttpRequest, ref: str, kind: ListingKind) -> HttpResponse:
    """A short history as PDF, whole. A long one is prepared first: its page offers that."""
    link = managed_link(request, ref)
    history = HISTORIES[kind]
    chosen = history.form(request.GET, history.channels(link), channel_names()).chosen
    if history.of(link, chosen).count() > PRINTED_AT_ONCE:
        return redirect(f"{history_address(link, kind)}?{urlencode(chosen.parameters())}")
    return pdf_download(draw_short(history, link, chosen, at=timezone.now()), f"{_file_name(kind)}.pdf")


@never_cache
@require_safe
def history_csv(request: HttpRequest, ref: str, kind: ListingKind) -> HttpResponseBase:
    """A history as a table for a spreadsheet, whole, however long."""
    link = managed_link(request, ref)
    history: Any = HISTORIES[kind]
    chosen = history.form(request.GET, history.channels(link), channel_names()).chosen
    headings = [heading for heading, _ in history.exported]
    return StreamingHttpResponse(
        spreadsheet(headings, history.exported_rows(link, chosen)),
        content_type=MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{_file_name(kind)}.csv"'},
    )


def _asked_for(link: AccountLink, kind: ListingKind, names: ChannelNames) -> list[tuple[Listing, str]]:
    """The listings of this history that are kept, the latest first, and what each has."""
    kept = Listing.objects.of(link).kept(at=timezone.now()).filter(kind=kind).without_pdf().order_by("-pk")
    return [(listing, HistoryFilter.from_parameters(listing.chosen).in_words(names) or "Todo") for listing in kept]


def _said(history: History[Any], page: Page[Any]) -> str:
    """What a screen reader says once the rows are there: `60 pagos, página 2 de 3`."""
    count, pages = history.count_in_words(page.paginator.count), page.paginator.num_pages
    return f"{count}, página {page.number} de {pages}" if pages > 1 else count


def _file_name(kind: ListingKind) -> str:
    name = {ListingKind.PAYMENTS: "pagos", ListingKind.PAID_BILLS: "facturas-pagadas"}[kind]
    return f"{name}-{today():%Y-%m-%d}"
