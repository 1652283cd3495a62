"""The two histories that can be printed and exported: which rows, in which columns, and what they add up to."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet

from accounts.models import AccountLink
from billing.enums import ListingKind
from billing.listings.forms import HistoryForm, PaidBillForm, PaymentHistoryForm
from billing.listings.history_filter import HistoryFilter
from billing.listings.paid_bills import PaidBillRow, paid_bill_channels, paid_bill_rows, paid_bills
from billing.listings.payment_history import HistoryRow, payment_channels, payment_history, payment_rows
from oficina.shared.dates import short_date
from oficina.shared.long_lists import ListColumn
from oficina.shared.money import pesos

_AT_ONCE: Final = 500
"""Rows that are in memory while a whole history is read."""

type Value = str | Decimal | date


@dataclass(frozen=True, kw_only=True)
class History[Row]:
    """A history as a document. `printed` and `exported` give each column and what a row has in it; `counted` is what a
    row adds to the total, in pesos, and `counted_words` says what that is. `form` is how people filter it, `channels`
    what they choose from.
    """

    title: str
    one: str
    many: str
    counted_words: str
    form: type[HistoryForm]
    channels: Callable[[AccountLink], list[str]]
    of: Callable[[AccountLink, HistoryFilter], QuerySet[Any]]
    read: Callable[[Iterable[Any], AccountLink], Iterator[Row]]
    printed: tuple[tuple[ListColumn, Callable[[Row], str]], ...]
    exported: tuple[tuple[str, Callable[[Row], Value]], ...]
    counted: Callable[[Row], Decimal]

    def rows(self, link: AccountLink, chosen: HistoryFilter) -> Iterator[Row]:
        """All of its rows, read as they are wanted."""
        return self.read(self.of(link, chosen).iterator(chunk_size=_AT_ONCE), link)

    def exported_rows(self, link: AccountLink, chosen: HistoryFilter) -> Iterator[list[Value]]:
        """All of its rows, as a spreadsheet has them."""
        return ([value(row) for _, value in self.exported] for row in self.rows(link, chosen))

    @property
    def columns(self) -> list[ListColumn]:
        """What stands above the rows of the document."""
        return [column for column, _ in self.printed]

    def cells(self, row: Row) -> list[str]:
        """A row of the document."""
        return [words(row) for _, words in self.printed]

    def count_in_words(self, count: int) -> str:
        """`1 pago`, `5.000 pagos`."""
        return f"1 {self.one}" if count == 1 else f"{count:,} {self.many}".replace(",", ".")

    def total_in_words(self, count: int, total: Decimal) -> str:
        """`60 pagos, $ 60.000,00 imputados`."""
        return f"{self.count_in_words(count)}, {pesos(total)} {self.counted_words}"


_PAYMENTS: Final = History[HistoryRow](
    title="Historial de pagos",
    one="pago",
    many="pagos",
    counted_words="imputados",
    form=PaymentHistoryForm,
    channels=payment_channels,
    of=payment_history,
    read=payment_rows,
    printed=(
        (ListColumn(heading="Fecha", share=16), lambda row: short_date(row.day)),
        (ListColumn(heading="Pago", share=18), lambda row: row.number),
        (ListColumn(heading="Concepto", share=42), lambda row: row.subject),
        (ListColumn(heading="Canal", share=24), lambda row: row.channel),
        (ListColumn(heading="Medio", share=30), lambda row: row.means),
        (ListColumn(heading="Estado", share=22), lambda row: row.state.words),
        (ListColumn(heading="Importe", share=25, figures=True), lambda row: pesos(row.value)),
    ),
    exported=(
        ("Fecha", lambda row: row.day),
        ("Pago", lambda row: row.number),
        ("Concepto", lambda row: row.subject),
        ("Canal", lambda row: row.channel),
        ("Medio", lambda row: row.means),
        ("Estado", lambda row: row.state.words),
        ("Importe", lambda row: row.value),
        ("Imputado", lambda row: row.received),
        ("Devuelto", lambda row: row.returned),
    ),
    counted=lambda row: row.received,
)

_PAID_BILLS: Final = History[PaidBillRow](
    title="Facturas pagadas",
    one="factura pagada",
    many="facturas pagadas",
    counted_words="pagados",
    form=PaidBillForm,
    channels=paid_bill_channels,
    of=paid_bills,
    read=paid_bill_rows,
    printed=(
        (ListColumn(heading="Pagada el", share=17), lambda row: short_date(row.day)),
        (ListColumn(heading="Factura", share=26), lambda row: row.document),
        (ListColumn(heading="Tipo", share=27), lambda row: row.kind),
        (ListColumn(heading="Período o concepto", share=44), lambda row: row.subject),
        (ListColumn(heading="Canal", share=27), lambda row: row.channels),
        (ListColumn(heading="Interés", share=20, figures=True), lambda row: pesos(row.surcharge)),
        (ListColumn(heading="Pagado", share=25, figures=True), lambda row: pesos(row.paid)),
    ),
    exported=(
        ("Pagada el", lambda row: row.day),
        ("Factura", lambda row: row.document),
        ("Tipo", lambda row: row.kind),
        ("Período o concepto", lambda row: row.subject),
        ("Canal", lambda row: row.channels),
        ("Interés", lambda row: row.surcharge),
        ("Pagado", lambda row: row.paid),
    ),
    counted=lambda row: row.paid,
)

HISTORIES: Final[Mapping[ListingKind, History[Any]]] = {
    ListingKind.PAYMENTS: _PAYMENTS,
    ListingKind.PAID_BILLS: _PAID_BILLS,
}
