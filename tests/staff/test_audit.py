"""Every change that matters is in the log, through the real pages: who, when, from where, before and after."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from psycopg.sql import SQL
from time_machine import Traveller

from accounts.models import AccountLink, ServiceAccount, User
from adhesions.debit.mandates import give_bank_mandate
from adhesions.models import BankPresentation, DirectDebit
from billing.models import Payment, Refund
from oficina.shared.audit.changes import ChangeKind, RecordedChange
from oficina.shared.audit.jobs import tell_the_job
from oficina.shared.audit.origin import CommandOrigin, working_for
from oficina.shared.audit.tracking import HIDDEN, TRIGGER
from oficina.shared.ids import public_id
from oficina.staff.audit.trail import audit_by, audit_of, audit_of_account
from oficina.staff.models import Visit
from tests.adhesions.debit.test_bank_accounts import CBU
from tests.adhesions.debit.test_mandates import CUIL, consent
from tests.answers import text_of
from tests.billing.ledger.plain_sql import stopped_by
from tests.billing.ledger.refusing import run
from tests.conftest import NOON
from tests.factories.accounts import AccountLinkFactory, UserFactory
from tests.factories.billing import InvoiceFactory, paid_checkout
from tests.factories.channels import CollectionChannelFactory, give_secret
from tests.staff.conftest import logged_in, may
from tests.staff.test_debits import DUE, EVE, OFFICE, PRESENT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon", "no_provider")]

FROM: dict[str, Any] = {"REMOTE_ADDR": "190.3.4.5", "HTTP_USER_AGENT": "Firefox de la oficina"}


SECRETS = ("password", "encrypted", "secret", "cbu", "token", "key", "code")


def now_of_the_transaction() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        (now,) = cursor.fetchone()
    assert isinstance(now, datetime)
    return now


def changes_of(table: str) -> list[RecordedChange]:
    return list(RecordedChange.objects.filter(table=table).order_by("pk"))


def by(user: User, page: str) -> dict[str, object]:
    """The origin of what this person did by sending a form from the office."""
    return {
        "user": user.pk, "name": user.full_name, "ip": "190.3.4.5", "agent": "Firefox de la oficina", "method": "POST",
        "page": page,
    }  # fmt: skip


def test_a_clerks_refund(account: ServiceAccount, owner: User, staff: User) -> None:
    payment = paid_checkout(InvoiceFactory.create(account=account), payer=owner)
    page = f"/admin/billing/payment/{payment.pk}/devolver/"
    given = {
        "key": public_id(), "share": "part", "amount": "300,00", "reason": "paid_twice", "detail": "", "confirmado": "1"
    }  # fmt: skip

    answer = may(staff, "view_payment", "refund_payment").post(page, given, **FROM)

    assert answer.status_code == 302
    refund = Refund.objects.get()
    (change,) = changes_of("billing.refund")
    assert (change.kind, change.record, change.account) == (ChangeKind.INSERT, refund.pk, account.pk)
    assert (change.who, change.origin, change.at) == (staff.pk, by(staff, page), now_of_the_transaction())
    assert change.before is None
    assert change.after is not None
    assert {name: change.after[name] for name in ("amount", "reason", "requested_by_id", "state", "payment_id")} == {
        "amount": 300.0, "reason": "Pagó dos veces", "requested_by_id": staff.pk, "state": "created",
        "payment_id": payment.pk,
    }  # fmt: skip
    assert not {"request", "idempotency_key"} & change.after.keys()
    told = audit_of(refund)[0]
    assert (told.who, told.where, told.ip) == (staff.full_name, page, "190.3.4.5")
    assert {datum.name: datum.after for datum in told.data}["Importe"] == "$\xa0300,00"
    assert refund.pk in {told.record for told in audit_of_account(account) if told.table == "devolución"}
    assert audit_by(staff)[0].table == "devolución"


def test_a_treasurers_bank_file(at_noon: Traveller, link: AccountLink, staff: User) -> None:
    InvoiceFactory.create(account=link.account, due_on=DUE, amount=Decimal("1000.00"))
    give_bank_mandate(link, CBU, CUIL, consent(), now=NOON)
    at_noon.move_to(EVE)
    given = {"key": public_id(), "on": DUE.isoformat(), "confirmado": "1"}

    may(staff, *OFFICE, "present_debits").post(PRESENT, given, **FROM)

    presentation = BankPresentation.objects.get()
    (change,) = changes_of("adhesions.bankpresentation")
    assert (change.record, change.who, change.origin) == (presentation.pk, staff.pk, by(staff, PRESENT))
    assert change.after is not None
    assert (change.after["total"], change.after["count"], change.after["made_by_id"]) == (1000.0, 1, staff.pk)
    *_, debit = changes_of("adhesions.scheduleddebit")
    assert debit.before is not None
    assert debit.after is not None
    assert (debit.before["state"], debit.after["state"]) == ("announced", "under_way")
    assert (debit.who, debit.account) == (staff.pk, link.account_id)


def test_an_auditors_look(staff: User, account: ServiceAccount, owner: User) -> None:
    payment = paid_checkout(InvoiceFactory.create(account=account), payer=owner)
    settled = changes_of("billing.payment")
    assert settled
    staff.groups.add(Group.objects.get(name="Auditoría"))
    auditor = logged_in(staff)

    changes, history = (
        reverse("admin:shared_recordedchange_changelist"),
        f"/admin/billing/payment/{payment.pk}/history/",
    )
    listed = text_of(auditor.get(changes, {"tabla": "billing.payment"}, **FROM))
    told = text_of(auditor.get(history, **FROM))

    for page in (listed, told):
        assert "<dt>Estado</dt>" in page
        assert f"<ins>{payment.get_state_display()}</ins>" in page
    looks = Visit.objects.order_by("pk").values_list("path", "query", "who", "roles", "ip", "at", "record")
    assert list(looks) == [
        (changes, "tabla=billing.payment", staff.pk, "Auditoría", "190.3.4.5", NOON, None),
        (history, "", staff.pk, "Auditoría", "190.3.4.5", NOON, payment.pk),
    ]
    assert Visit.objects.last().table == ContentType.objects.get_for_model(Payment)  # type: ignore[union-attr]
    visits = text_of(auditor.get(reverse("admin:staff_visit_changelist"), {"q": staff.email}))
    assert "tabla=billing.payment" in visits
    for page in (changes, reverse("admin:staff_visit_changelist")):
        assert may(UserFactory.create(is_staff=True), "view_payment").get(page).status_code == 403


def test_the_history_of_a_record_tells_changes_to_who_may_see_them(staff: User, link: AccountLink) -> None:
    link.alias = "Campo de la abuela"
    link.save()
    address = f"/admin/accounts/accountlink/{link.pk}/history/"
    assert "Campo de la abuela" not in text_of(may(staff, "view_accountlink").get(address))
    page = text_of(may(staff, "view_accountlink", "view_recordedchange").get(address))
    assert "<ins>Campo de la abuela</ins>" in page
    assert "Consola de la base de datos" in page


def test_an_update_tells_only_what_changed(link: AccountLink) -> None:
    before = len(changes_of("accounts.accountlink"))
    AccountLink.objects.filter(pk=link.pk).update(managed_at=NOON)
    AccountLink.objects.filter(pk=link.pk).update(alias=link.alias)
    assert len(changes_of("accounts.accountlink")) == before
    AccountLink.objects.filter(pk=link.pk).update(alias="Campo")
    change = changes_of("accounts.accountlink")[-1]
    assert (change.before, change.after) == ({"alias": link.alias}, {"alias": "Campo"})


def test_secrets_are_told_to_have_changed_and_no_more(staff: User, link: AccountLink) -> None:
    staff.set_password("otra-contraseña-larga")
    staff.save()
    change = changes_of("accounts.user")[-1]
    assert (change.before, change.after) == ({"password": HIDDEN}, {"password": HIDDEN})
    give_secret(CollectionChannelFactory.create(), by=staff)
    (secret,) = changes_of("billing.channelsecret")
    assert secret.after is not None
    assert secret.after["encrypted"] == HIDDEN
    give_bank_mandate(link, CBU, CUIL, consent(), now=NOON)
    (mandate,) = changes_of("adhesions.directdebit")
    assert mandate.after is not None
    assert mandate.after["cbu"] == HIDDEN
    everything = str(list(RecordedChange.objects.values()))
    for hidden in (CBU, DirectDebit.objects.get().cbu, staff.password):
        assert hidden not in everything


def test_no_watched_column_sounds_like_a_secret() -> None:
    told = {
        f"{model._meta.label}.{field.column}"
        for model, trigger in pgtrigger.registered()
        if trigger.name == TRIGGER
        for field in model._meta.concrete_fields
        if f"'{field.column}', NEW." in str(trigger.func) and f"ARRAY['{field.column}']" not in str(trigger.func)
        if any(word in str(field.column) for word in SECRETS)
    }
    assert told == {
        "adhesions.DirectDebit.bank_code", "billing.Payment.failure_code", "tramites.PaymentPlace.code",
    }  # fmt: skip


def test_roles_given_are_of_the_persons_record(staff: User) -> None:
    auditors = Group.objects.get(name="Auditoría")
    staff.groups.add(auditors)
    staff.groups.remove(auditors)
    told = [change for change in audit_of(staff) if change.table == "rol dado"]
    assert [(change.kind, change.record) for change in told] == [
        (ChangeKind.DELETE, staff.pk), (ChangeKind.INSERT, staff.pk),
    ]  # fmt: skip
    assert {datum.name: datum.after for datum in told[1].data}["Rol"] == "Auditoría"


def test_a_job_and_a_command_are_named(link: AccountLink) -> None:
    class _Job:
        task_name, id = "billing.follow_payments", 12

    class _Context:
        job = _Job

    AccountLink.objects.update(alias="de nadie")  # first: what is told holds until the transaction ends
    assert changes_of("accounts.accountlink")[-1].origin == {}
    tell_the_job(lambda: AccountLink.objects.update(alias="de la tarea"), _Context, None)  # type: ignore[arg-type]
    assert changes_of("accounts.accountlink")[-1].origin == {"task": "billing.follow_payments", "job": 12}
    with working_for(CommandOrigin("import_data")):
        AccountLink.objects.update(alias="del comando")
    assert changes_of("accounts.accountlink")[-1].origin == {"command": "import_data"}
    assert [told.where for told in audit_of(link)[:3]] == [
        "Comando import_data", "Tarea billing.follow_payments (12)", "Consola de la base de datos",
    ]  # fmt: skip


def test_statements_of_every_form_are_known_as_somebodys(link: AccountLink) -> None:
    """Composed ones, and those in which a `%` is a character, as imports have them."""
    with working_for(CommandOrigin("import_data")), connection.cursor() as cursor:
        cursor.execute(SQL("UPDATE accounts_accountlink SET alias = {}").format("100 %"))
        cursor.execute("UPDATE accounts_accountlink SET alias = alias || '!' WHERE alias LIKE '100 %'")
        assert cursor.rowcount == 1
        cursor.execute("UPDATE accounts_accountlink SET alias = %s RETURNING alias", ["50 %"])
        assert cursor.fetchall() == [("50 %",)]
    last = changes_of("accounts.accountlink")[-3:]
    assert [change.after for change in last] == [{"alias": "100 %"}, {"alias": "100 %!"}, {"alias": "50 %"}]
    assert {change.origin["command"] for change in last} == {"import_data"}


def test_the_log_stays_as_written(link: AccountLink) -> None:
    for statement in ("UPDATE shared_recordedchange SET who = 1", "DELETE FROM shared_recordedchange"):
        assert "append_only" in str(stopped_by(statement))
    role = settings.UTILITY.database_runtime_role
    run(f"SET LOCAL ROLE {role}")
    refused = [
        stopped_by(f"{verb} {table}")
        for table in ("shared_recordedchange", "staff_visit")
        for verb in ("DELETE FROM", "TRUNCATE")
    ]
    AccountLink.objects.filter(pk=link.pk).update(alias="del portal")  # which itself may write to it
    run("RESET ROLE")
    assert all("permission denied" in str(words) for words in refused)
    assert changes_of("accounts.accountlink")[-1].after == {"alias": "del portal"}


def test_every_watched_table_writes_to_the_log() -> None:
    watched = {model._meta.db_table for model, trigger in pgtrigger.registered() if trigger.name == TRIGGER}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'pgtrigger_recorded_%'")
        assert {table for (table,) in cursor.fetchall()} == watched
    assert len(watched) == 43
    assert not {model._meta.db_table for model in apps.get_app_config("billing").get_models()} & watched & {
        "billing_invoice", "billing_invoiceline", "billing_allocation",
    }  # fmt: skip


def test_a_list_asks_the_same_however_long_it_is(staff: User) -> None:
    browser = may(staff, "view_recordedchange", "view_visit")
    for page in ("admin:shared_recordedchange_changelist", "admin:staff_visit_changelist"):
        AccountLinkFactory.create(alias="una")
        browser.get(reverse(page))
        few = _queries(browser, reverse(page))
        for _ in range(3):
            AccountLinkFactory.create(alias="otra")
        assert _queries(browser, reverse(page)) == few


def _queries(browser: Client, page: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(page).status_code == 200
    return len(seen)


def test_days_are_local_and_whole(staff: User, link: AccountLink) -> None:
    browser = may(staff, "view_visit")
    page = reverse("admin:staff_visit_changelist")
    for at in ("2026-11-20T02:59:59+00:00", "2026-11-20T03:00:00+00:00", "2026-11-21T02:59:59+00:00"):
        Visit.objects.create(at=at, who=staff, who_name=f"vista {at}", method="GET", path="/admin/", status=200)
    shown = text_of(browser.get(page, {"at_from": "2026-11-20", "at_to": "2026-11-20"}))
    assert "vista 2026-11-20T02:59:59+00:00" not in shown
    assert "vista 2026-11-20T03:00:00+00:00" in shown
    assert "vista 2026-11-21T02:59:59+00:00" in shown
    assert browser.get(page, {"at_from": "ayer"}).status_code == 200
