"""Finding an account to link: its number, and one datum of any of its bills that proves possession of one.

An unknown number, a wrong datum and an attempt past the limit run the same four statements and come out the same, so
that neither words nor time tell which it was.
"""

import re
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db.models import CharField, Exists, Func, OuterRef, QuerySet, Value

from accounts.enums import LinkAttemptOutcome, LinkEvidence
from accounts.link_attempts import begin_attempt, end_attempt, is_over_the_limit
from accounts.models import ServiceAccount, User
from billing.models import Invoice
from oficina.configuration import LinkProof

TOKEN_SECONDS = 30 * 60
_SALT = "oficina.pages.account_search"
_MATCHES_NOTHING = "-"  # both keys hold letters and digits only


@dataclass(frozen=True)
class FoundAccount:
    """An account that a person may link, and what they showed for it."""

    account: ServiceAccount
    evidence: LinkEvidence


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
    attempt = begin_attempt(user, ip_address)
    blocked = is_over_the_limit(attempt)
    found = _account_with(number, datum)
    if blocked:
        end_attempt(attempt, LinkAttemptOutcome.BLOCKED)
        return None
    end_attempt(attempt, LinkAttemptOutcome.FOUND if found else LinkAttemptOutcome.NOT_FOUND)
    return found


def found_token(found: FoundAccount, user: User) -> str:
    """What the page carries from the search to the confirmation: signed, for this person, for half an hour."""
    content = {"user": user.public_id, "number": found.account.number, "evidence": found.evidence.value}
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
    return FoundAccount(account, LinkEvidence(content["evidence"]))


def _account_with(number: str, datum: str) -> FoundAccount | None:
    if settings.UTILITY.link_proof is LinkProof.NONE:
        account = _accounts().filter(number=number).first()
        return FoundAccount(account, LinkEvidence.NUMBER_ONLY) if account else None
    bills = Invoice.objects.filter(account=OuterRef("pk"))
    stored_number = Func(Without("invoice_number", r"\D"), Value("0"), function="ltrim", output_field=CharField())
    stored_code = Without("payment_code", "[^0-9A-Za-z]")
    candidate = (
        _accounts()
        .filter(number=number)
        .annotate(
            shows_invoice=Exists(bills.annotate(key=stored_number).filter(key__in=invoice_number_keys(datum))),
            shows_code=Exists(bills.annotate(key=stored_code).filter(key=payment_code_key(datum))),
        )
        .first()
    )
    if candidate is None or not (candidate.shows_invoice or candidate.shows_code):
        return None
    return FoundAccount(
        candidate, LinkEvidence.INVOICE_NUMBER if candidate.shows_invoice else LinkEvidence.PAYMENT_CODE
    )


def _accounts() -> QuerySet[ServiceAccount]:
    return ServiceAccount.objects.defer("parcel")


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
