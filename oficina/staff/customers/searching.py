"""Whom the office means by what it typed: accounts and people, each with why it was found."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse

from accounts.models import AccountLink, ServiceAccount, User
from oficina.staff.customers.key import Key
from oficina.staff.customers.keys import KEYS
from oficina.staff.customers.ways import account_address, person_address

LONGEST = 200
"""Characters. No number and no name is longer; what is longer finds nothing."""
MOST = 20
"""Rows that one key finds, the newest. A search that finds more has to be said more exactly."""
MOST_ACCOUNTS = 5
"""Accounts of a person that a list of findings names."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A row that was found: in words, by what `called`, and the record (`model` and `pk`) that a page shows for it.

    `named` is empty when it is the account or the person itself.
    """

    named: str
    called: str
    model: type[Model]
    pk: int

    @property
    def why(self) -> str:
        """What it is, and by what it was found."""
        return f"{self.named}, por su {self.called}" if self.named else f"Por su {self.called}"

    @property
    def address(self) -> str:
        """Its record's own page."""
        return reverse(f"admin:{self.model._meta.app_label}_{self.model._meta.model_name}_change", args=[self.pk])

    @property
    def anchor(self) -> str:
        """What names the record in the address of the customer's page: `payment-418902`."""
        return f"{self.model._meta.model_name}-{self.pk}"


@dataclass
class Customer[Owner: Model]:
    """An account or a person, and what was found of it."""

    owner: Owner
    findings: list[Finding]

    @property
    def record(self) -> Finding | None:
        """The one thing that was found, when that is not the account or the person itself."""
        named = {finding.anchor: finding for finding in self.findings}
        only = next(iter(named.values()))
        return only if len(named) == 1 and only.model is not type(self.owner) else None

    @property
    def address(self) -> str:
        """Of the customer's page, at the record that was found of them."""
        if isinstance(self.owner, User):
            return person_address(self.owner.pk)
        return account_address(self.owner.pk, at=self.record.anchor if self.record else "")


@dataclass
class Found:
    """What a search found. `loose` is about no account yet; `cut` says that there is more than what is told."""

    accounts: list[Customer[ServiceAccount]] = field(default_factory=list)
    people: list[Customer[User]] = field(default_factory=list)
    loose: list[Finding] = field(default_factory=list)
    cut: bool = False

    def __bool__(self) -> bool:
        return bool(self.accounts or self.people or self.loose)

    @property
    def only(self) -> Customer[ServiceAccount] | Customer[User] | None:
        """The customer, when all that was found is of one."""
        every: list[Customer[ServiceAccount] | Customer[User]] = [*self.accounts, *self.people]
        return every[0] if len(every) == 1 and not self.loose else None


def find_customers(typed: str, *, may: Callable[[str], bool]) -> Found:
    """All that is named by what was typed, of the kinds that somebody `may` see."""
    typed = typed.strip().replace("\x00", "")
    found = Found()
    if not typed or len(typed) > LONGEST:
        return found
    of_account: dict[int, list[Finding]] = defaultdict(list)
    of_person: dict[int, list[Finding]] = defaultdict(list)
    for key in KEYS:
        if not may(key.permission):
            continue
        rows: list[Any] = list(key.rows(typed)[: MOST + 1])
        found.cut |= len(rows) > MOST
        for row in rows[:MOST]:
            finding = _finding(key, row)
            if row.account_key is not None:
                of_account[row.account_key].append(finding)
            elif row.person_key is not None:
                of_person[row.person_key].append(finding)
            else:
                found.loose.append(finding)
    if may("accounts.view_serviceaccount"):
        found.accounts = _customers(ServiceAccount.objects.defer("parcel"), of_account)
    if may("accounts.view_user"):
        found.people = _customers(User.objects.all(), of_person)
        _with_accounts(found.people)
    return found


def _finding(key: Key, row: Any) -> Finding:
    return Finding(named=key.named(row), called=key.called, model=key.shown or key.model, pk=row.shown_key)


def _customers[Owner: Model](owners: QuerySet[Owner], findings: dict[int, list[Finding]]) -> list[Customer[Owner]]:
    by_key = owners.in_bulk(list(findings))
    return [Customer(by_key[key], findings[key]) for key in findings]


def _with_accounts(people: Iterable[Customer[User]]) -> None:
    """Each person with the accounts that they have linked now, a few at most."""
    keys = [person.owner.pk for person in people]
    linked = AccountLink.objects.active().filter(user__in=keys).with_account().order_by("-pk")[: MOST * MOST_ACCOUNTS]
    accounts: dict[int, list[ServiceAccount]] = defaultdict(list)
    for link in linked:
        accounts[link.user_id].append(link.account)
    for person in people:
        person.owner.linked_accounts = accounts[person.owner.pk][:MOST_ACCOUNTS]  # type: ignore[attr-defined]  # for the list
