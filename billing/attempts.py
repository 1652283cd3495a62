"""The attempts of one person to pay a bill: those that went well, and those that were declined, closed or left."""

from dataclasses import dataclass

from django.db.models import FETCH_RAISE
from django.urls import reverse

from accounts.models import AccountLink
from billing.enums import PaymentState
from billing.models import Invoice, Payment
from billing.payment_page import why_ended
from billing.presentation import payment_state
from billing.returned import with_story
from billing.timeline import moment

_STEP_STATES = {
    PaymentState.SUCCEEDED: "done",
    PaymentState.FAILED: "failed",
    PaymentState.EXPIRED: "failed",
}


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One attempt. `step` is the state of its step in a timeline, `why` a sentence on why it ended without money."""

    number: str
    address: str
    words: str
    step: str
    began: str
    why: str


def attempts_of(invoice: Invoice, link: AccountLink) -> list[Attempt]:
    """The attempts of the person of this link on a bill, the latest first; none when the first one paid it."""
    own = Payment.objects.filter(items__invoice=invoice, payer=link.user_id).defer("request").order_by("-pk")
    payments = list(with_story(own).fetch_mode(FETCH_RAISE))
    if all(payment.state == PaymentState.SUCCEEDED for payment in payments):
        return []
    return [
        Attempt(
            number=payment.number,
            address=reverse("payment", args=[payment.public_id]),
            words=payment_state(payment).words,
            step=_STEP_STATES.get(PaymentState(payment.state), "now"),
            began=moment(payment.created_at),
            why=why_ended(payment),
        )
        for payment in payments
    ]
