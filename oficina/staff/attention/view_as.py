"""Beginning and leaving the portal as a customer sees it."""

from typing import cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.customer_views import VIEW_PERMISSION, ViewFault, ViewRefused, begin_view, view_fault
from accounts.enums import ViewEnd
from accounts.models import CustomerView, User
from oficina.shared.office.act_pages import ActForm
from oficina.staff.attention.seeing import keep_in_hand, leave
from oficina.staff.pages import office_answer, office_page

WHY_NOT = {
    ViewFault.OWN: "Sos vos: entrá al portal como siempre.",
    ViewFault.OFFICE: "Es una persona de la oficina: su portal no se puede ver.",
    ViewFault.CANNOT_ENTER: "Este usuario no puede ingresar, así que no ve nada en el portal.",
}


class ReasonForm(ActForm):
    """Why somebody of the office looks."""

    reason = forms.CharField(
        label="¿Para qué lo mirás?",
        max_length=CustomerView._meta.get_field("reason").max_length,
        help_text="Por ejemplo: «Llamó porque no encuentra una factura». Queda en el registro.",
        error_messages={"required": "Escribí para qué mirás el portal de esta persona."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office_page(VIEW_PERMISSION)
def view_as_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks why, and then shows the portal as this person sees it."""
    seen = get_object_or_404(User, pk=pk)
    by = cast("User", request.user)
    form = ReasonForm(request.POST or None)
    fault = view_fault(by, seen)
    if fault is None and form.is_valid():
        try:
            view = begin_view(by=by, seen=seen, reason=form.cleaned_data["reason"], now=timezone.now())
        except ViewRefused as refusal:
            fault = refusal.fault
        else:
            keep_in_hand(request, view)
            _log(by, seen, f"Empezó a ver el portal como este cliente: {view.reason}")
            return HttpResponseRedirect(reverse("home"))
    return office_answer(
        request,
        "office/attention/view_as.html",
        title="Ver como cliente",
        form=form if fault is None else None,
        why_not=WHY_NOT[fault] if fault else "",
        seen=seen,
        back=_person_address(seen),
    )


@require_POST
@admin.site.admin_view
def leave_view(request: HttpRequest) -> HttpResponse:
    """Back to the office, to the record of the customer who was seen. Whoever of the office is in a view may leave it,
    also when they may not look any more.
    """
    view = leave(request, ViewEnd.LEFT)
    if view is None:
        return HttpResponseRedirect(reverse("admin:index"))
    _log(view.by, view.seen, "Dejó de ver el portal como este cliente")
    messages.success(request, f"Dejaste de ver el portal como {view.seen.full_name}.")
    return HttpResponseRedirect(_person_address(view.seen))


def _person_address(person: User) -> str:
    return reverse("admin:accounts_user_change", args=[person.pk])


def _log(by: User, seen: User, said: str) -> None:
    LogEntry.objects.log_actions(by.pk, [seen], CHANGE, change_message=said, single_object=True)
