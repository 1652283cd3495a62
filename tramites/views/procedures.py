"""Trámites: the procedures by category, the search, each procedure, and the notice before its system is another one."""

from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tramites.models import ProcedureText
from tramites.procedures.searching import find_procedures, procedures_in_force
from tramites.searching import LONGEST_QUESTION
from tramites.views.base import base_of


@login_not_required
@require_safe
def procedures(request: HttpRequest) -> HttpResponse:
    """Every procedure, category by category; or, for a question, those that answer it."""
    question = request.GET.get("q", "").strip()[:LONGEST_QUESTION]
    found = find_procedures(question, at=timezone.now()) if question else []
    listed = [] if found else procedures_in_force(at=timezone.now())
    categories = [(category, list(texts)) for category, texts in groupby(listed, lambda text: text.procedure.category)]
    context = {"question": question, "found": found, "categories": categories, "base": base_of(request)}
    return render(request, "tramites/procedures.html", context)


@login_not_required
@require_safe
def procedure(request: HttpRequest, slug: str) -> HttpResponse:
    """What one procedure takes, as its text in force tells it."""
    return render(request, "tramites/procedure.html", {"text": _text_or_404(slug), "base": base_of(request)})


@login_not_required
@require_safe
def leave_for_procedure(request: HttpRequest, slug: str) -> HttpResponse:
    """That its system is another one: which, and what does not go along. The address is the office's, never given."""
    text = _text_or_404(slug)
    if not text.host:
        raise Http404
    return render(request, "tramites/leave_for_procedure.html", {"text": text, "base": base_of(request)})


def _text_or_404(slug: str) -> ProcedureText:
    texts = ProcedureText.objects.in_force(at=timezone.now()).select_related("procedure__category")
    return get_object_or_404(texts, procedure__slug=slug)
