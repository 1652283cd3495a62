"""Finding an account to link: its number, and one datum of any of its bills that proves possession of one.

An unknown number, a wrong datum and an attempt past the limit run the same four statements and come out the same, so
that neither words nor time tell which it was.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from django.conf import settings
from django.core import signing
from django.db.models import CharField, Func, OuterRef, QuerySet, Subquery, Value
from django_stubs_ext import WithAnnotations

from accounts.enums import LinkAttemptOutcome, LinkEvidence
from accounts.holders import is_of_the_holder_since
from accounts.link_attempts import begin_attempt, end_attempt, is_over_the_limit
from accounts.models import HolderChange, ServiceAccount, User
from billing.models import Invoice
from oficina.configuration import LinkProof

TOKEN_SECONDS = 30 * 60
_SALT = "oficina.pages.account_search"
_MATCHES_NOTHING = "-"  # both keys hold letters and digits only


class LastChange(TypedDict):
    """What each account is looked up with: when it last changed hands (UTC)."""

    changed_at: datetime | None


type AccountWithLastChange = WithAnnotations[ServiceAccount, LastChange]


@dataclass(frozen=True)
class FoundAccount:
    """An account that a person may link, and what they showed for it: a bill issued on a local date, or none.

    `changed_at` is when the account last changed hands (UTC), if it ever did.
    """

    account: ServiceAccount
    evidence: LinkEvidence
    bill_issued_on: date | None = None
    changed_at: datetime | None = None

    @property
    def bill_is_of_another_holder(self) -> bool:
        """Whether the bill shown is of before the account changed hands."""
        issued_on, changed_at = self.bill_issued_on, self.changed_at
        return bool(issued_on and changed_at and not is_of_the_holder_since(issued_on, changed_at))


class FoundAccountExpired(Exception):  # noqa: N818  a refusal, named by what happened
    """The token is too old, was made for somebody else, or was not made here."""


class Without(Func):
    """The text of a column without the characters that a regular expression matches."""

    function = "regexp_replace"
    output_field = CharField()

    def __init__(self, column: str, dropped: str) -> None:
        super().__init__(column, Value(dropped), Value(""), Value("g"))


def search_account(*, user: User, ip_address: str, number: str, datum: str) -> FoundAccount | None:
    """The account with this number that has a bill with this datum; None when there is none or too many were tried.

    `number` has been checked by its digit already. `datum` is not read when LINK_PROOF is none.
    """
    find = _numbered if settings.UTILITY.link_proof is LinkProof.NONE else _with_bill
    return _answered(user, ip_address, lambda: find(number, datum))


def search_bill_issued_on(*, user: User, ip_address: str, account: ServiceAccount, datum: str) -> date | None:
    """The local date of a bill with this datum that the account has since it last changed hands.

    Counted and answered as a search for an account: None also when too many were tried.
    """

    def of_the_holder() -> FoundAccount | None:
        found = _with_bill(account.number, datum)
        return None if found is None or found.bill_is_of_another_holder else found

    found = _answered(user, ip_address, of_the_holder)
    return found.bill_issued_on if found else None


def _answered(user: User, ip_address: str, find: Callable[[], FoundAccount | None]) -> FoundAccount | None:
    attempt = begin_attempt(user, ip_address)
    blocked = is_over_the_limit(attempt)
    found = find()
    if blocked:
        end_attempt(attempt, LinkAttemptOutcome.BLOCKED)
        return None
    end_attempt(attempt, LinkAttemptOutcome.FOUND if found else LinkAttemptOutcome.NOT_FOUND)
    return found


def found_token(found: FoundAccount, user: User) -> str:
    """What the page carries from the search to the confirmation: signed, for this person, for half an hour."""
    content = {
        "user": user.public_id,
        "number": found.account.number,
        "evidence": found.evidence.value,
        "bill_issued_on": found.bill_issued_on and found.bill_issued_on.isoformat(),
    }
    return signing.dumps(content, salt=_SALT)


def read_found_token(token: str, user: User) -> FoundAccount:
    """The account found before. Raises FoundAccountExpired."""
    try:
        content = signing.loads(token, salt=_SALT, max_age=TOKEN_SECONDS)
    except signing.BadSignature:
        raise FoundAccountExpired from None
    account = _accounts().filter(number=content["number"]).first()
    if account is None or content["user"] != user.public_id:
        raise FoundAccountExpired
    shown = content["bill_issued_on"]
    issued_on = date.fromisoformat(shown) if shown else None
    return FoundAccount(account, LinkEvidence(content["evidence"]), issued_on, account.changed_at)


def _numbered(number: str, _datum: str) -> FoundAccount | None:
    account = _accounts().filter(number=number).first()
    return FoundAccount(account, LinkEvidence.NUMBER_ONLY, None, account.changed_at) if account else None


def _with_bill(number: str, datum: str) -> FoundAccount | None:
    bills = Invoice.objects.filter(account=OuterRef("pk")).order_by("-issued_on")
    stored_number = Func(Without("invoice_number", r"\D"), Value("0"), function="ltrim", output_field=CharField())
    stored_code = Without("payment_code", "[^0-9A-Za-z]")
    by_number = bills.annotate(key=stored_number).filter(key__in=invoice_number_keys(datum))
    by_code = bills.annotate(key=stored_code).filter(key=payment_code_key(datum))
    candidate = (
        _accounts()
        .filter(number=number)
        .annotate(
            numbered_bill_on=Subquery(by_number.values("issued_on")[:1]),
            coded_bill_on=Subquery(by_code.values("issued_on")[:1]),
        )
        .first()
    )
    if candidate is None or not (candidate.numbered_bill_on or candidate.coded_bill_on):
        return None
    evidence = LinkEvidence.INVOICE_NUMBER if candidate.numbered_bill_on else LinkEvidence.PAYMENT_CODE
    issued_on = candidate.numbered_bill_on or candidate.coded_bill_on
    return FoundAccount(candidate, evidence, issued_on, candidate.changed_at)


def _accounts() -> QuerySet[AccountWithLastChange]:
    changes = HolderChange.objects.filter(account=OuterRef("pk")).order_by("-changed_at")
    return ServiceAccount.objects.defer("parcel").annotate(changed_at=Subquery(changes.values("changed_at")[:1]))


def invoice_number_keys(typed: str) -> tuple[str, str]:
    """The digits that the invoice number may have once dashes, letters and zeros at the front are gone.

    `B 0007-01843327`, `0007 01843327`, `7-1843327` and `000701843327` are one number: a point of sale and eight digits.
    Always two, so that the statement is the same whatever was typed.
    """
    groups = re.findall(r"[0-9]+", typed)
    as_typed = "".join(groups).lstrip("0")
    padded = f"{groups[0]}{groups[1]:>08}".lstrip("0") if len(groups) == 2 else ""
    return as_typed or _MATCHES_NOTHING, padded if padded not in {"", as_typed} else _MATCHES_NOTHING * 2


def payment_code_key(typed: str) -> str:
    """The payment code without what people put between its groups."""
    return re.sub("[^0-9A-Za-z]", "", typed) or _MATCHES_NOTHING
