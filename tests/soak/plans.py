"""Payment plans as people have them: made, begun, paid, paid early, given up, cancelled, left unpaid."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.utils import timezone

from accounts.enums import TermsPurpose
from accounts.models import TermsVersion
from billing.models import Invoice
from oficina.shared.dates import today
from payment_plans.closing import cancel_plan, lapse_plans
from payment_plans.ending import end_unpaid, give_up_plan
from payment_plans.generating import PlanChoice, PlanConsent, generate_plan
from payment_plans.models import PaymentPlan
from payment_plans.options import plan_options
from payment_plans.paying_early import offer_payoff, void_old_payoffs
from tests.soak import channels, customers, provider
from tests.soak.violations import NothingToDoError
from tests.soak.world import World, of_index

WAYS = ("checkout", "elsewhere", "in part", "voucher")

_NOON = time(12)


def make_plan(world: World, *, who: int, instalments: int) -> None:
    """Somebody has the debt financed; what waited for its first payment ends."""
    offered = plan_options(world.account.pk, on=today())
    chosen = offered.of(instalments)
    if chosen is None:
        raise NothingToDoError
    choice = PlanChoice(instalments=instalments, debt=offered.debt, total=chosen.schedule.total)
    plan = generate_plan(world.links[who], choice, _consent(), replaces_waiting=True, now=timezone.now())
    _know(world, plan.parts.order_by("number").values_list("invoice", flat=True))


def pay_instalment(world: World, *, which: int, who: int, way: str) -> None:
    """Somebody pays the instalment of this index, counted round, of those that can be paid."""
    payable = Invoice.objects.payable().filter(plan_instalment__isnull=False).order_by("pk")
    _pay(world, of_index(list(payable), which), who, way)


def plan_begins(world: World, *, who: int, instalments: int, way: str) -> None:
    """A plan is made and its first payment too."""
    make_plan(world, who=who, instalments=instalments)
    plan = PaymentPlan.objects.latest("pk")
    _pay(world, Invoice.objects.filter(plan_instalment__plan=plan).order_by("plan_instalment__number")[0], who, way)


def pay_all_instalments(world: World, *, who: int) -> None:
    """At a counter, one after the other."""
    plan = _in_force(world, who)
    for instalment in list(Invoice.objects.payable().filter(plan_instalment__plan=plan).order_by("pk")):
        _pay(world, instalment, who, "elsewhere")


def pay_early(world: World, *, who: int, pays: bool) -> None:
    """Somebody asks for what would pay all the rest, and pays it or not."""
    payoff = offer_payoff(world.links[who], _in_force(world, who), now=timezone.now())
    _know(world, [payoff.invoice_id])
    if pays:
        _pay(world, payoff.invoice, who, "elsewhere")


def leave_plan(world: World, *, who: int) -> None:
    """Somebody gives up a plan that waits."""
    if not PaymentPlan.objects.waiting().exists():
        make_plan(world, who=who, instalments=2)
    give_up_plan(world.links[who], of_index(list(PaymentPlan.objects.waiting()), 0), now=timezone.now())


def cancel(world: World, *, plan: int) -> None:
    """The office cancels one that waits or is in force."""
    live = list(PaymentPlan.objects.live().order_by("pk"))
    cancel_plan(of_index(live, plan), "Lo pidió el titular", by=world.office, now=timezone.now())


def end_plans(world: World) -> None:
    """The job of each morning."""
    now = timezone.now()
    end_unpaid(now=now)
    void_old_payoffs(now=now)
    lapse_plans(now=now)


def leave_unpaid(world: World, *, times: int, who: int) -> None:
    """It becomes noon of a day on which what is next to fall due is held unpaid, so many times; the job of that morning
    runs.
    """
    plan = _in_force(world, who)
    for due_on in plan.parts.filter(invoice__in=Invoice.objects.payable()).values_list("due_on", flat=True)[:times]:
        noon = timezone.make_aware(datetime.combine(due_on + timedelta(days=plan.policy.grace_days + 1), _NOON))
        world.pass_time(seconds=max(0.0, (noon - timezone.now()).total_seconds()))
        end_plans(world)


def _in_force(world: World, who: int) -> PaymentPlan:
    """The plan that is, or one that begins now. Raises NothingToDoError."""
    if not PaymentPlan.objects.in_force().exists():
        plan_begins(world, who=who, instalments=3, way="elsewhere")
    return of_index(list(PaymentPlan.objects.in_force().order_by("pk")), 0)


def _pay(world: World, instalment: Invoice, who: int, way: str) -> None:
    _know(world, [instalment.pk])
    place = next(place for place, known in enumerate(world.bills) if known.pk == instalment.pk)
    world.strikes[f"instalment paid: {way}"] += 1
    if way in {"elsewhere", "in part"}:
        due = Invoice.objects.with_amount_due(on=today()).get(pk=instalment.pk).amount_due
        cents = int(due * 100) // (2 if way == "in part" else 1)
        channels.notify(world, lines={place: max(cents, 1)}, number=3000 + world.new_number(), copies=1)
        return
    customers.start(world, bills=[place], who=who)
    if way == "voucher":
        provider.pay_later(world, payment=-1)
    else:
        provider.pay(world, payment=-1)


def _know(world: World, invoice_ids: Iterable[int]) -> None:
    """These are among the bills of the example from now on."""
    with world.lock:
        known = {bill.pk for bill in world.bills}
        world.bills.extend(Invoice.objects.filter(pk__in=invoice_ids).exclude(pk__in=known).order_by("pk"))


def _consent() -> PlanConsent:
    terms = TermsVersion.objects.filter(purpose=TermsPurpose.PAYMENT_PLAN).latest("version")
    return PlanConsent(terms=terms, ip=None, document="30412876", phone="2614180233", email="ana@correo.example")
