"""Why nothing was done about a charge. Data without wording."""

from dataclasses import dataclass

from billing.models import Charge
from billing.refusals import BillingRefusal


class ChargeCancelled(BillingRefusal):
    """The charge was cancelled: there is nothing to invoice."""


@dataclass(eq=False)
class ChargeAmountChanged(BillingRefusal):
    """The charge costs another amount than the one that was accepted."""

    charge: Charge


@dataclass(eq=False)
class ChargeInvoiced(BillingRefusal):
    """The charge was invoiced: it can no longer be cancelled."""

    charge: Charge
