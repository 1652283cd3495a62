"""Why an import did not happen."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(eq=False)
class FileRefusedError(Exception):
    """The file as a whole cannot be trusted: nothing of it is imported. `reason` is one sentence for the office."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(eq=False)
class FilesRefusedError(Exception):
    """Of the files given, these cannot be trusted: none of them all is imported."""

    refused: tuple[tuple[Path, FileRefusedError], ...]


class ImportCancelledError(Exception):
    """Somebody asked the import to stop: nothing of the file was kept."""


@dataclass(eq=False)
class ImportFailedError(Exception):
    """The database or the disk failed in the middle: nothing of the file was kept. `reason` is one sentence."""

    reason: str

    def __str__(self) -> str:
        return self.reason
