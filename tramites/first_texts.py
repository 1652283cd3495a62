"""The texts that the portal brings: a file for each, its facts in TOML between `+++`, its text in Markdown."""

import tomllib
from pathlib import Path
from typing import Any


def texts_in(folder: Path, *, without: set[str]) -> list[tuple[str, dict[str, Any], str]]:
    """Name, facts and text of each file of a folder, but for those named."""
    return [_read(path) for path in sorted(folder.glob("*.md")) if path.stem not in without]


def _read(path: Path) -> tuple[str, dict[str, Any], str]:
    _nothing, facts, body = path.read_text(encoding="utf-8").split("+++\n", 2)
    return path.stem, tomllib.loads(facts), body.strip()
