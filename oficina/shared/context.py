"""What every template knows."""

from django.conf import settings
from django.http import HttpRequest

from oficina.configuration import Configuration


def utility(_request: HttpRequest) -> dict[str, Configuration]:
    """The utility whose portal this is: name, phones, address."""
    return {"utility": settings.UTILITY}
