"""`manage.py export_adhesions --since DATE [--until DATE] [--output FILE]`."""

from collections.abc import Iterator
from datetime import date

from adhesions.export import ExportedAdhesion, exported_adhesions
from oficina.shared.exporting import ExportCommand


class Command(ExportCommand):
    """What the billing system learns of adhesions."""

    help = "Exporta las adhesiones a Factura digital y a Débito automático que se hicieron o terminaron, por fecha."
    columns = ExportedAdhesion._fields

    def rows(self, since: date, until: date) -> Iterator[ExportedAdhesion]:
        return exported_adhesions(since, until)
