"""Of which of these tables the log of changes tells (`oficina.shared.audit`).

Bills, their lines and what moves money are not among them: they are written once, or by imports, and are or have a log
of their own.
"""

from billing.models.channel import ChannelSecret, CollectionChannel
from billing.models.charge import Charge
from billing.models.claim import Claim
from billing.models.discrepancy import Discrepancy
from billing.models.dispute import Dispute
from billing.models.late_interest import LateInterestPolicy
from billing.models.payment import Payment
from billing.models.payment_report import PaymentReport
from billing.models.reconciliation import ProviderPayout
from billing.models.refund import Refund
from billing.models.till import TillPayment, TillShift
from billing.models.webhook import WebhookEvent
from oficina.shared.audit.tracking import watch, watch_updates

watch(ChannelSecret, hidden=["encrypted"])
watch(Claim, omit=["public_id"], account=["invoice__account"])
watch(CollectionChannel)
watch(Discrepancy, omit=["key", "detail"], account=["payment__account", "invoice__account"])
watch(Dispute, omit=["checked_at"], account=["payment__account"])
watch(LateInterestPolicy)
watch(PaymentReport, omit=["public_id"], account=["invoice__account"])
watch(ProviderPayout, omit=["checked_at"])
watch(Refund, omit=["public_id", "idempotency_key", "request", "checked_at"], account=["payment__account"])
watch(TillPayment, omit=["key"], account=["payment__account"])
watch(TillShift)
watch_updates(
    Charge,
    ["status", "invoice", "invoiced_by", "invoiced_at", "cancelled_by", "cancelled_at", "cancellation_reason"],
    account=["account"],
)
watch_updates(
    Payment, ["state", "amount_received", "paid_at", "settled_at", "failure_code", "payer"], account=["account"]
)
watch_updates(WebhookEvent, ["status", "payment"], account=["payment__account"])
