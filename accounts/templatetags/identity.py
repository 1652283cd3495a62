"""How what belongs to a person's access is written."""

from django import template

from accounts import devices, phones

register = template.Library()


@register.filter
def device_name(user_agent: str) -> str:
    """`Chrome en Windows`."""
    return devices.device_name(user_agent)


@register.filter
def phone(digits: str) -> str:
    """`261 555 0147`."""
    return phones.show_phone(digits)


@register.filter
def in_fours(secret: str) -> str:
    """`JBSW Y3DP`: a key that somebody copies by hand."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
