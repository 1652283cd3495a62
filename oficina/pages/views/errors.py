"""Answers to what went wrong, in the portal's own words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  Django passes its reason
    """The form was not sent from a page of ours, or the page was open for too long."""
    return render(request, "403_csrf.html", status=403)
