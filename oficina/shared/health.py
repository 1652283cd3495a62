"""`/salud/`: whether this process can do its work, for load balancers and for the demo."""

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

HEALTH_PATH = "/salud/"


def answer_health(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, the first of all: whoever asks from inside knows neither the host's name nor TLS."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return _health(request) if request.path_info == HEALTH_PATH else get_response(request)

    return middleware


def _health(request: HttpRequest) -> HttpResponse:
    """`ok` when the database answers, 503 otherwise. Says nothing else to anybody."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return _line("sin base de datos", status=503)
    return _line("ok", status=200)


def _line(words: str, *, status: int) -> HttpResponse:
    headers = {"Cache-Control": "no-store", "Content-Type": "text/plain; charset=utf-8"}
    return HttpResponse(words + "\n", status=status, headers=headers)
