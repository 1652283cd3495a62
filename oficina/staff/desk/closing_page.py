"""Closing a shift of the till, and the paper of it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import logged_in_user
from billing.desk.closing_document import render_closing
from billing.desk.refusals import DifferenceUnexplained, ShiftClosed
from billing.desk.shifts import close_shift, expected_cash
from billing.desk.totals import shift_totals
from billing.models import TillShift
from billing.refusals import BillingRefusal
from oficina.shared.money import figure, pesos
from oficina.shared.office.act_pages import Step, as_asked, record_address, step_of
from oficina.staff.desk.forms import ClosingForm
from oficina.staff.desk.traces import log_changed
from oficina.staff.desk.words import till_refusal
from oficina.staff.pages import office_answer, office_page


@require_http_methods(["GET", "HEAD", "POST"])
@office_page("billing.take_desk_payment")
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """What was counted, the question with the difference, and the act. One's own shift; others' with a permission."""
    shift = get_object_or_404(TillShift.objects.select_related("clerk"), pk=pk)
    is_own = shift.clerk_id == logged_in_user(request).pk
    if not is_own and not request.user.has_perm("billing.close_others_shift"):
        raise PermissionDenied
    if shift.closed_at is not None:
        messages.info(request, f"El turno {shift} ya está cerrado.")
        return HttpResponseRedirect(record_address(shift))
    form = ClosingForm(request.POST or None)
    step = step_of(request)
    expected = expected_cash(shift)
    context: dict[str, object] = {}
    if form.is_valid() and step is Step.DO and (done := _close(request, shift, form)):
        return done
    if form.is_valid() and step is Step.ASK:
        difference = form.cleaned_data["counted"] - expected
        if difference and not form.cleaned_data["reason"]:
            form.add_error(*till_refusal(DifferenceUnexplained(difference)))
        else:
            context = {"asks": True, "counted": form.cleaned_data["counted"], "reason": form.cleaned_data["reason"]}
            context |= {"expected": expected, "difference": difference, "totals": shift_totals(shift)}
            as_asked(form, counted=figure(form.cleaned_data["counted"]), expected=figure(expected))
    return office_answer(
        request,
        "office/desk/close.html",
        title="Cerrar la caja",
        shift=shift,
        is_own=is_own,
        form=form,
        confirm="Sí, cerrar la caja",
        back=reverse("office:till") if is_own else record_address(shift),
        **context,
    )


@never_cache
@require_safe
@office_page("billing.view_tillshift")
def closing_pdf(request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG001  Django's signature
    """The closing as PDF, to be printed and signed. 404 while the shift is open."""
    shift = get_object_or_404(TillShift.objects.select_related("clerk", "closed_by"), pk=pk, closed_at__isnull=False)
    return HttpResponse(
        render_closing(shift),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="cierre-{shift.number}.pdf"'},
    )


def _close(request: HttpRequest, shift: TillShift, form: ClosingForm) -> HttpResponse | None:
    given = form.cleaned_data
    try:
        closed = close_shift(
            shift.pk,
            by=logged_in_user(request),
            counted=given["counted"],
            expected=given["expected"],
            reason=given["reason"],
            now=timezone.now(),
        )
    except ShiftClosed:
        return HttpResponseRedirect(record_address(shift))
    except BillingRefusal as refusal:
        form.add_error(*till_refusal(refusal))
        return None
    log_changed(request, closed, f"Cerró la caja con {pesos(given['counted'])} contados")
    messages.success(request, f"Cerraste la caja. Contaste {pesos(given['counted'])}.")
    return HttpResponseRedirect(record_address(closed))
