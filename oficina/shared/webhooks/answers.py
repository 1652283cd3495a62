"""What a machine that reports to the portal is answered when it is refused: a code, and what of it is wrong."""

from http import HTTPStatus

from django.http import HttpResponse, JsonResponse
from pydantic import ValidationError

_MOST_PROBLEMS = 20


def refused(status: HTTPStatus, code: str, detail: object = None) -> HttpResponse:
    """`{"error": code}`, and what belongs to it."""
    return JsonResponse({"error": code} if detail is None else {"error": code, "detail": detail}, status=status)


def problems(error: ValidationError) -> list[dict[str, str]]:
    """What is wrong with a message and where, without what it said."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [
        {"where": ".".join(map(str, problem["loc"])), "problem": problem["msg"]} for problem in found[:_MOST_PROBLEMS]
    ]
