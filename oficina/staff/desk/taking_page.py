"""Taking a payment at the counter: what is paid, with what, the question, and the act. All are one address."""

from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.access import logged_in_user
from accounts.account_numbers import format_account_number
from accounts.models import ServiceAccount
from billing.desk.bills import lines_for, open_checkouts_of, payable_bills
from billing.desk.refusals import BillsMoved, NoOpenShift, ShiftOfAnotherDay
from billing.desk.shifts import open_shift_of
from billing.desk.taking import take_desk_payment
from billing.enums import TillMeans
from billing.models import CreditEntry, Invoice, TillPayment
from billing.refusals import BillingRefusal
from oficina.shared.dates import today
from oficina.shared.money import ZERO, figure, pesos
from oficina.shared.office.act_pages import Step, as_asked, step_of
from oficina.staff.desk.forms import CardForm, CashForm, PayingForm
from oficina.staff.desk.shown_bills import desk_bills
from oficina.staff.desk.traces import log_made
from oficina.staff.desk.words import till_refusal
from oficina.staff.pages import office_answer, office_page

_FORMS: dict[str, type[PayingForm]] = {TillMeans.CASH: CashForm, TillMeans.CARD: CardForm}


@require_http_methods(["GET", "HEAD", "POST"])
@office_page("billing.take_desk_payment")
def take_payment(request: HttpRequest, pk: int) -> HttpResponse:
    """The bills of the account to choose from; once some are chosen, what they cost and how they are paid."""
    account = get_object_or_404(ServiceAccount.objects.defer("parcel"), pk=pk)
    shift = open_shift_of(logged_in_user(request))
    if shift is None:
        messages.warning(request, till_refusal(NoOpenShift())[1])
        return HttpResponseRedirect(reverse("office:till"))
    payable = list(payable_bills(account, on=today()))
    wanted = set(request.GET.getlist("factura"))
    chosen = [bill for bill in payable if bill.public_id in wanted]
    if request.method == "POST" and request.POST.get("shown") != _shown(chosen):
        if taken := TillPayment.objects.filter(key=request.POST.get("key", "")).first():  # a double click
            return HttpResponseRedirect(reverse("office:taken", args=[taken.pk]))
        return _moved(request, account)
    means = request.GET.get("medio", TillMeans.CASH)
    if not chosen or means not in _FORMS:
        return _choosing(request, account, payable, nothing_chosen="medio" in request.GET)
    return _paying(request, account, chosen, TillMeans(means))


def _choosing(
    request: HttpRequest, account: ServiceAccount, payable: Sequence[Invoice], *, nothing_chosen: bool
) -> HttpResponse:
    return office_answer(
        request,
        "office/desk/choose.html",
        title="Cobrar",
        account=account,
        account_number=format_account_number(account.number),
        bills=desk_bills(payable, on=today()),
        total=sum((bill.amount_due for bill in payable if not bill.offered), ZERO),
        credit=CreditEntry.objects.filter(account=account).balance(),
        nothing_chosen=nothing_chosen,
    )


def _paying(request: HttpRequest, account: ServiceAccount, chosen: Sequence[Invoice], means: TillMeans) -> HttpResponse:
    form = _FORMS[means](request.POST or None, bills=chosen, initial=_last_terminal(request, means))
    step = step_of(request)
    context: dict[str, object] = {}
    if form.is_valid() and step is Step.DO and (done := _take(request, account, form)):
        return done
    if form.is_valid() and step is Step.ASK:
        context = _question(form, chosen)
    others = [other for other in TillMeans if other != means]
    return office_answer(
        request,
        "office/desk/pay.html",
        title="Cobrar",
        account=account,
        account_number=format_account_number(account.number),
        form=form,
        shown=_shown(chosen),
        bills=desk_bills(chosen, on=today()),
        total=form.total,
        means=means,
        others=[(other, _address(account, chosen, other)) for other in others],
        back=reverse("office:take_payment", args=[account.pk]),
        held=open_checkouts_of([bill.pk for bill in chosen]).exists(),
        **context,
    )


def _question(form: PayingForm, chosen: Sequence[Invoice]) -> dict[str, object]:
    """What will happen, and the fields of the form as they were understood."""
    order = {bill.pk: bill for bill in chosen}
    amount: Decimal = form.cleaned_data["amount"]
    lines = [
        (order[line.invoice_id], line.amount, order[line.invoice_id].amount_due - line.amount)
        for line in lines_for(chosen, amount)
    ]
    settled = {"amount": figure(amount)}
    context: dict[str, object] = {"asks": True, "amount": amount, "lines": lines}
    if isinstance(form, CashForm):
        handed_over: Decimal = form.cleaned_data["handed_over"]
        settled["handed_over"] = figure(handed_over)
        context |= {"handed_over": handed_over, "change": handed_over - amount}
    else:
        context["slip"] = form.means()
    as_asked(form, **settled)
    return context


def _take(request: HttpRequest, account: ServiceAccount, form: PayingForm) -> HttpResponse | None:
    """The way to what was taken; None when it was refused beside a field, and the form says why."""
    is_new = not TillPayment.objects.filter(key=form.cleaned_data["key"]).exists()
    try:
        taken = take_desk_payment(form.order(account), by=logged_in_user(request), now=timezone.now())
    except (NoOpenShift, ShiftOfAnotherDay) as refusal:
        messages.warning(request, till_refusal(refusal)[1])
        return HttpResponseRedirect(reverse("office:till"))
    except BillsMoved:
        return _moved(request, account)
    except BillingRefusal as refusal:
        form.add_error(*till_refusal(refusal))
        return None
    if is_new:
        log_made(request, taken, f"Cobró {pesos(taken.amount)}, {taken.get_means_display().lower()}")
    return HttpResponseRedirect(reverse("office:taken", args=[taken.pk]))


def _moved(request: HttpRequest, account: ServiceAccount) -> HttpResponse:
    messages.warning(request, till_refusal(BillsMoved())[1])
    return HttpResponseRedirect(reverse("office:take_payment", args=[account.pk]))


def _shown(bills: Sequence[Invoice]) -> str:
    """What was shown, to see whether it is still so: `12:1000.10 15:250.00`."""
    return " ".join(f"{bill.pk}:{bill.amount_due}" for bill in bills)


def _address(account: ServiceAccount, bills: Sequence[Invoice], means: TillMeans) -> str:
    chosen = urlencode([("factura", bill.public_id) for bill in bills] + [("medio", means.value)])
    return f"{reverse('office:take_payment', args=[account.pk])}?{chosen}"


def _last_terminal(request: HttpRequest, means: TillMeans) -> dict[str, str]:
    """The terminal and batch of the last card that this person took: they seldom change within a day."""
    if means != TillMeans.CARD:
        return {}
    mine = TillPayment.objects.filter(means=means, shift__clerk=logged_in_user(request))
    last = mine.order_by("-pk").first()
    return {} if last is None else {"terminal": last.terminal, "batch": last.batch}
