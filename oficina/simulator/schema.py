"""What a request may carry, as data: each field checks one parameter and says no in Stripe's words.

A parameter that Stripe knows and the simulator does not is refused by name, so that nobody believes it works.
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from oficina.simulator.errors import invalid
from oficina.simulator.parameters import Parameter

type Field = Callable[[Parameter, str], object]
"""Takes the raw parameter and its full name (`line_items[0][quantity]`); returns its value or raises StripeError."""

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")


def check(
    raw: Mapping[str, Parameter],
    fields: Mapping[str, Field],
    *,
    required: tuple[str, ...] = (),
    unsupported: frozenset[str] = frozenset(),
    inside: str = "",
) -> dict[str, object]:
    """The values of `raw` by name; absent parameters stay absent. Raises StripeError."""
    for name in raw:
        full = _full(inside, name)
        if name in unsupported:
            raise invalid(f"The local simulator of Stripe does not support this parameter: {full}", param=full)
        if name not in fields:
            raise invalid(f"Received unknown parameter: {full}", param=full, code="parameter_unknown")
    for name in required:
        if name not in raw:
            full = _full(inside, name)
            raise invalid(f"Missing required param: {full}.", param=full, code="parameter_missing")
    return {name: fields[name](value, _full(inside, name)) for name, value in raw.items()}


def text(*, longest: int = 5000) -> Field:
    """A string that is not empty."""

    def field(value: Parameter, name: str) -> str:
        if not isinstance(value, str):
            raise invalid(f"Invalid string: {_shown(value)}", param=name)
        if value == "":
            raise invalid(
                f"You passed an empty string for '{name}'. We assume empty values are an attempt to unset a parameter; "
                f"however '{name}' cannot be unset. You should remove '{name}' from your request or supply a "
                "non-empty value.",
                param=name,
                code="parameter_invalid_empty",
            )
        if len(value) > longest:
            raise invalid(f"Invalid string: {value[:10]}…; must be at most {longest} characters", param=name)
        return value

    return field


def choice(*allowed: str) -> Field:
    """One of some words."""
    listed = ", ".join(allowed[:-1]) + f", or {allowed[-1]}" if len(allowed) > 1 else allowed[0]

    def field(value: Parameter, name: str) -> str:
        if value not in allowed:
            raise invalid(f"Invalid {name}: must be one of {listed}", param=name)
        return str(value)

    return field


def integer(*, least: int | None = None, most: int | None = None) -> Field:
    """A whole number between two bounds."""

    def field(value: Parameter, name: str) -> int:
        if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]{1,18}", value):
            raise invalid(f"Invalid integer: {_shown(value)}", param=name, code="parameter_invalid_integer")
        number = int(value)
        if least is not None and number < least:
            message = f"This value must be greater than or equal to {least}."
            raise invalid(message, param=name, code="parameter_invalid_integer")
        if most is not None and number > most:
            message = f"This value must be less than or equal to {most}."
            raise invalid(message, param=name, code="parameter_invalid_integer")
        return number

    return field


def boolean(value: Parameter, name: str) -> bool:
    """`true` or `false`."""
    if value not in ("true", "false"):
        raise invalid(f"Invalid boolean: {_shown(value)}", param=name)
    return value == "true"


def url(value: Parameter, name: str) -> str:
    """An absolute address of the web."""
    address = str(text()(value, name))
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise invalid("Not a valid URL", param=name, code="url_invalid")
    return address


def email(value: Parameter, name: str) -> str:
    """A mail address."""
    address = str(text(longest=512)(value, name))
    if not _EMAIL.match(address):
        raise invalid(f"Invalid email address: {address}", param=name, code="email_invalid")
    return address


def metadata(value: Parameter, name: str) -> dict[str, str]:
    """Key-value pairs, within Stripe's limits; a key with an empty value is one that is unset."""
    if not isinstance(value, dict):
        raise invalid(f"Invalid object: {name} must be a set of key-value pairs", param=name)
    if len(value) > 50:
        raise invalid("Metadata can have up to 50 keys.", param=name)
    pairs: dict[str, str] = {}
    for key, content in value.items():
        if not isinstance(content, str):
            raise invalid(f"Metadata values must be strings: {name}[{key}]", param=f"{name}[{key}]")
        if len(key) > 40 or len(content) > 500:
            raise invalid(
                f"Metadata keys can have up to 40 characters and values up to 500 characters: {name}[{key[:40]}]",
                param=name,
            )
        if content:
            pairs[key] = content
    return pairs


def nested(
    fields: Mapping[str, Field], *, required: tuple[str, ...] = (), unsupported: frozenset[str] = frozenset()
) -> Field:
    """An object with fields of its own."""

    def field(value: Parameter, name: str) -> dict[str, object]:
        if not isinstance(value, dict):
            raise invalid(f"Invalid object: {name}", param=name)
        return check(value, fields, required=required, unsupported=unsupported, inside=name)

    return field


def many(item: Field, *, most: int) -> Field:
    """A list of at most `most` items."""

    def field(value: Parameter, name: str) -> list[object]:
        if not isinstance(value, dict) or not all(key.isdigit() for key in value):
            raise invalid("Invalid array", param=name)
        if len(value) > most:
            raise invalid(f"Array {name} exceeded maximum {most} allowed elements.", param=name)
        return [item(value[key], f"{name}[{key}]") for key in sorted(value, key=int)]

    return field


def instants(value: Parameter, name: str) -> dict[str, object]:
    """A moment or a range of moments, as the filter `created` takes them."""
    if isinstance(value, str):
        return {"equal": integer()(value, name)}
    return check(value, dict.fromkeys(("gt", "gte", "lt", "lte"), integer(least=0)), inside=name)


def _full(inside: str, name: str) -> str:
    return f"{inside}[{name}]" if inside else name


def _shown(value: Parameter) -> str:
    return value if isinstance(value, str) else "{…}"
