"""`manage.py export_charges --since DATE [--until DATE] [--output FILE]`."""

from collections.abc import Iterator
from datetime import date

from billing.charges.export import ExportedCharge, exported_charges
from oficina.shared.exporting import ExportCommand


class Command(ExportCommand):
    """What the billing system learns of its charges."""

    help = "Exporta los cargos que los clientes aceptaron, con su factura, y los que la oficina canceló, por fecha."
    columns = ExportedCharge._fields

    def rows(self, since: date, until: date) -> Iterator[ExportedCharge]:
        return exported_charges(since, until)
