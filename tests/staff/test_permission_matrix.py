"""Every page and action of the office for every role, as `permission_matrix` writes it down.

The views are called themselves, with their guards and without the drawing of their answers: thousands of calls in
seconds. What they would have written is taken back, but for what is forbidden: there it has to be nothing.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import Enum, auto

import pytest
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import AnonymousUser, Group
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.cache import SessionStore
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from accounts.models import User
from billing.models import ChargeVoucher, DebtCertificate, Receipt
from billing.stored_documents import stored_pdf
from oficina.shared.dates import today
from tests.factories.accounts import UserFactory
from tests.factories.billing import LateInterestPolicyFactory
from tests.factories.plans import policy as plan_policy
from tests.staff.conftest import a_row_of_everything
from tests.staff.permission_matrix import ACTIONS, FOR_ALL_OF_THE_OFFICE, LETTERS, PAGES, TABLES, Page

pytestmark = pytest.mark.django_db

LONG_AGO = date(1999, 1, 1)
STANDARD = ("changelist", "add", "history", "delete", "change")
NOT_ROWS = {"sessions.session", "usersessions.usersession", "shared.cacheentry", "staff.visit"}
"""Tables that say that somebody was here, not what they did."""


_NO_DATA: tuple[dict[str, object] | None, ...] = (None, {})
"""A GET, and a POST of nothing."""
NOTHING_THERE = {
    "office:attention", "office:attention_bill", "office:attention_certificate", "office:attention_claim",
    "office:attention_receipt", "office:attention_slip", "office:attention_step", "office:attention_till",
    "office:end_attention", "office:closing_pdf",
    "office:import_job", "office:import_again", "office:cancel_import", "office:import_report",
    "office:export_job", "office:cancel_export", "office:export_file",
}  # fmt: skip
"""Pages about what `a_row_of_everything` has not: a customer at the counter, a closed shift, files. Whoever may is told
that there is none.
"""


class Verdict(Enum):
    """What an address answered."""

    OPEN = auto()
    FORBIDDEN = auto()
    NOT_FOUND = auto()
    LOGIN = auto()
    NO_SUCH_METHOD = auto()


SHUT = {Verdict.FORBIDDEN, Verdict.NOT_FOUND, Verdict.NO_SUCH_METHOD}
"""How a page answers somebody of the office who may not: some say that there is no such thing."""


def office_urls() -> Iterator[str]:
    """The name of every address of the office, with its namespace."""
    resolver = get_resolver()
    for namespace in ("admin", "office"):
        for name in _names_below(resolver, (), namespace):
            yield f"{namespace}:{name}"


def _names_below(resolver: URLResolver, within: tuple[str, ...], namespace: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = (*within, pattern.namespace) if pattern.namespace else within
            yield from _names_below(pattern, inner, namespace)
        elif isinstance(pattern, URLPattern) and within[:1] == (namespace,) and pattern.name:
            yield pattern.name


def label(model: type[Model]) -> str:
    return model._meta.label_lower


def table_urls() -> dict[str, str]:
    """The names of the five standard pages of each table, with the page."""
    models = [model for model, _ in registered()]
    return {
        f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}": page for model in models for page in STANDARD
    }


def registered() -> list[tuple[type[Model], ModelAdmin[Model]]]:
    found = [
        (model, admin.site.get_model_admin(model)) for model in apps.get_models() if admin.site.is_registered(model)
    ]
    return sorted(found, key=lambda pair: label(pair[0]))


def person_with(letter: str) -> User:
    person: User = UserFactory.create(email=f"{letter.lower()}@aguas.example", is_staff=True)
    person.groups.add(Group.objects.get(name=LETTERS[letter].name))
    return User.objects.get(pk=person.pk)


def asked(person: User | AnonymousUser, path: str, data: dict[str, object] | None = None) -> HttpRequest:
    factory = RequestFactory()
    request = factory.get(path) if data is None else factory.post(path, data)
    request.user = person
    request.session = SessionStore()
    request.htmx = False  # type: ignore[attr-defined]
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
    return request


def call(person: User | AnonymousUser, path: str, data: dict[str, object] | None = None) -> Verdict:
    """What the view says to this person, whatever it drew."""
    match = resolve(path)
    request = asked(person, path, data)
    request.resolver_match = match
    try:
        answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
    except PermissionDenied:
        return Verdict.FORBIDDEN
    except Http404:
        return Verdict.NOT_FOUND
    except InvalidToken:  # no key reads the bank accounts that the factories invent: who got so far may
        return Verdict.OPEN
    if answer.status_code == 405:
        return Verdict.NO_SUCH_METHOD
    leads = answer.headers.get("Location", "")
    return Verdict.LOGIN if leads.startswith("/ingresar/") else Verdict.OPEN


def undone(person: User | AnonymousUser, path: str, data: dict[str, object] | None = None) -> Verdict:
    """The same, and whatever it wrote is taken back."""
    with transaction.atomic():
        verdict = call(person, path, data)
        transaction.set_rollback(True)
    return verdict


def everything() -> dict[str, tuple[int, str]]:
    """How many rows each table has, and a sum over what they say."""
    sums = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if label(model) in NOT_ROWS or model._meta.proxy or not model._meta.managed:
                continue
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(
                f"SELECT count(*), coalesce(md5(string_agg(row::text, '|' ORDER BY row::text)), '') FROM {table} row"
            )
            sums[label(model)] = cursor.fetchone()
    return sums


def path_of(name: str, page: Page) -> str:
    """The address of a page, about the newest row that it may be about, or about none when there is none."""
    match = next(pattern for pattern in _patterns_named(name))
    takes = list(match.pattern.converters)
    if not takes:
        return reverse(name)
    model = page.of or _model_of(name)
    row = model._default_manager.order_by("-pk").first()
    keys = [1 if row is None else getattr(row, page.key)]
    if row is None:
        keys = [1] * len(takes)
    elif len(takes) == 2:  # a secret of a sender
        keys.append(row.secrets.latest("pk").pk if takes[1] == "secret_pk" else 1)  # type: ignore[attr-defined]
    return reverse(name, args=keys)


def _patterns_named(name: str) -> Iterator[URLPattern]:
    namespace, _, page = name.partition(":")

    def below(resolver: URLResolver, within: tuple[str, ...]) -> Iterator[URLPattern]:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                yield from below(pattern, (*within, pattern.namespace) if pattern.namespace else within)
            elif within[:1] == (namespace,) and pattern.name == page:
                yield pattern

    return below(get_resolver(), ())


def _model_of(name: str) -> type[Model]:
    app, _, rest = name.partition(":")[2].partition("_")
    if app == "payment":
        app, rest = "payment_plans", rest.removeprefix("plans_")
    return apps.get_model(app, rest.partition("_")[0])


def standard_paths(model: type[Model]) -> dict[str, str]:
    """The five pages of a table, about its newest row."""
    row = model._default_manager.order_by("-pk").first()
    pages = STANDARD if row is not None else ("changelist", "add")
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    return {
        page: reverse(f"{name}_{page}", args=[] if row is None or page in {"changelist", "add"} else [row.pk])
        for page in pages
    }


def letters_of(model: type[Model], page: str, method: str) -> str:
    """Who may, of a standard page."""
    table = TABLES[label(model)]
    if page == "change" and method == "POST":
        return table.changes
    return {"add": table.adds, "delete": table.deletes}.get(page, table.sees)


def test_every_address_and_action_is_written_down() -> None:
    written = {*table_urls(), *PAGES, *FOR_ALL_OF_THE_OFFICE}

    assert set(office_urls()) - written == set()
    assert written - set(office_urls()) == set()
    assert {label(model) for model, _ in registered()} == set(TABLES)
    actions = {(label(model), name) for model, listed in registered() for name in _actions_of(listed)}
    assert actions == set(ACTIONS)


def _actions_of(listed: ModelAdmin[Model]) -> list[str]:
    return [action if isinstance(action, str) else action.__name__ for action in listed.actions or ()]


def test_each_role_opens_what_is_its_own_and_nothing_else(administrator: User, subtests: pytest.Subtests) -> None:
    a_row_of_everything(administrator)
    LateInterestPolicyFactory.create(valid_from=today() + timedelta(days=400))
    plan_policy(name="Sin planes", valid_from=LONG_AGO, valid_until=LONG_AGO)
    people = {letter: person_with(letter) for letter in LETTERS} | {"·": UserFactory.create(is_staff=True)}
    pages = {name: (path_of(name, page), page.opens) for name, page in PAGES.items()}

    for letter, person in people.items():
        for model, _ in registered():
            with subtests.test(role=letter, table=label(model)):
                for page, path in standard_paths(model).items():
                    for method in ("GET", "POST") if page == "change" else ("GET",):
                        told = undone(person, path, None if method == "GET" else {})
                        assert (told is Verdict.OPEN) is (letter in letters_of(model, page, method)), (page, method)
                        assert told is Verdict.OPEN or told in SHUT
        for name, (path, opens) in pages.items():
            with subtests.test(role=letter, page=name):
                both = {undone(person, path), undone(person, path, {})}
                expected = {Verdict.OPEN} if letter in opens else {Verdict.FORBIDDEN}
                assert both - {Verdict.NO_SUCH_METHOD} in (expected, {Verdict.NOT_FOUND})
                assert Verdict.OPEN in both or letter not in opens or name in NOTHING_THERE


def test_outside_of_the_office_there_is_nothing(administrator: User, owner: User, subtests: pytest.Subtests) -> None:
    a_row_of_everything(administrator)
    paths = [path_of(name, page) for name, page in PAGES.items()]
    paths += [path for model, _ in registered() for path in standard_paths(model).values()]
    paths += [reverse("admin:index"), reverse("admin:search"), reverse("admin:autocomplete"), reverse("admin:jsi18n")]

    for path in paths:
        with subtests.test(path=path):
            for data in _NO_DATA:
                assert undone(AnonymousUser(), path, data) in {Verdict.LOGIN, Verdict.NO_SUCH_METHOD}
                assert undone(owner, path, data) in {Verdict.NOT_FOUND, Verdict.NO_SUCH_METHOD}


def test_actions_are_offered_to_who_may(administrator: User) -> None:
    people = {letter: person_with(letter) for letter in LETTERS} | {"*": administrator}
    offered: dict[tuple[str, str], str] = dict.fromkeys(ACTIONS, "")
    for letter, person in people.items():
        for model, listed in registered():
            path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            for action in listed.get_actions(asked(person, path)):
                if (label(model), action) in offered:
                    offered[label(model), action] += letter

    assert offered == {action: f"{letters}*" for action, letters in ACTIONS.items()}


def test_what_is_forbidden_changes_no_row(administrator: User, subtests: pytest.Subtests) -> None:
    a_row_of_everything(administrator)
    a_row_of_everything(administrator)  # so that nothing is refused for want of something to act on
    for kind in (ChargeVoucher, DebtCertificate, Receipt):
        stored_pdf(kind._default_manager.latest("pk"))  # drawn by whoever asks first, if the worker was not quicker
    people = {letter: person_with(letter) for letter in LETTERS if letter != "D"}

    for letter, person in people.items():
        with subtests.test(role=letter):
            before = everything()
            for path, data in _forbidden_posts(letter):
                call(person, path, data)
            assert _changed(before, everything()) == {}


def _forbidden_posts(letter: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Everything that this role may not send, and for who only looks, everything."""
    only_looks = letter == "U"
    for model, _ in registered():
        paths = standard_paths(model)
        typed = dict.fromkeys([field.name for field in model._meta.fields], "1")
        for page in {"add", "change", "delete"} & paths.keys():
            if only_looks or letter not in letters_of(model, page, "POST"):
                yield paths[page], {**typed, "post": "yes"}
    for name, special in PAGES.items():
        if only_looks or letter not in special.opens:
            yield path_of(name, special), {"confirmado": "1"}
    for (table, action), letters in ACTIONS.items():
        if letter not in letters:
            model = apps.get_model(table)
            chosen = list(model._default_manager.values_list("pk", flat=True))
            yield standard_paths(model)["changelist"], {"action": action, ACTION_CHECKBOX_NAME: chosen, "post": "yes"}


def _changed(before: dict[str, tuple[int, str]], after: dict[str, tuple[int, str]]) -> dict[str, tuple[int, int]]:
    """The tables that say something else, with their rows before and after."""
    return {table: (before[table][0], after[table][0]) for table in before if before[table] != after[table]}
