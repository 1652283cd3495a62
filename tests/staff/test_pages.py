"""Every page of the office: it opens, it finds, it stays quick, and only the office sees it."""

import re
from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from accounts.models import AccountLink, TermsVersion, User
from adhesions.models import BounceSource, DebitRetry
from billing.models import (
    CollectionChannel,
    CollectionOperation,
    LateInterestPolicy,
    ProviderDay,
    ProviderPayout,
)
from oficina.shared.office.records import OfficeAdmin
from oficina.staff.look import MENU
from payment_plans.models import PlanPolicy
from tests.answers import text_of
from tests.staff.conftest import a_row_of_everything
from tramites.models import (
    AwayMessage,
    CannedAnswer,
    HelpTopic,
    OpeningHours,
    PaymentPlace,
    Procedure,
    ProcedureCategory,
    Zone,
)

pytestmark = pytest.mark.django_db

LIST_QUERIES = 12
"""Session, person, activity, permissions are few; the list, its count, and what a search resolves first."""
RECORD_QUERIES = 30
"""With two for each of up to five kinds of rows that belong to it."""

EVERY = sorted(admin.site._registry.items(), key=lambda pair: pair[0]._meta.label)
MODELS = [model for model, _ in EVERY]
WRITABLE = {
    AccountLink, AwayMessage, BounceSource, CannedAnswer, CollectionChannel, DebitRetry, HelpTopic,
    LateInterestPolicy, OpeningHours, PaymentPlace, PlanPolicy, Procedure, ProcedureCategory, ProviderPayout,
    TermsVersion, User, Zone,
}  # fmt: skip
"""What the office writes, through acts: see test_acts."""
DELETABLE = {CannedAnswer, DebitRetry, OpeningHours, Zone}
"""To which no row points: see test_debits, tests/tramites/chat and test_property_location."""
SHARED = {CollectionChannel, ProcedureCategory, TermsVersion}
"""Of which many rows of other tables have one in common."""

ENGLISH = {
    "Select", "Save", "Search", "Filter", "Filters", "Add", "Change", "Delete", "View", "History", "Action", "Run",
    "Next", "Previous", "Show", "All", "the", "with", "Dark", "Light", "System", "Type", "Status", "Clear", "Log",
    "Close", "Yes", "Toggle", "Open", "Navigate", "results",
}  # fmt: skip
"""What Django and Unfold say where nobody has put it into Spanish."""


class ReadAloud(HTMLParser):
    """What a person reads or hears of a page: its text, labels, hints and titles."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent = tag in {"script", "style"} or "material-symbols-outlined" in (dict(attrs).get("class") or "")
        self.heard += [value or "" for name, value in attrs if name in {"aria-label", "title", "placeholder", "alt"}]

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  html.parser's signature
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.heard.append(data)


def address(model: type[Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def first_of(model: type[Model]) -> Model:
    row = model._default_manager.order_by("pk").first()
    assert row is not None
    return row


def queries_of(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(path).status_code == 200, path
    return len(queries)


def test_lists_and_searches_cost_the_same_with_more_rows(
    as_administrator: Client, administrator: User, subtests: pytest.Subtests
) -> None:
    pages = {model: [address(model, "changelist"), f"{address(model, 'changelist')}?q=P-00000001"] for model in MODELS}
    a_row_of_everything(administrator)
    a_row_of_everything(administrator)
    for listed, _ in pages.values():
        queries_of(as_administrator, listed)  # what is looked up once in the life of a process
    few = {model: [queries_of(as_administrator, page) for page in pages[model]] for model in MODELS}
    for _ in range(3):
        a_row_of_everything(administrator)

    for model in MODELS:
        with subtests.test(model=model._meta.label):
            many = [queries_of(as_administrator, page) for page in pages[model]]
            assert many == few[model]
            assert max(many) <= LIST_QUERIES
            assert model._default_manager.count() >= 2 or model in SHARED


def test_records_open(as_administrator: Client, administrator: User, subtests: pytest.Subtests) -> None:
    a_row_of_everything(administrator)
    for model in MODELS:
        with subtests.test(model=model._meta.label):
            for row in model._default_manager.order_by("-pk")[:3]:
                assert queries_of(as_administrator, address(model, "change", row.pk)) <= RECORD_QUERIES


def test_only_the_office_sees_them(
    as_administrator: Client,
    as_clerk: Client,
    as_owner: Client,
    anonymous: Client,
    administrator: User,
    subtests: pytest.Subtests,
) -> None:
    a_row_of_everything(administrator)
    for model in MODELS:
        for path in (address(model, "changelist"), address(model, "change", first_of(model).pk)):
            with subtests.test(path=path):
                sent = anonymous.get(path)
                assert (sent.status_code, sent.headers["Location"]) == (302, f"/ingresar/?next={path}")
                assert as_owner.get(path).status_code == 404
                assert as_clerk.get(path).status_code == 403
                assert as_administrator.get(path).status_code == 200


def test_nothing_is_deleted_and_money_is_not_written(
    as_administrator: Client, administrator: User, subtests: pytest.Subtests
) -> None:
    a_row_of_everything(administrator)
    for model in MODELS:
        with subtests.test(model=model._meta.label):
            row = first_of(model)
            before = model._default_manager.filter(pk=row.pk).values().get()
            if model not in DELETABLE:
                assert as_administrator.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
            if model not in WRITABLE:
                assert as_administrator.post(address(model, "add"), {}).status_code == 403
                as_administrator.post(address(model, "change", row.pk), dict.fromkeys(before, "1"))
            assert model._default_manager.filter(pk=row.pk).values().get() == before


def test_a_list_counts_in_spanish(as_administrator: Client, administrator: User) -> None:
    a_row_of_everything(administrator)
    one = [counted(as_administrator, model) for model in (ProviderDay, TermsVersion, CollectionOperation)]
    assert one == [
        "1 día conciliado",
        f"{TermsVersion.objects.count()} versiones de los términos",
        "1 operación de un canal",
    ]
    a_row_of_everything(administrator)
    two = [counted(as_administrator, model) for model in (ProviderDay, CollectionOperation)]
    assert two == ["2 días conciliados", "2 operaciones de los canales"]


def counted(client: Client, model: type[Model]) -> str:
    """What the foot of a list says of its length."""
    page = text_of(client.get(address(model, "changelist")))
    names = f"{model._meta.verbose_name_plural}|{model._meta.verbose_name}"
    found = re.findall(rf"\d+\s+(?:{names})\b", page)
    return " ".join(found[-1].split())


def test_a_plural_is_not_its_singular() -> None:
    assert [model for model, _ in EVERY if model._meta.verbose_name == model._meta.verbose_name_plural] == []


def test_every_table_is_in_the_menu_once(as_administrator: Client) -> None:
    listed = [str(entry["link"]) for group in MENU for entry in group["items"]]

    of_tables = [link for link in listed if resolve(link).namespace == "admin"]
    assert sorted(of_tables) == sorted(address(model, "changelist") for model, _ in EVERY)
    assert len(set(listed)) == len(listed)
    page = text_of(as_administrator.get("/admin/"))
    assert all(f'href="{link}"' in page for link in listed)


def test_every_table_is_shown_our_way() -> None:
    plain: list[ModelAdmin[Model]] = [listed for _, listed in EVERY if not isinstance(listed, OfficeAdmin)]

    assert plain == []


def test_pages_are_in_spanish(as_administrator: Client, administrator: User, subtests: pytest.Subtests) -> None:
    a_row_of_everything(administrator)
    for model in MODELS:
        listed = address(model, "changelist")
        for path in (listed, f"{listed}?q=nada", address(model, "change", first_of(model).pk)):
            with subtests.test(path=path):
                read = ReadAloud()
                read.feed(text_of(as_administrator.get(path)))
                assert set(re.findall(r"[A-Za-z]+", " ".join(read.heard))) & ENGLISH == set()
