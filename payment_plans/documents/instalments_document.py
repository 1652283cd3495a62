"""The instalments of a plan as PDF, drawn whenever they are asked for.

What was agreed does not change. What does (how the plan stands, which instalments are paid) is told with its date.
"""

from datetime import date

from accounts.holders import holder_of
from billing.document_context import document_context
from billing.documents.bill_facts import service_address
from billing.presentation import bills_phrase
from oficina.shared.dates import local_day, short_date, weekday_and_date
from oficina.shared.money import pesos
from oficina.shared.pdf import render_pdf
from payment_plans.documents.coupons import coupons_of, printed_instalments
from payment_plans.enums import CLOSED, PlanState
from payment_plans.models import PaymentPlan, PlanInstalment
from payment_plans.presentation import rate_words


def instalments_pdf(plan_id: int, *, on: date) -> bytes:
    """The plan of this key as it stands on a local date, as a tagged PDF. Raises PaymentPlan.DoesNotExist."""
    plan = PaymentPlan.objects.select_related("account", "policy").defer("account__parcel").get(pk=plan_id)
    return render_pdf("documents/plan_instalments.html", instalments_context(plan, on=on))


def instalments_file_name(plan: PaymentPlan) -> str:
    """`cuotas-PP-00000012.pdf`."""
    return f"cuotas-{plan}.pdf"


def instalments_context(plan: PaymentPlan, *, on: date) -> dict[str, object]:
    """Everything that `documents/plan_instalments.html` shows of a plan loaded with its account and policy."""
    instalments = printed_instalments(plan, on=on)
    first = instalments[0].part
    return {
        **document_context(plan, plan.account),
        "plan": plan,
        "drawn_on": on,
        "stamp": plan.get_state_display() if plan.state in CLOSED else "",
        "plan_facts": _plan_facts(plan),
        "terms": _terms(plan, down_payment=first if first.is_down_payment else None),
        "financial_cost": rate_words(plan.total_financial_cost),
        "cost": plan.total - plan.debt,
        "sentence": _sentence(plan, first),
        "instalments": instalments,
        "coupons": coupons_of(instalments),
    }


def _plan_facts(plan: PaymentPlan) -> list[tuple[str, str]]:
    facts = [
        ("Titular", holder_of(plan.account, on=plan.begins_on).name),
        ("Servicio en", service_address(plan.account)),
        ("Deuda de", bills_phrase(plan.bills.count())),
        ("Hecho el", short_date(plan.begins_on)),
        ("Estado", plan.get_state_display()),
        ("Vigente desde", short_date(local_day(plan.began_at)) if plan.began_at else ""),
        ("Terminado el", short_date(local_day(plan.closed_at)) if plan.closed_at else ""),
    ]
    return [(name, value) for name, value in facts if value]


def _terms(plan: PaymentPlan, *, down_payment: PlanInstalment | None) -> list[tuple[str, str]]:
    terms = plan.terms
    facts = [
        ("Deuda", pesos(plan.debt)),
        ("Anticipo", pesos(down_payment.amount) if down_payment else ""),
        ("Cuotas", str(plan.instalments)),
        ("TNA", rate_words(terms.annual_rate)),
        ("TEA", rate_words(terms.effective_annual_rate)),
        ("IVA del interés", rate_words(terms.vat_rate) if terms.vat_rate else ""),
    ]
    return [(name, value) for name, value in facts if value]


def _sentence(plan: PaymentPlan, first: PlanInstalment) -> str:
    """What the state of the plan means for whoever holds its paper."""
    match plan.state:
        case PlanState.WAITING:
            payment = "el anticipo" if first.is_down_payment else "la primera cuota"
            return (
                f"El plan empieza cuando se paga {payment}, hasta el {weekday_and_date(first.due_on)}. Si no se paga, "
                "queda sin efecto y las facturas se deben como hasta ahora."
            )
        case PlanState.IN_FORCE:
            return (
                f"El plan caduca con {_unpaid(plan.policy.lapses_after)}: lo que falte de la deuda se vuelve a deber "
                "en las facturas, con interés por pago tardío."
            )
        case PlanState.COMPLETED:
            return "El plan está pagado: no queda ninguna cuota para pagar."
    return "El plan terminó: no pagues estas cuotas. Lo que falte de la deuda se debe en las facturas."


def _unpaid(count: int) -> str:
    return "1 cuota impaga" if count == 1 else f"{count} cuotas impagas"
