"""`manage.py reconcile [--date DATE …]`."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from billing.gateway.errors import GatewayError
from billing.models import ProviderDay
from billing.reconciliation.comparison import reconcile
from oficina.shared.dates import short_date, today
from oficina.shared.money import figure

_DIFFERS = 1
_NOT_COMPARED = 2

_COLUMNS: Final = {
    "Cobrado": "gross",
    "Imputado": "our_received",
    "Devuelto": "refunds",
    "Volvió": "refunds_returned",
    "Desconocido": "disputes",
    "Ganado": "disputes_reinstated",
    "Comisiones": "fees",
    "Neto": "net",
    "Al banco": "payouts",
    "Diferencia": "difference",
}
_DAY_WIDTH = 10
_WIDTH = 15


class Command(BaseCommand):
    """Exit status 0 when both sides agree or every difference is explained, 1 when not, 2 when nothing was compared."""

    help = "Compara día por día lo que cobró el proveedor de pagos con lo imputado, y completa lo que falte."

    def add_arguments(self, parser: CommandParser) -> None:
        """The days."""
        parser.add_argument(
            "--date",
            dest="days",
            metavar="AAAA-MM-DD",
            action="append",
            type=date.fromisoformat,
            help="un día de Mendoza, se puede repetir; si falta, los que el trabajo periódico compararía ahora",
        )

    def handle(self, *, days: list[date] | None, **_options: object) -> None:
        """Compares, and prints a line a day with what was found."""
        if days and max(days) > today():
            raise CommandError(f"{short_date(max(days))} todavía no llegó.", returncode=_NOT_COMPARED)
        try:
            compared = reconcile(now=timezone.now(), days=set(days) if days else None)
        except GatewayError as error:
            raise CommandError(f"No se pudo comparar: {error}", returncode=_NOT_COMPARED) from error
        open_days = self._print(compared)
        if open_days:
            count = "1 día" if open_days == 1 else f"{open_days} días"
            raise CommandError(f"{count} con diferencias sin resolver.", returncode=_DIFFERS)

    def _print(self, compared: Sequence[ProviderDay]) -> int:
        """Tells how many days have something that nobody has explained."""
        self.stdout.write("".join(["Día".ljust(_DAY_WIDTH), *(name.rjust(_WIDTH) for name in _COLUMNS)]))
        unexplained = ProviderDay.objects.unexplained().filter(pk__in=[row.pk for row in compared])
        open_days = set(unexplained.values_list("pk", flat=True))
        for row in compared:
            amounts = [figure(getattr(row, column)).rjust(_WIDTH) for column in _COLUMNS.values()]
            self.stdout.write("".join([short_date(row.day), *amounts]))
            for finding in row.findings.order_by("pk"):
                state = "resuelta" if finding.resolved_at else "abierta"
                self.stdout.write(f"  {finding.get_kind_display()} ({state}): {finding.key}")
        return len(open_days)
