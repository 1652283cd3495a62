"""Who held the account of a bill when it was issued: what the bill says of its holder does not change."""

from datetime import date

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject, TruncDate

from accounts.holders import Holder, holder_told_by
from accounts.models import HolderChange
from billing.models import Invoice
from billing.models.invoice import InvoiceQuerySet

_EARLIER = "earlier_holder"
_UNTIL = "held_until"


def with_holder(invoices: InvoiceQuerySet) -> InvoiceQuerySet:
    """Each bill with what `holder_of_bill` needs beside its account, in the query that loads it.

    As `accounts.holders.holder_of`: a bill issued on the local day of a change is of the holder before.
    """
    changes = HolderChange.objects.filter(account=OuterRef("account"), changed_at__date__gte=OuterRef("issued_on"))
    told = JSONObject(name="holder_name", document="holder_document", vat_condition="holder_vat_condition")
    until = changes.order_by("changed_at").annotate(day=TruncDate("changed_at"))
    return invoices.annotate(
        **{
            _EARLIER: Subquery(until.values(told=told)[:1]),
            _UNTIL: Subquery(until.values("day")[:1]),
        }
    )


def holder_of_bill(invoice: Invoice) -> Holder:
    """Whose a bill loaded `with_holder` and with its account is."""
    earlier: dict[str, str] | None = vars(invoice)[_EARLIER]
    return Holder(**earlier) if earlier else holder_told_by(invoice.account)


def held_until(invoice: Invoice) -> date | None:
    """The last local date on which the holder of a bill loaded `with_holder` held the account; None while they do."""
    until: date | None = vars(invoice)[_UNTIL]
    return until
