"""From which browsers a person has logged in. Each browser keeps it itself: a signed list of who, and nothing more."""

from django.http import HttpRequest, HttpResponse

from accounts.models import User

COOKIE = "dispositivo"
ONE_YEAR = 60 * 60 * 24 * 365
MOST_PEOPLE = 10
"""Of one browser, such as that of a library: whoever logged in last. A cookie has to stay small."""

_SALT = "accounts.known_devices"


def is_known_device(request: HttpRequest, user: User) -> bool:
    """Whether this person logged in from this browser within the last year, and it kept its cookies."""
    return user.public_id in _people(request)


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Has the browser remember, for another year, that this person logged in from it."""
    others = [person for person in _people(request) if person != user.public_id]
    response.set_signed_cookie(
        COOKIE,
        ".".join([user.public_id, *others][:MOST_PEOPLE]),
        salt=_SALT,
        max_age=ONE_YEAR,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def _people(request: HttpRequest) -> list[str]:
    """Nobody when the cookie is missing, forged or too old."""
    kept = request.get_signed_cookie(COOKIE, default=None, salt=_SALT, max_age=ONE_YEAR)
    return kept.split(".") if kept else []
