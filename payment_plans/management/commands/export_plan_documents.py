"""`manage.py export_plan_documents --since DATE [--until DATE] [--output FILE]`."""

from collections.abc import Iterator
from datetime import date

from oficina.shared.exporting import ExportCommand
from payment_plans.export import ExportedDocument, exported_documents


class Command(ExportCommand):
    """What the billing system learns of the documents by which plans are paid."""

    help = "Exporta las cuotas y los pagos anticipados de planes de pago que se emitieron, por fecha."
    columns = ExportedDocument._fields

    def rows(self, since: date, until: date) -> Iterator[ExportedDocument]:
        return exported_documents(since, until)
