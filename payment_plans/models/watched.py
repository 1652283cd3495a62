"""Of which of these tables the log of changes tells (`oficina.shared.audit`)."""

from oficina.shared.audit.tracking import watch
from payment_plans.models.plan import PaymentPlan
from payment_plans.models.policy import PlanPolicy, PolicyOption

watch(PaymentPlan, omit=["public_id", "verification_code"], account=["account"])
watch(PlanPolicy)
watch(PolicyOption)
