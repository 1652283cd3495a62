"""Whom the office means by what it typed."""

from django.db.models import Q

from accounts.account_numbers import digits_typed
from accounts.models import AccountLink, ServiceAccount, User

SHORTEST_WORD = 2
"""Letters. With fewer it is a number, such as P-00418902, and no reason to look into every name."""
FEW = 50
"""Rows of another table that one search goes through at most."""


def accounts_numbered(typed: str) -> list[int]:
    """The account with this number, with or without dashes; at most one."""
    digits = digits_typed(typed)
    return list(ServiceAccount.objects.filter(number=digits).values_list("pk", flat=True)) if digits.isdecimal() else []


def accounts_found_by(typed: str) -> Q:
    """Accounts by number, document of the holder or meter; by words, when there are letters in it. A mail is nothing
    that an account has, and looking for one in every name and address would be slow.
    """
    if "@" in typed:
        return Q(pk__in=[])
    digits = digits_typed(typed)
    if digits.isdecimal():
        return Q(number=digits) | Q(holder_document=digits) | Q(meter_number=typed)
    if sum(character.isalpha() for character in typed) < SHORTEST_WORD:
        return Q(meter_number=typed)
    return Q(meter_number=typed) | Q(holder_name__icontains=typed) | Q(service_address__icontains=typed)


def accounts_named(typed: str) -> list[int]:
    """The keys of the accounts that the office means, a few at most: for tables that point to accounts."""
    return list(ServiceAccount.objects.filter(accounts_found_by(typed)).values_list("pk", flat=True)[:FEW])


def users_found_by(typed: str) -> Q:
    """People by mail, document, telephone or an account that they have linked; by name, when there are letters. What
    has an @ is how a mail begins.
    """
    if "@" in typed[1:]:
        return Q(email__startswith=typed.lower())
    digits = digits_typed(typed)
    if not digits.isdecimal():
        return Q(public_id=typed.lower()) | Q(email__icontains=typed) | _named(typed)
    linked = AccountLink.objects.active().filter(account__in=accounts_numbered(typed))
    return Q(document=digits) | Q(phone=digits) | Q(pk__in=list(linked.values_list("user", flat=True)[:FEW]))


def people_found_by(typed: str) -> list[int]:
    """The keys of the people whom the office means, a few at most: for tables that point to people."""
    return list(User.objects.filter(users_found_by(typed)).values_list("pk", flat=True)[:FEW])


def _named(typed: str) -> Q:
    """Every word is in the name or in the surname."""
    every = Q()
    for word in typed.split():
        every &= Q(first_name__icontains=word) | Q(last_name__icontains=word)
    return every
