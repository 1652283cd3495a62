"""What whoever checks the paper of a plan is told: that the utility made such a plan, and whether it still holds."""

from billing.verification import Standing, VerifiedDocument
from payment_plans.enums import CLOSED
from payment_plans.models import PaymentPlan


def tell_plan(code: str) -> VerifiedDocument | None:
    """The plan with this verification code: its day, its total and the account. None when none has it.

    Not who made it, nor which instalments are paid: of these each has its receipt.
    """
    plan = PaymentPlan.objects.select_related("account").defer("account__parcel").filter(verification_code=code).first()
    if plan is None:
        return None
    is_closed = plan.state in CLOSED
    return VerifiedDocument(
        name="Cuotas de un plan de pago",
        on_what="Fecha del plan",
        on=plan.begins_on,
        amount=plan.total,
        account_number=plan.account.number,
        standing=Standing.NO_LONGER if is_closed else Standing.STANDS,
        standing_words="Ya no vale" if is_closed else "",
        note="El plan terminó: no hay que pagar sus cuotas."
        if is_closed
        else "Dice qué cuotas se acordaron. Que una está pagada lo prueba su recibo.",
    )
