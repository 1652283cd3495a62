"""`manage.py export_plans --since DATE [--until DATE] [--output FILE]`."""

from collections.abc import Iterator
from datetime import date

from oficina.shared.exporting import ExportCommand
from payment_plans.export import ExportedStep, exported_steps


class Command(ExportCommand):
    """What the billing system learns of payment plans."""

    help = "Exporta los planes de pago que se hicieron, empezaron o terminaron, por fecha."
    columns = ExportedStep._fields

    def rows(self, since: date, until: date) -> Iterator[ExportedStep]:
        return exported_steps(since, until)
