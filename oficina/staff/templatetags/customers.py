"""What the pages of the office's tables know of customers."""

from django import template
from django.db.models import Model

from oficina.staff.customers.ways import customer_address

register = template.Library()


@register.simple_tag(takes_context=True)
def customer_page(context: template.Context, record: Model | None) -> str:
    """The address of the customer whom a record is about; empty when there is none to be seen by this person."""
    return "" if record is None else customer_address(record, context["request"].user.has_perm)
