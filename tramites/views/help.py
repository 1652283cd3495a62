"""Ayuda: the topics by part, the search, each topic, and the way there from a screen."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tramites.enums import HelpSection
from tramites.help.screens import screen_of
from tramites.help.searching import find_help
from tramites.models import HelpText
from tramites.searching import LONGEST_QUESTION
from tramites.views.base import base_of


@login_not_required
@require_safe
def help_topics(request: HttpRequest) -> HttpResponse:
    """Every topic, part by part; or, for a question, those that answer it."""
    question = request.GET.get("q", "").strip()[:LONGEST_QUESTION]
    found = find_help(question, at=timezone.now()) if question else []
    sections = [] if found else _sections()
    context = {"question": question, "found": found, "sections": sections, "base": base_of(request)}
    return render(request, "tramites/help.html", context)


@login_not_required
@require_safe
def help_topic(request: HttpRequest, slug: str) -> HttpResponse:
    """One topic, as its text in force tells it."""
    text = get_object_or_404(HelpText.objects.in_force(at=timezone.now()), topic__slug=slug)
    screen = next(filter(None, map(screen_of, text.topic.screens)), None)
    return render(request, "tramites/help_topic.html", {"text": text, "screen": screen, "base": base_of(request)})


@login_not_required
@require_safe
def help_of_screen(request: HttpRequest, screen: str) -> HttpResponse:  # noqa: ARG001  Django passes it
    """The topic of a screen, or all of Ayuda when none explains it."""
    known = screen_of(screen.replace("-", "_"))
    if known is None:
        raise Http404
    text = (
        HelpText.objects.in_force(at=timezone.now())
        .filter(topic__screens__contains=[known.name])
        .order_by("topic__position", "topic__pk")
        .first()
    )
    return redirect("help_topic", slug=text.topic.slug) if text else redirect("help")


def _sections() -> list[tuple[str, list[HelpText]]]:
    texts = list(HelpText.objects.in_force(at=timezone.now()).order_by("topic__position", "topic__pk"))
    parts = [(section.label, [each for each in texts if each.topic.section == section]) for section in HelpSection]
    return [(label, listed) for label, listed in parts if listed]
