"""One way to name something of a customer, and how what somebody typed is read as it. All by indexes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, F, Model, Q, QuerySet, Value
from django.db.models.functions import Cast

from accounts.account_numbers import digits_typed
from accounts.documents import CUIT_LENGTH, DNI_LENGTHS
from accounts.phones import PhoneRefusedError, read_phone
from billing.admin.search import invoice_numbers, record_numbers
from oficina.shared.ids import PUBLIC_ID_LENGTH, VERIFICATION_CODE_LENGTH, read_code

type Reading = Callable[[str], Q]
"""What somebody typed, read as a key: the rows that have it."""

SHORTEST_NAME = 3
"""Letters of a name, below which too many people would be found."""

NOTHING = Q(pk__in=[])
"""What Django answers without asking the database."""

_LARGE = ("parcel", "pdf", "cbu", "request")
"""Columns that no list needs, and which may be long or secret."""


@dataclass(frozen=True, kw_only=True)
class Key:
    """The rows of `model` that are `called` so, in words that go on from "por su …"; `found_by` reads what was typed.

    `account` and `person` are the ways from a row to the keys of the account and of the person that it is about: one
    of them, or none when it is about neither. `shown` is the kind of record that the account's page has for it, when
    that is another one, and `shown_pk` the way to its key. `named` says the row in words, with what it `needs` loaded.
    """

    model: type[Model]
    called: str
    found_by: Reading
    account: str = ""
    person: str = ""
    shown: type[Model] | None = None
    shown_pk: str = "pk"
    named: Callable[[Any], str] = str
    needs: tuple[str, ...] = ()

    @property
    def permission(self) -> str:
        """What somebody needs to be told that there is such a row."""
        return f"{self.model._meta.app_label}.view_{self.model._meta.model_name}"

    def rows(self, typed: str) -> QuerySet[Model]:
        """The rows, newest first, each with `account_key`, `person_key` and `shown_key`."""
        columns = {column.name for column in self.model._meta.concrete_fields}
        found: QuerySet[Model] = self.model._default_manager.filter(self.found_by(typed))
        if self.needs:
            found = found.select_related(*self.needs)
        keys = {"account_key": self.account, "person_key": self.person, "shown_key": self.shown_pk}
        ways = {name: F(way) if way else Cast(Value(None), BigIntegerField()) for name, way in keys.items()}
        found = found.defer(*(name for name in _LARGE if name in columns)).annotate(**ways)
        return found.order_by("-pk")


def account_number(typed: str) -> Q:
    """With or without its dashes."""
    digits = _digits(typed)
    return Q(number=digits) if digits else NOTHING


def document(column: str) -> Reading:
    """A DNI, CUIT or CUIL, with or without dots and dashes."""

    def read(typed: str) -> Q:
        digits = _digits(typed)
        return Q(**{column: digits}) if len(digits) in {*DNI_LENGTHS, CUIT_LENGTH} else NOTHING

    return read


def phone(typed: str) -> Q:
    """However it is written."""
    try:
        return Q(phone=read_phone(typed))
    except PhoneRefusedError:
        return NOTHING


def mail(column: str) -> Reading:
    """A whole mail, in any case."""
    return lambda typed: Q(**{column: typed.lower()}) if "@" in typed else NOTHING


def words_in(*columns: str) -> Reading:
    """Every word is in one of the columns."""

    def read(typed: str) -> Q:
        if "@" in typed or sum(character.isalpha() for character in typed) < SHORTEST_NAME:
            return NOTHING
        every = Q()
        for word in typed.split():
            every &= Q(*((f"{column}__icontains", word) for column in columns), _connector=Q.OR)
        return every

    return read


def record_number(letter: str) -> Reading:
    """The number that people see, `P-00418902`, or its digits alone."""
    return lambda typed: Q(pk__in=record_numbers(typed, letter))


def bill_number(typed: str) -> Q:
    """With or without letter, dashes and leading zeros."""
    return Q(invoice_number__in=invoice_numbers(typed))


def payment_code(typed: str) -> Q:
    """The electronic payment code of a bill, with or without spaces."""
    return Q(payment_code=re.sub(r"[\s.-]", "", typed))


def exactly(column: str) -> Reading:
    """As it was typed: other people's numbers tell capitals apart."""
    return lambda typed: Q(**{column: typed})


def in_capitals(column: str) -> Reading:
    """As it was typed, or in capitals."""
    return lambda typed: Q(**{f"{column}__in": sorted({typed, typed.upper()})})


def internal_id(typed: str) -> Q:
    """What addresses and logs of the portal show."""
    return Q(public_id=typed.lower()) if len(typed) == PUBLIC_ID_LENGTH else NOTHING


def code_on_paper(column: str = "verification_code") -> Reading:
    """What a paper is checked by, in groups or not."""

    def read(typed: str) -> Q:
        code = read_code(typed)
        return Q(**{column: code}) if len(code) == VERIFICATION_CODE_LENGTH else NOTHING

    return read


def _digits(typed: str) -> str:
    digits = digits_typed(typed)
    return digits if re.fullmatch(r"[0-9]{1,30}", digits) else ""
