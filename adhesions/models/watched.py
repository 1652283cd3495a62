"""Of which of these tables the log of changes tells (`oficina.shared.audit`). Numbers of bank accounts are secrets."""

from adhesions.models.bounce import BounceSecret, BounceSource
from adhesions.models.debit import BankAnswerFile, BankPresentation, DebitRetry, DirectDebit, ScheduledDebit
from adhesions.models.delivery import BillDelivery
from adhesions.models.digital import DigitalBilling
from oficina.shared.audit.tracking import watch, watch_updates

watch(BankAnswerFile)
watch(BankPresentation)
watch(BounceSecret, hidden=["encrypted"])
watch(BounceSource)
watch(DebitRetry)
watch(DigitalBilling, omit=["public_id"], account=["account"])
watch(
    DirectDebit,
    omit=["public_id", "provider_customer_id", "provider_method_id"],
    hidden=["cbu"],
    account=["account"],
)
watch_updates(BillDelivery, ["state", "reason"], account=["invoice__account"])
watch_updates(ScheduledDebit, ["state", "try_on"], account=["mandate__account"])
