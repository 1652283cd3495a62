"""`manage.py export_payments --since DATE [--until DATE] [--output FILE]`."""

from collections.abc import Iterator
from datetime import date

from billing.export import ExportedMovement, export_rows
from oficina.shared.exporting import ExportCommand
from oficina.shared.money import ZERO, pesos


class Command(ExportCommand):
    """Tells on the standard error what all lines add up to, too."""

    help = "Exporta cada movimiento de dinero entre dos fechas, inclusive: imputaciones, créditos y devoluciones."
    columns = ExportedMovement._fields
    total = ZERO

    def rows(self, since: date, until: date) -> Iterator[ExportedMovement]:
        for row in export_rows(since, until):
            self.total += row.amount
            yield row

    def summary(self, lines: int) -> str:
        return f"{super().summary(lines).removesuffix('.')}, {pesos(self.total)}."
