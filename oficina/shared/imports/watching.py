"""Who looks on while an import runs: the command's progress bar, the office's job."""

from dataclasses import dataclass
from enum import StrEnum

from oficina.shared.imports.files import TrustedFile
from oficina.shared.imports.staging import BadRow


class ImportStage(StrEnum):
    """What an import is doing."""

    WAITING = "waiting"
    READING = "reading"
    MERGING = "merging"


@dataclass(frozen=True, kw_only=True)
class ImportOutcome:
    """What became of a file: how many of its rows were new, changed something, said what was known, or were refused."""

    run_id: int
    file_name: str
    label: str
    rows: int
    inserted: int
    updated: int
    unchanged: int
    refused: int


class ImportWatcher:
    """Sees an import happen and may stop it: `advanced` is called often and may raise ImportCancelledError."""

    def began(self, file: TrustedFile, run_id: int) -> None:
        """The import of a file is noted now, as this ImportRun. Told outside of any transaction of the import."""

    def rows_read(self, file: TrustedFile, rows: int) -> None:
        """So many rows of the file were read; told before `advanced` is."""

    def advanced(self, file: TrustedFile | None, stage: ImportStage, bytes_read: int) -> None:
        """The import came this far with this file; None while another import is in hand."""

    def refused(self, file: TrustedFile, row: BadRow) -> None:
        """A row of the file was not taken. Told in the order of the file."""

    def ended(self, outcome: ImportOutcome) -> None:
        """A file came to its end; of a dry run nothing is kept."""
