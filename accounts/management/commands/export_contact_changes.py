"""`manage.py export_contact_changes --since DATE [--until DATE] [--output FILE]`."""

from collections.abc import Iterator
from datetime import date

from accounts.export import ExportedContactChange, exported_contact_changes
from oficina.shared.exporting import ExportCommand


class Command(ExportCommand):
    """What the billing system learns of how people are reached."""

    help = "Exporta los cambios de mail y de teléfono de quienes gestionan cuentas, por fecha."
    columns = ExportedContactChange._fields

    def rows(self, since: date, until: date) -> Iterator[ExportedContactChange]:
        return exported_contact_changes(since, until)
