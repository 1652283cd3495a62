"""The plans of an account, and the questions before leaving one that waits and before paying one off."""

from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import FETCH_RAISE, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import managed_link
from accounts.models import AccountLink
from payment_plans import refusals
from payment_plans.ending import give_up_plan
from payment_plans.models import PaymentPlan
from payment_plans.paying_early import offer_payoff, what_pays_it_off
from payment_plans.presentation import instalments_phrase, plan_state
from payment_plans.refusal_words import refusal_words

PAGE_SIZE = 25


@never_cache
@require_safe
def plans(request: HttpRequest, ref: str) -> HttpResponse:
    """The plans of the account, whoever made them, newest first."""
    link = managed_link(request, ref)
    listed = PaymentPlan.objects.of(link).order_by("-created_at", "-pk").fetch_mode(FETCH_RAISE)
    page = Paginator(listed, PAGE_SIZE).get_page(request.GET.get("pagina"))
    rows = [{"plan": plan, "state": plan_state(plan), "title": instalments_phrase(plan.instalments)} for plan in page]
    return render(request, "payment_plans/plans.html", {"link": link, "page": page, "rows": rows})


@require_safe
def plan_of_bill(request: HttpRequest, ref: str, invoice_id: str) -> HttpResponse:
    """Leads to the plan that a bill is in, or that an instalment is of; the newest one."""
    link = managed_link(request, ref)
    taken_up = Q(bills__invoice__public_id=invoice_id)
    paid_by = Q(parts__invoice__public_id=invoice_id) | Q(payoffs__invoice__public_id=invoice_id)
    plan = PaymentPlan.objects.of(link).filter(taken_up | paid_by).order_by("-pk").first()
    if plan is None:
        raise Http404
    return redirect("payment_plan", ref=ref, plan_id=plan.public_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def give_up(request: HttpRequest, ref: str, plan_id: str) -> HttpResponse:
    """Asks whether to leave a plan before it begins, and on POST leaves it. A second press finds it left."""
    link = managed_link(request, ref)
    plan = _found(link, plan_id)
    if request.method == "POST":
        return _give_up(request, link, plan)
    if not plan.is_waiting:
        return _see_plan(link, plan)
    return render(request, "payment_plans/give_up_plan.html", {"link": link, "plan": plan})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay_off(request: HttpRequest, ref: str, plan_id: str) -> HttpResponse:
    """Says what pays all the rest of a plan today, and on POST issues the document of it and goes on to pay it."""
    link = managed_link(request, ref)
    plan = _found(link, plan_id)
    try:
        if request.method == "POST":
            payoff = offer_payoff(link, plan, now=timezone.now())
            return _see(f"{reverse('pay', args=[ref])}?{urlencode({'factura': payoff.invoice.public_id})}")
        if not plan.is_in_force:
            return _see_plan(link, plan)
        rest = what_pays_it_off(plan, now=timezone.now())
    except refusals.LinkEnded:
        raise Http404 from None
    except refusals.PlanRefusal as refusal:
        messages.warning(request, refusal_words(refusal))
        return _see_plan(link, plan)
    return render(request, "payment_plans/pay_off_plan.html", {"link": link, "plan": plan, "rest": rest})


def _give_up(request: HttpRequest, link: AccountLink, plan: PaymentPlan) -> HttpResponse:
    try:
        give_up_plan(link, plan, now=timezone.now())
    except refusals.LinkEnded:
        raise Http404 from None
    except refusals.PlanRefusal as refusal:
        messages.warning(request, refusal_words(refusal))
        return _see_plan(link, plan)
    messages.success(
        request, f"Listo: el plan {plan} quedó sin efecto. No se te cobró nada y las facturas siguen como estaban."
    )
    return _see(reverse("plan_offer", args=[link.public_id]))


def _found(link: AccountLink, plan_id: str) -> PaymentPlan:
    return get_object_or_404(PaymentPlan.objects.of(link).select_related("policy"), public_id=plan_id)


def _see_plan(link: AccountLink, plan: PaymentPlan) -> HttpResponse:
    return _see(reverse("payment_plan", args=[link.public_id, plan.public_id]))


def _see(address: str) -> HttpResponse:
    """303: the page that shows it is asked for by GET."""
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)
