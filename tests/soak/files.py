"""Files of the billing system and of the channels, imported as they come."""

from oficina.shared.imports.staging import BadRow
from oficina.shared.imports.watching import ImportOutcome
from tests.imports import csv_files
from tests.soak.world import World


def import_rows(world: World, kind: str, rows: list[dict[str, str]]) -> tuple[list[ImportOutcome], list[BadRow]]:
    """Imports a file of this kind with these rows; gives what became of it and the bad rows."""
    path = world.ground.folder / f"{kind}-{world.new_number()}.csv"
    try:
        return csv_files.run(csv_files.write(path, *rows))
    finally:
        path.unlink(missing_ok=True)
