"""How much a machine says it will send, before any of it is read."""

from django.http import HttpRequest

_MORE_DIGITS_THAN_NEEDED = 15


def announced_size(request: HttpRequest) -> int:
    """Bytes that the sender says will come; a body without a stated size is not read at all by the server."""
    announced = request.headers.get("Content-Length", "")
    return int(announced[:_MORE_DIGITS_THAN_NEEDED]) if announced.isascii() and announced.isdigit() else 0
