"""Why nothing was done about a claim. Data without wording."""

from dataclasses import dataclass

from billing.models import Claim
from billing.refusals import BillingRefusal


@dataclass(eq=False)
class AlreadyClaimed(BillingRefusal):
    """The same person claimed about this bill before, and the office has not answered yet."""

    claim: Claim


class VoidInvoiceClaimed(BillingRefusal):
    """The bill is void: there is nothing to pay of it and nothing to claim."""


@dataclass(eq=False)
class ClaimEnded(BillingRefusal):
    """The claim was answered or withdrawn meanwhile."""

    claim: Claim
