"""Loads the demo: the files of the fictitious utility through the import, the people, what they linked and arranged."""

import tempfile
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from accounts.enums import LinkEvidence, TermsPurpose
from accounts.models import AccountLink, ServiceAccount, User
from accounts.office_roles import appoint
from accounts.terms import accept_terms
from billing.models import LateInterestPolicy
from oficina.demo.cast import CASA, PASSWORD, PEOPLE, Person
from oficina.demo.dealings import arrange_dealings
from oficina.demo.generator.bills import DAILY_RATE
from oficina.demo.generator.generate import SEED, generate_demo_data
from oficina.demo.generator.zones import invent_zones
from oficina.demo.plans import arrange_plans
from oficina.shared.dates import today
from oficina.shared.imports.files import TrustedFile
from oficina.shared.imports.runs import ImportRequest, import_files
from oficina.shared.imports.staging import BadRow
from oficina.shared.imports.watching import ImportOutcome, ImportWatcher
from oficina.staff.imports import IMPORT_KINDS
from tramites.departments import department_named
from tramites.help.first_help import publish_first_help
from tramites.models import Zone
from tramites.procedures.first_procedures import publish_first_procedures

INVENTED_ACCOUNTS = 3000

_POLICY_SINCE = date(2010, 1, 1)
_MONTHLY_CAP = Decimal("0.0315")
"""One and a half times 2.10 %, the invented 30-day deposit rate of Banco Nación (Ley 24.240, art. 31)."""


class DemoDataRefusedError(Exception):
    """The import did not take a row of the demo's files: one of both is wrong."""


def load_demo(*, invented: int = INVENTED_ACCOUNTS, seed: int = SEED) -> list[ImportOutcome]:
    """Loads everything, ending today, and tells what became of each file; nothing when the demo is loaded already.

    All or nothing, so that a start that was interrupted begins anew. Raises DemoDataRefusedError.
    """
    if ServiceAccount.objects.filter(number=_digits(CASA.number)).exists():
        return []
    with transaction.atomic():
        # Before the payments: what was paid late paid interest.
        LateInterestPolicy.objects.create(valid_from=_POLICY_SINCE, daily_rate=DAILY_RATE, monthly_cap=_MONTHLY_CAP)
        outcomes = _import(seed, invented)
        for person in PEOPLE:
            _let_in(person)
        arrange_dealings(now=timezone.now())
        arrange_plans(now=timezone.now())
        publish_first_help(now=timezone.now())
        _draw_zones(seed)
        publish_first_procedures(now=timezone.now())
    return outcomes


def _import(seed: int, invented: int) -> list[ImportOutcome]:
    with tempfile.TemporaryDirectory(prefix="oficina-demo-") as folder:
        paths = generate_demo_data(Path(folder), seed=seed, today=today(), invented=invented)
        return import_files(ImportRequest(paths=paths, kinds=IMPORT_KINDS), _NothingRefused())


class _NothingRefused(ImportWatcher):
    """Stops at the first row that is not taken."""

    def refused(self, file: TrustedFile, row: BadRow) -> None:
        """Raises DemoDataRefusedError."""
        raise DemoDataRefusedError(f"{file.path.name}:{row.line}: {row.column} «{row.value}»: {row.reason}")


def _draw_zones(seed: int) -> None:
    Zone.objects.bulk_create(
        Zone(
            name=zone.town.name,
            department=department,
            localities=[zone.town.name],
            outline={"type": "Polygon", "coordinates": [zone.ring]},
        )
        for zone in invent_zones(seed)
        if (department := department_named(zone.department.name))
    )


def _let_in(person: Person) -> None:
    """Somebody who has registered, verified the mail and linked accounts."""
    user = User.objects.create_user(
        person.email,
        PASSWORD,
        first_name=person.first_name,
        last_name=person.last_name,
        document=person.document,
        phone=person.phone,
    )
    EmailAddress.objects.create(user=user, email=person.email, verified=True, primary=True)
    if person.role:
        appoint(user, Group.objects.get(name=person.role))
    else:
        accept_terms(user, TermsPurpose.REGISTRATION, None)
    _link(user, {_digits(account.number): alias for account, alias in person.accounts})


def _link(user: User, aliases: dict[str, str]) -> None:
    """As if linked before the demo began. Not by the act, which tells people by mail: sixty of them about the past."""
    now = timezone.now()
    numbers: Iterable[str] = list(aliases)
    known = ServiceAccount.objects.defer("parcel").in_bulk(numbers, field_name="number")
    AccountLink.objects.bulk_create(
        AccountLink(
            user=user,
            account=known[number],
            alias=alias,
            evidence=LinkEvidence.INVOICE_NUMBER,
            linked_at=now,
            managed_at=now if place == 0 else None,
        )
        for place, (number, alias) in enumerate(aliases.items())
    )


def _digits(number: str) -> str:
    return number.replace("-", "")
