"""Plan de pago: the options side by side, and the window with the data by which one of them becomes a plan."""

from http import HTTPStatus

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import logged_in_user, managed_link
from accounts.enums import TermsPurpose
from accounts.models import AccountLink, TermsVersion
from accounts.terms import current_terms
from billing.models import Invoice
from oficina.shared.dates import today, weekday_and_date
from payment_plans import refusals
from payment_plans.forms import PlanForm
from payment_plans.generating import PlanConsent, generate_plan
from payment_plans.models import PaymentPlan, PlanPolicy
from payment_plans.offers import is_plan_of, offered_bills, offered_options
from payment_plans.options import PlanOptions, plan_options
from payment_plans.presentation import equal_instalments, financed_words, instalments_phrase, rate_words
from payment_plans.refusal_words import nothing_offered_words, refusal_words


@never_cache
@require_safe
def plan_offer(request: HttpRequest, ref: str) -> HttpResponse:
    """The debt that can be paid in instalments and in how many; or why none can."""
    link = managed_link(request, ref)
    plans = PaymentPlan.objects.of(link)
    waiting = plans.waiting().first()
    context: dict[str, object] = {"link": link, "waiting": waiting, "has_plans": plans.exists()}
    try:
        offered = plan_options(link.account_id, on=today())
    except refusals.PlanRefusal as refusal:
        return render(request, "payment_plans/plan_offer.html", context | _nothing(link, refusal))
    context |= {
        "offered": offered,
        "which": financed_words(offered.policy),
        "bills": offered_bills(offered.bills, on=today()),
        "options": offered_options(offered, link, waiting),
    }
    return render(request, "payment_plans/plan_offer.html", context)


@never_cache
@sensitive_post_parameters("document", "phone", "email")
@require_http_methods(["GET", "HEAD", "POST"])
def generate(request: HttpRequest, ref: str) -> HttpResponse:
    """Asks for what a plan of `cuotas` instalments needs, and on POST makes it. A second press finds it made."""
    link = managed_link(request, ref)
    terms = current_terms(TermsPurpose.PAYMENT_PLAN)
    if request.method != "POST":
        return _window(request, link, terms)
    form = PlanForm(request.POST, in_force=terms)
    if form.is_valid():
        return _generate(request, link, form)
    if not form.shows_a_choice:
        return _tell(request, link, refusals.OptionsChanged())
    return _window(request, link, terms, form)


def _nothing(link: AccountLink, refusal: refusals.PlanRefusal) -> dict[str, object]:
    policy = PlanPolicy.objects.in_force(on=today()).first()
    owes = Invoice.objects.of(link).owed().exists()
    title, text = nothing_offered_words(refusal, owes=owes, policy=policy)
    return {"nothing_title": title, "nothing_text": text}


def _window(request: HttpRequest, link: AccountLink, terms: TermsVersion, form: PlanForm | None = None) -> HttpResponse:
    """The form about an option as it is offered now; without `form`, with what the person's user says of them."""
    try:
        offered = plan_options(link.account_id, on=today())
    except refusals.PlanRefusal:
        return _see(reverse("plan_offer", args=[link.public_id]))
    asked = form["instalments"].value() if form else request.GET.get("cuotas")
    chosen = offered.of(int(asked)) if asked and str(asked).isdecimal() else None
    if chosen is None:
        return _see(reverse("plan_offer", args=[link.public_id]))
    waiting = PaymentPlan.objects.of(link).waiting().first()
    if waiting and is_plan_of(chosen, offered.debt, waiting):
        return _see(reverse("payment_plan", args=[link.public_id, waiting.public_id]))
    schedule = chosen.schedule
    context = {
        "link": link,
        "title": f"Generar plan de {instalments_phrase(chosen.instalments)}",
        "amounts": equal_instalments(schedule.instalments),
        "first": schedule.instalments[0],
        "schedule": schedule,
        "rate": rate_words(schedule.total_financial_cost),
        "other_rates": " y ".join(
            rate_words(rate) for rate in (schedule.terms.effective_annual_rate, schedule.terms.annual_rate)
        ),
        "waiting": waiting,
        "terms": terms,
        "form": form or _filled_in(request, terms, offered, chosen.instalments, waiting),
    }
    return render(request, "payment_plans/generate_plan.html", context)


def _filled_in(
    request: HttpRequest, terms: TermsVersion, offered: PlanOptions, instalments: int, waiting: PaymentPlan | None
) -> PlanForm:
    user = logged_in_user(request)
    chosen = offered.of(instalments)
    initial = {
        "document": user.document,
        "phone": user.phone,
        "email": user.email,
        "instalments": str(instalments),
        "debt": str(offered.debt),
        "total": str(chosen.schedule.total) if chosen else "",
        "replaces": waiting.public_id if waiting else "",
    }
    return PlanForm(initial=initial, in_force=terms)


def _generate(request: HttpRequest, link: AccountLink, form: PlanForm) -> HttpResponse:
    given = form.cleaned_data
    consent = PlanConsent(
        terms=form.in_force,
        ip=get_adapter().get_client_ip(request),
        document=given["document"],
        phone=given["phone"],
        email=given["email"],
    )
    replaces = PaymentPlan.objects.of(link).waiting().filter(public_id=given["replaces"]).exists()
    try:
        plan = generate_plan(link, form.choice(), consent, replaces_waiting=replaces, now=timezone.now())
    except refusals.LinkEnded:
        raise Http404 from None
    except refusals.AnotherPlanWaits as refusal:
        return _ask_to_replace(request, link, form, refusal.plan)
    except refusals.PlanRefusal as refusal:
        return _tell(request, link, refusal)
    first = plan.parts.order_by("number")[0]
    which = "el anticipo" if first.is_down_payment else "la primera cuota"
    messages.success(
        request,
        f"Listo: hiciste el plan {plan}. Empieza a regir cuando pagues {which}, hasta el "
        f"{weekday_and_date(first.due_on)}.",
    )
    return _see(reverse("payment_plan", args=[link.public_id, plan.public_id]))


def _ask_to_replace(request: HttpRequest, link: AccountLink, form: PlanForm, waiting: PaymentPlan) -> HttpResponse:
    """The same window, which names the plan that was made meanwhile."""
    again = PlanForm({**request.POST.dict(), "replaces": waiting.public_id}, in_force=form.in_force)
    again.add_error(None, f"Mientras tanto se hizo el plan {waiting}. No hicimos otro todavía.")
    return _window(request, link, form.in_force, again)


def _tell(request: HttpRequest, link: AccountLink, refusal: refusals.PlanRefusal) -> HttpResponse:
    """Back to the options, which say by themselves why there are none."""
    match refusal:
        case refusals.MoneyUnderWay():
            messages.warning(request, refusal_words(refusal))
            return _see(reverse("payment_plan", args=[link.public_id, refusal.plan.public_id]))
        case refusals.OptionsChanged():
            messages.warning(request, refusal_words(refusal))
    return _see(reverse("plan_offer", args=[link.public_id]))


def _see(address: str) -> HttpResponse:
    """303: the page that shows it is asked for by GET."""
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)
