from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from oficina.configuration import Configuration

HEAD = """\
# Configuration

Every setting is an environment variable, or a line `NAME=value` of the file that `CONFIGURATION_FILE` names; a variable
wins. Lists are JSON. In production a value that is not safe there stops the start and is named. This page is made by
`manage.py document_configuration`; `make lint` fails when it is old.

| variable | meaning | when not set |
|---|---|---|
"""


class Command(BaseCommand):
    """Writes docs/configuration.md from the class that reads the settings, so the two cannot differ."""

    help = "Write docs/configuration.md; with --check, fail when it is not what would be written."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--check` changes nothing."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *_args: object, check: bool, **_options: object) -> None:
        """Raises CommandError when `--check` finds another text."""
        page = Path(settings.BASE_DIR) / "docs" / "configuration.md"
        text = HEAD + "".join(_row(name, field) for name, field in Configuration.model_fields.items())
        if not check:
            page.write_text(text, encoding="utf-8")
        elif not page.exists() or page.read_text(encoding="utf-8") != text:
            raise CommandError("docs/configuration.md is old: run `make format`.")


def _row(name: str, field: FieldInfo) -> str:
    return f"| `{name.upper()}` | {field.description} | {_when_not_set(field)} |\n"


def _when_not_set(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    default = field.default
    if isinstance(default, SecretStr) or default in ("", None):
        return "nothing"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"
