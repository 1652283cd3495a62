"""The office sees the portal as a customer sees it, and nothing of the customer changes by it."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, include, path, reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.closing import close_user
from accounts.customer_views import ViewFault, ViewRefused, begin_view
from accounts.enums import TermsPurpose, ViewEnd
from accounts.models import AccountLink, CustomerView, User
from accounts.terms import accept_terms
from adhesions.models import DigitalBilling, DirectDebit, ScheduledDebit
from billing.models import Charge, Claim, DebtCertificate, Invoice, Payment, PaymentReport
from oficina.shared.models import PrivateFile
from oficina.staff.attention.seeing import NOT_SHOWN, SESSION_KEY
from payment_plans.models import PaymentPlan
from tests.answers import said, text_of
from tests.factories.accounts import UserFactory
from tests.staff.conftest import a_row_of_everything, logged_in, may
from tramites.models import Conversation, HelpTopic, Procedure

pytestmark = pytest.mark.django_db

LEAVE = "/admin/atencion/ver-como-cliente/salir/"
OFFICE = "/admin/"
REASON = "Llamó porque no encuentra una factura"
BANNER = "está viendo el portal como lo ve"
NOT_OF_PEOPLE = ("admin/", "demo/")
MACHINES = ("webhooks/",)


def begin(person: User) -> str:
    return f"/admin/atencion/ver-como-cliente/{person.pk}/"


@pytest.fixture
def accepted(owner: User) -> User:
    """Ana, who accepted the terms in force."""
    accept_terms(owner, TermsPurpose.REGISTRATION, "190.3.4.5")
    return owner


@pytest.fixture
def clerk(staff: User) -> Client:
    """A browser of Olga, who may look at the portal as customers see it, and at nothing else."""
    return may(staff, "view_as_customer")


@pytest.fixture
def looking(clerk: Client, accepted: User) -> Client:
    """The same, in which Olga sees the portal as Ana does."""
    assert clerk.post(begin(accepted), {"reason": REASON, "key": KEY}).status_code == HTTPStatus.FOUND
    return clerk


KEY = "0123456789abcdefghjk"


def test_it_asks_why_and_then_shows_the_portal_as_the_customer_sees_it(
    clerk: Client, accepted: User, link: AccountLink, staff: User
) -> None:
    asked = text_of(clerk.get(begin(accepted)))
    unsaid = clerk.post(begin(accepted), {"reason": "  ", "key": KEY})
    began = clerk.post(begin(accepted), {"reason": REASON, "key": KEY})
    home = text_of(clerk.get(f"/cuenta/{link.public_id}/inicio/"))

    assert "Ana Suárez" in asked
    assert "Escribí para qué mirás el portal de esta persona." in text_of(unsaid)
    assert (began.status_code, began["Location"]) == (302, "/")
    assert str(link.account) in home
    assert f"<strong>Olga</strong> {BANNER} <strong>Ana Suárez</strong>" in home
    view = CustomerView.objects.get()
    assert (view.by, view.seen, view.reason, view.ended_at) == (staff, accepted, REASON, None)


def test_pages_seen_so_are_not_kept_by_the_browser(looking: Client) -> None:
    assert "no-store" in looking.get("/mis-cuentas/")["Cache-Control"]


def test_the_office_s_own_pages_stay_the_office_s(looking: Client) -> None:
    answer = looking.get(OFFICE)

    assert answer.status_code == 200
    assert BANNER not in text_of(answer)


@pytest.mark.parametrize("fault", ViewFault)
def test_nobody_is_seen_who_is_of_the_office_or_cannot_enter(fault: ViewFault, staff: User, owner: User) -> None:
    colleague = UserFactory.create(is_staff=True)
    gone = UserFactory.create(is_active=False)
    seen = {ViewFault.OWN: staff, ViewFault.OFFICE: colleague, ViewFault.CANNOT_ENTER: gone}[fault]

    answer = may(staff, "view_as_customer").post(begin(seen), {"reason": REASON, "key": KEY})
    with pytest.raises(ViewRefused) as refusal:
        begin_view(by=staff, seen=seen, reason=REASON, now=timezone.now())

    assert answer.status_code == 200
    assert refusal.value.fault is fault
    assert not CustomerView.objects.exists()


def test_only_whoever_may_gets_there(
    staff: User, owner: User, as_stranger: Client, anonymous: Client, as_clerk: Client
) -> None:
    assert anonymous.get(begin(owner)).status_code == 302
    assert as_stranger.post(begin(owner), {"reason": REASON, "key": KEY}).status_code == 404
    assert as_clerk.post(begin(owner), {"reason": REASON, "key": KEY}).status_code == 403
    assert may(staff, "view_as_customer").put(begin(owner)).status_code == 405
    assert may(staff, "view_as_customer").get(begin(owner).replace(str(owner.pk), "999999")).status_code == 404
    assert not CustomerView.objects.exists()


def test_beginning_and_leaving_need_a_form_of_ours(staff: User, owner: User) -> None:
    staff.user_permissions.add(Permission.objects.get(codename="view_as_customer"))
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(staff, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert browser.post(begin(owner), {"reason": REASON, "key": KEY}).status_code == 403
    assert browser.post(LEAVE).status_code == 403


def test_changes_are_refused_with_a_page_that_says_why(looking: Client, link: AccountLink) -> None:
    unlink = f"/mis-cuentas/{link.public_id}/desvincular/"

    plain = looking.post(unlink)
    panel = looking.post(unlink, headers={"HX-Request": "true"})

    assert plain.status_code == 403
    assert "Acá no se cambia nada" in text_of(plain)
    assert panel["HX-Refresh"] == "true"
    assert said(panel) == ["Estás viendo el portal como cliente: acá no se puede cambiar nada."]
    assert AccountLink.objects.active().filter(pk=link.pk).exists()


@pytest.mark.parametrize("name", sorted(NOT_SHOWN))
def test_what_proves_who_the_customer_is_stays_theirs(looking: Client, name: str) -> None:
    answer = looking.get(reverse(name))

    assert answer.status_code == 403
    assert "Esta página es solo de la persona" in text_of(answer)


def test_leaving_leads_back_to_the_office_as_oneself(looking: Client, accepted: User, staff: User) -> None:
    left = looking.post(LEAVE)
    again = looking.post(LEAVE)

    view = CustomerView.objects.get()
    assert left["Location"] == f"/admin/accounts/user/{accepted.pk}/change/"
    assert again["Location"] == OFFICE
    assert (view.end, view.ended_at is not None) == (ViewEnd.LEFT, True)
    assert BANNER not in text_of(looking.get("/mis-cuentas/"))
    assert looking.get(LEAVE).status_code == 405
    assert [entry.change_message for entry in LogEntry.objects.filter(user=staff).order_by("pk")] == [
        f"Empezó a ver el portal como este cliente: {REASON}",
        "Dejó de ver el portal como este cliente",
    ]


def test_it_ends_after_thirty_minutes(clerk: Client, accepted: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        clerk.post(begin(accepted), {"reason": REASON, "key": KEY})
        clock.shift(timedelta(minutes=29, seconds=59))
        still = clerk.get("/mis-cuentas/")
        clock.shift(timedelta(seconds=1))
        over = clerk.get("/mis-cuentas/")

    assert BANNER in text_of(still)
    assert (over.status_code, over["Location"]) == (302, OFFICE)
    assert said(over) == ["La vista como cliente terminó. Para seguir mirando, abrila de nuevo."]
    assert CustomerView.objects.get().end == ViewEnd.EXPIRED


@pytest.mark.parametrize("what", ["permission", "customer closed", "customer hired"])
def test_it_ends_when_it_is_no_longer_allowed(looking: Client, accepted: User, staff: User, what: str) -> None:
    if what == "permission":
        staff.user_permissions.clear()
    elif what == "customer closed":
        close_user(accepted)
    else:
        User.objects.filter(pk=accepted.pk).update(is_staff=True)

    assert looking.get("/mis-cuentas/")["Location"] == OFFICE
    assert looking.get("/mis-cuentas/", headers={"HX-Request": "true"}).status_code == 200
    assert CustomerView.objects.get().end == ViewEnd.NOT_ALLOWED


def test_logging_out_ends_it_and_the_session_of_the_office(looking: Client) -> None:
    looking.post("/salir/")

    assert CustomerView.objects.get().end == ViewEnd.LOGGED_OUT
    assert looking.get(OFFICE).status_code == 302
    assert SESSION_KEY not in looking.session


def test_a_second_view_takes_the_place_of_the_first_one(
    looking: Client, accepted: User, stranger: User, staff: User
) -> None:
    elsewhere = logged_in(User.objects.get(pk=staff.pk))
    accept_terms(stranger, TermsPurpose.REGISTRATION, "190.3.4.5")

    elsewhere.post(begin(stranger), {"reason": REASON, "key": KEY})

    assert looking.get("/mis-cuentas/")["Location"] == OFFICE
    assert "Sofía Gil" in text_of(elsewhere.get("/mis-datos/"))
    ends = dict(CustomerView.objects.values_list("seen__first_name", "end"))
    assert ends == {"Ana": ViewEnd.REPLACED, "Sofía": ""}


def test_a_customer_who_owes_an_acceptance_is_led_to_it_in_the_view_too(clerk: Client, owner: User) -> None:
    clerk.post(begin(owner), {"reason": REASON, "key": KEY})

    assert clerk.get("/mis-cuentas/")["Location"] == "/aceptar-terminos/?next=%2Fmis-cuentas%2F"
    assert BANNER in text_of(clerk.get("/aceptar-terminos/"))


def test_the_database_refuses_what_a_page_would_write(
    looking: Client, settings: Settings, owner: User, link: AccountLink
) -> None:
    settings.ROOT_URLCONF = __name__

    answer = looking.get("/escribe/")
    caught = looking.get("/escribe-y-calla/")

    assert answer.status_code == 409
    assert "Esta página no se puede mostrar en la vista" in text_of(answer)
    assert caught.status_code == 200
    link.refresh_from_db()
    assert link.alias == "Casa"


def test_a_view_is_of_somebody_else_for_a_reason_and_ends_somehow(staff: User, owner: User) -> None:
    now = timezone.now()
    rows = {
        "customer_view_of_somebody_else": {"by": staff, "seen": staff, "reason": REASON},
        "customer_view_for_a_reason": {"by": staff, "seen": owner, "reason": ""},
        "customer_view_ends_somehow": {"by": staff, "seen": owner, "reason": REASON, "end": ViewEnd.LEFT},
    }
    for name, row in rows.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            CustomerView.objects.create(began_at=now, **row)
    CustomerView.objects.create(by=staff, seen=owner, reason=REASON)
    with pytest.raises(IntegrityError, match="customer_view_one_open"), transaction.atomic():
        CustomerView.objects.create(by=staff, seen=owner, reason=REASON)


def test_no_address_of_the_portal_changes_anything_of_the_customer(
    administrator: User, staff: User, no_provider: None
) -> None:
    account, invoice, payment = a_row_of_everything(administrator)
    person = payment.payer
    assert person is not None
    link = AccountLink.objects.get(account=account, user=person)
    arguments = _arguments(link, invoice, payment)
    clerk = may(staff, "view_as_customer")
    clerk.post(begin(person), {"reason": REASON, "key": KEY})
    clerk.get("/mis-cuentas/")  # the use of the office's own session is noted every few minutes
    before = _contents()
    answered: dict[str, int] = {}
    for name, address in _addresses(get_resolver().url_patterns, arguments):
        got = clerk.get(address)
        answered[name] = got.status_code
        got.getvalue()
        for method in (clerk.post, clerk.put, clerk.delete):
            if name != "account_logout":
                assert method(address).status_code == HTTPStatus.FORBIDDEN, address

    changed = {table for table, content in _contents().items() if content != before[table]}
    assert changed <= LOGS
    assert {name for name, status in answered.items() if status >= 500} == set()
    shown = {name for name, status in answered.items() if status == HTTPStatus.OK}
    assert len(shown) > 60


LOGS = {"django_session", "staff_visit"}


def _contents() -> dict[str, str]:
    """A checksum of each table."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        sums = {}
        for table in tables:
            cursor.execute(f'SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{table}" AS t')
            sums[table] = str(cursor.fetchone()[0])
    return sums


def _addresses(
    patterns: Iterable[URLPattern | URLResolver], arguments: dict[str, object], prefix: str = "/"
) -> Iterator[tuple[str, str]]:
    """Each address of people, with a row of this customer wherever it names one."""
    for pattern in patterns:
        route = str(pattern.pattern)
        if route.startswith((*NOT_OF_PEOPLE, *MACHINES)):
            continue
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, arguments, prefix + route)
            continue
        name = pattern.name or ""
        named = {key: arguments.get(f"{name}.{key}", arguments.get(key, "x")) for key in pattern.pattern.converters}
        yield name, reverse(name, kwargs={**pattern.default_args, **named})


def _arguments(link: AccountLink, invoice: Invoice, payment: Payment) -> dict[str, object]:
    user, account = link.user, link.account
    conversation = Conversation.objects.filter(user=user).latest("pk")
    return {
        "ref": link.public_id,
        "invoice_id": invoice.public_id,
        "payment_id": payment.public_id,
        "report_id": PaymentReport.objects.filter(reported_by=user).earliest("pk").public_id,
        "claim_id": Claim.objects.filter(made_by=user).earliest("pk").public_id,
        "charge_id": Charge.objects.filter(account=account).earliest("pk").public_id,
        "adhesion_id": DigitalBilling.objects.get(account=account).public_id,
        "mandate_id": DirectDebit.objects.get(account=account).public_id,
        "debit_id": ScheduledDebit.objects.latest("pk").public_id,
        "plan_id": PaymentPlan.objects.filter(account=account).latest("pk").public_id,
        "conversation_id": conversation.public_id,
        "file_id": PrivateFile.objects.filter(uploaded_by=user).latest("pk").public_id,
        "code": DebtCertificate.objects.latest("pk").verification_code,
        "verify_document.code": payment.receipt.verification_code,
        "help_topic.slug": HelpTopic.objects.latest("pk").slug,
        "procedure.slug": Procedure.objects.latest("pk").slug,
        "leave_for_procedure.slug": Procedure.objects.latest("pk").slug,
        "terms.slug": "registro",
        "terms_version.slug": "registro",
        "version": 1,
        "screen": "inicio",
    }


def writes(request: HttpRequest) -> HttpResponse:
    """A page that changes something by being read."""
    AccountLink.objects.update(alias="Otra")
    return HttpResponse()


def writes_and_says_nothing(request: HttpRequest) -> HttpResponse:
    """The same, which takes no notice of a refusal."""
    try:
        with transaction.atomic():
            AccountLink.objects.update(alias="Otra")
    except Exception:  # noqa: BLE001  that is what it shows
        pass
    return HttpResponse(status=200 if AccountLink.objects.filter(alias="Casa").exists() else 500)


urlpatterns = [
    path("escribe/", writes),
    path("escribe-y-calla/", writes_and_says_nothing),
    path("", include("oficina.urls")),
]
