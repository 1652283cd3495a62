"""How long the database works for each page of the office, in a utility of millions of bills.

Every table gets its rows from the tests' cast and then copies of them until it is as large as it would be after ten
years: bills as many as asked, everything else in proportion. Copies are spread over the accounts, people and days.
Every list is asked for plain, with each choice of each of its filters, with searches that find and that find nothing,
and at its last page; every record is opened.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from django.apps import apps
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from tqdm import tqdm

from accounts.models import ServiceAccount, User
from adhesions.enums import DeliveryState
from adhesions.models import BillDelivery
from benchmarks.growing import multiply
from benchmarks.pages import logged_in
from oficina.shared.models import OutgoingMail
from oficina.shared.office import paging
from tests.staff.conftest import a_row_of_everything

MOST_MILLISECONDS: Final = 300
"""Of the database's time for a page of the office."""

_MOST_CHOICES: Final = 60
"""That a filter may offer before nobody reads them."""

_ROUNDS: Final = 12
"""How often the cast makes a row of everything, before the copies."""


@dataclass
class Slowest:
    """A page, and the longest that the database worked for it."""

    address: str
    milliseconds: float
    queries: list[tuple[float, str]] = field(default_factory=list)


def run(*, bills: int) -> None:
    """Makes the utility and tells the slowest pages; ends in SystemExit when one is over the limit."""
    call_command("migrate", verbosity=0)
    nora = User.objects.create_superuser("nora@aguas.example", first_name="Nora", last_name="Videla")
    for _ in range(_ROUNDS):
        with transaction.atomic():
            a_row_of_everything(nora)
    _let_mails_arrive()
    multiply(bills)
    client = logged_in(nora.email)
    client.get(reverse("admin:index"))  # what is looked up once in the life of a process
    pages = [measured(client, address) for address in tqdm(list(addresses(nora)), desc="páginas")]
    tell(pages)


def _let_mails_arrive() -> None:
    """All but the first: what a utility has of them was sent long ago."""
    now = timezone.now()
    first_mail, first_bill = OutgoingMail.objects.earliest("pk"), BillDelivery.objects.queued().earliest("pk")
    OutgoingMail.objects.exclude(pk=first_mail.pk).update(sent_at=now, content=None)
    BillDelivery.objects.queued().exclude(pk=first_bill.pk).update(state=DeliveryState.SENT, sent_at=now)


def addresses(person: User) -> Iterator[str]:
    """Every page that is measured."""
    yield reverse("admin:index")
    for typed in ("P-00000001", "8888888888", "lucia@correo.example", "Ferreyra", "30-12345678-1"):
        yield f"{reverse('admin:search')}?s={typed}"
    account, customer = ServiceAccount.objects.latest("pk"), User.objects.filter(is_staff=False).latest("pk")
    yield reverse("office:account", args=[account.pk])
    yield reverse("office:person", args=[customer.pk])
    yield reverse("office:till")
    for typed in ("P-00000001", "8888888888", customer.email, "Ferreyra", account.number, "0142-88888888"):
        yield f"{reverse('office:search')}?{urlencode({'q': typed})}"
    for model in filter(admin.site.is_registered, apps.get_models(include_auto_created=True)):
        listed = admin.site.get_model_admin(model)
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        changelist = reverse(f"{name}_changelist")
        yield changelist
        yield f"{changelist}?p={paging.REACH // listed.list_per_page}"
        for typed in ("P-00000001", "8888888888", "lucia@correo.example", "Ferreyra"):
            yield f"{changelist}?q={typed}"
        for chosen in _filters(listed, changelist, person):
            yield f"{changelist}{chosen}"
        newest = model._default_manager.order_by("-pk").first()
        if newest is not None:
            yield reverse(f"{name}_change", args=[newest.pk])


def _filters(listed: ModelAdmin[Any], changelist: str, person: User) -> Iterable[str]:
    request = RequestFactory().get(changelist)
    request.user = person or AnonymousUser()
    asked = listed.get_changelist_instance(request)
    for chosen in asked.filter_specs:
        choices = [
            str(choice.get("query_string", "")) for choice in chosen.choices(asked) if not choice.get("selected")
        ]
        if len(choices) > _MOST_CHOICES:
            raise SystemExit(f"{changelist} offers {len(choices)} choices of {chosen.title}")
        yield from (choice for choice in choices if choice.startswith("?"))


def measured(client: Client, address: str) -> Slowest:
    """The better of two times, so that what was on disk is in memory."""
    found = [_once(client, address) for _ in range(2)]
    return min(found, key=lambda page: page.milliseconds)


def _once(client: Client, address: str) -> Slowest:
    page = Slowest(address, 0)
    with _timed(page):
        answer = client.get(address)
    if answer.status_code not in {200, 302}:  # a list has no such page, a search leads on
        raise SystemExit(f"{address} answered {answer.status_code}")
    return page


@contextmanager
def _timed(page: Slowest) -> Iterator[None]:
    def clock(execute: Callable[..., Any], statement: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  Django's signature
        begun = time.perf_counter()
        try:
            return execute(statement, params, many, context)
        finally:
            taken = (time.perf_counter() - begun) * 1000
            page.milliseconds += taken
            page.queries.append((taken, statement))

    with connection.execute_wrapper(clock):
        yield


def tell(pages: list[Slowest]) -> None:
    """The twenty slowest, with their worst statement; raises SystemExit when one is over the limit."""
    over = [page for page in pages if page.milliseconds > MOST_MILLISECONDS]
    tqdm.write(f"\n{len(pages)} páginas de la oficina, {len(over)} sobre {MOST_MILLISECONDS} ms de base de datos.")
    for page in sorted(pages, key=lambda page: -page.milliseconds)[: max(20, len(over))]:
        tqdm.write(f"{page.milliseconds:>9.1f} ms  {len(page.queries):>3} consultas  {page.address}")
        taken, statement = max(page.queries)
        if page in over:
            tqdm.write(f"{taken:>12.1f} ms  {statement[:600]}")
    if over:
        raise SystemExit(1)
