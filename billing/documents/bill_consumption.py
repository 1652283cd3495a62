"""What was measured, how it compares with the periods before, and what the law presumes of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from billing.billed_periods import CHARTED, Period, billed_periods, last_periods_words, period_words
from billing.consumption_charts import amounts_chart, used_chart
from billing.documents.bill_charts import paper_chart
from billing.documents.bill_facts import readings
from billing.enums import InvoiceKind, InvoiceStatus
from billing.models import Invoice
from billing.unusual_consumption import UnusualConsumption, periods_to_compare, unusual_consumption
from oficina.shared.charts import Chart
from oficina.shared.paper_charts import PaperChart

_HEADING = "consumo"


@dataclass(frozen=True, kw_only=True)
class BillConsumption:
    """`readings` are empty for a flat rate; `periods` are those of the chart, the bill's own first."""

    readings: Sequence[tuple[str, str]]
    periods: Sequence[Period]
    unusual: UnusualConsumption | None

    @property
    def is_measured(self) -> bool:
        """Whether the chart is of m³; of amounts otherwise."""
        return any(period.used is not None for period in self.periods)

    @property
    def title(self) -> str:
        """The heading of its panel."""
        return "Consumo" if self.is_measured else "Importes anteriores"

    @property
    def span(self) -> str:
        """`Últimos 13 bimestres`."""
        return last_periods_words(len(self.periods))

    @property
    def caption(self) -> str:
        """The name of the table that has the same figures as the chart."""
        return f"{'Consumo e importe' if self.is_measured else 'Importe'} de cada {period_words()}"

    @property
    def screen_chart(self) -> Chart:
        """The chart of the page."""
        oldest_first = self.periods[::-1]
        draw = used_chart if self.is_measured else amounts_chart
        return draw(oldest_first, heading_id=_HEADING)

    @property
    def paper_chart(self) -> PaperChart:
        """The chart of the PDF."""
        return paper_chart(self.periods)


def bill_consumption(invoice: Invoice) -> BillConsumption | None:
    """The periods up to the bill's own, in one query. None of a bill that is void or not of the service."""
    if invoice.period is None or invoice.kind != InvoiceKind.SERVICE or invoice.status == InvoiceStatus.VOID:
        return None
    periods = billed_periods(invoice.account_id, count=periods_to_compare(), until=invoice.period)
    return BillConsumption(
        readings=readings(invoice), periods=periods[:CHARTED], unusual=unusual_consumption(invoice, periods)
    )
