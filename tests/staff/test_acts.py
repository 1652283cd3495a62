"""What the office does: each through the portal's own act."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from time_machine import Traveller

from accounts.enums import LinkEvidence, TermsPurpose
from accounts.models import AccountLink, ProfileChange, ServiceAccount, TermsVersion, User
from accounts.terms import current_terms, last_published_id
from billing.admin.provider_books import BankCreditForm
from billing.enums import WebhookStatus
from billing.models import Invoice, LateInterestPolicy, Payment, WebhookEvent
from billing.reconciliation.payouts import note_bank_credit
from tests.answers import said, text_of
from tests.billing.channels.signing import received
from tests.conftest import NOON
from tests.factories.billing import InvoiceFactory, LateInterestPolicyFactory
from tests.factories.channels import SECRET, CollectionChannelFactory, give_secret
from tests.staff.conftest import a_payout, logged_in, received_event

pytestmark = pytest.mark.django_db


def change_person(client: Client, user: User, **given: str) -> None:
    """Sends the form of a person as a browser does: everything that the page has, and what was typed."""
    address = f"/admin/accounts/user/{user.pk}/change/"
    page = client.get(address)
    counts = {
        f"{formset.formset.prefix}-{name}": value
        for formset in page.context["inline_admin_formsets"]
        for name, value in formset.formset.management_form.initial.items()
    }
    keys = {
        f"{form.prefix}-{form.instance._meta.pk.name}": form.instance.pk
        for formset in page.context["inline_admin_formsets"]
        for form in formset.formset.initial_forms
    }
    answer = client.post(address, {**counts, **keys, **PERSON, **given})
    assert answer.status_code == 302, answer.context["errors"]


PERSON = {"first_name": "Ana", "last_name": "Suárez", "document": "30123456", "phone": "2615550182", "is_active": "on"}


@pytest.fixture
def invoice(account: ServiceAccount) -> Invoice:
    """A bill of 1,000 pesos."""
    return InvoiceFactory.create(account=account)


def changes_of(user: User) -> list[tuple[str, str, str, int]]:
    return list(
        ProfileChange.objects.filter(user=user).order_by("pk").values_list("field", "before", "after", "changed_by")
    )


def test_a_change_of_data_is_kept_with_who_made_it(as_administrator: Client, administrator: User, owner: User) -> None:
    change_person(as_administrator, owner, first_name="Anabella")

    owner.refresh_from_db()
    assert owner.first_name == "Anabella"
    assert changes_of(owner) == [("first_name", "Ana", "Anabella", administrator.pk)]


def test_who_is_shut_out_is_out_at_once_and_can_be_let_in_again(
    as_administrator: Client, administrator: User, owner: User
) -> None:
    as_owner = logged_in(owner)
    assert as_owner.get("/mis-cuentas/").status_code == 200

    change_person(as_administrator, owner, is_active="")
    assert as_owner.get("/mis-cuentas/").status_code == 302
    change_person(as_administrator, owner)

    owner.refresh_from_db()
    assert owner.is_active
    assert changes_of(owner) == [
        ("is_active", "sí", "no", administrator.pk),
        ("is_active", "no", "sí", administrator.pk),
    ]


def test_nobody_shuts_themselves_out(as_administrator: Client, administrator: User) -> None:
    change_person(as_administrator, administrator, is_active="")

    administrator.refresh_from_db()
    assert administrator.is_active


def test_no_password_is_shown(as_administrator: Client, owner: User) -> None:
    page = text_of(as_administrator.get(f"/admin/accounts/user/{owner.pk}/change/"))

    assert owner.password not in page
    assert 'name="password"' not in page


def test_the_office_links_and_unlinks(as_administrator: Client, owner: User, account: ServiceAccount) -> None:
    form = {"user": owner.pk, "account": account.pk, "alias": "Casa"}
    for _twice in range(2):
        answer = as_administrator.post("/admin/accounts/accountlink/add/", form)

    link = AccountLink.objects.get()
    assert (link.user, link.account, link.alias, link.evidence) == (owner, account, "Casa", LinkEvidence.OFFICE)

    assert said(answer)[-1] == f"Ana Suárez tiene vinculada la cuenta {account}."

    chosen = {"action": "unlink", "_selected_action": [link.pk]}
    assert said(as_administrator.post("/admin/accounts/accountlink/", chosen))[-1] == "Desvinculamos 1 cuenta."
    link.refresh_from_db()
    assert link.unlinked_at is not None
    assert LogEntry.objects.filter(object_id=str(link.pk), change_message="Desvinculada").count() == 1


def terms_form(seen: int) -> dict[str, str]:
    """A new version, on a page that was drawn when `seen` was the last one."""
    return {
        "purpose": "registration",
        "title": "Términos nuevos",
        "body": "Uno.",
        "published_at_0": "",
        "published_at_1": "",
        "seen": str(seen),
    }


def test_terms_sent_twice_are_published_once_and_the_form_says_so(as_administrator: Client) -> None:
    address = "/admin/accounts/termsversion/add/"
    drawn = as_administrator.get(address).context["adminform"].form
    form = terms_form(drawn["seen"].value())

    as_administrator.post(address, form)
    again = as_administrator.post(address, form)

    assert "Mientras escribías se publicó otra versión." in text_of(again)
    assert TermsVersion.objects.filter(title="Términos nuevos").count() == 1
    last = TermsVersion.objects.latest("pk")
    assert again.context["adminform"].form["seen"].value() == str(last.pk)
    as_administrator.post(address, {**form, "seen": str(last.pk)})
    assert TermsVersion.objects.latest("pk").version == last.version + 1


def test_new_terms_are_the_next_version(as_administrator: Client, at_noon: Traveller) -> None:
    before = current_terms(TermsPurpose.REGISTRATION)
    form = terms_form(last_published_id())
    as_administrator.post("/admin/accounts/termsversion/add/", form)

    published = TermsVersion.objects.latest("version")
    assert (published.version, published.title, published.published_at) == (before.version + 1, "Términos nuevos", NOON)

    past = as_administrator.post(
        "/admin/accounts/termsversion/add/",
        {**form, "seen": str(published.pk), "published_at_0": "01/01/2026", "published_at_1": "10:00"},
    )
    assert "Elegí un momento que todavía no pasó" in text_of(past)


def test_what_the_bank_shows_is_noted_once(as_administrator: Client, administrator: User) -> None:
    payout = a_payout("po_1")
    address = f"/admin/billing/providerpayout/{payout.pk}/change/"

    as_administrator.post(address, {"bank_amount": "399,50", "bank_on": "25/11/2026"})
    late = as_administrator.post(address, {"bank_amount": "400", "bank_on": "25/11/2026"})
    assert said(late)[-1] == "Otra persona ya lo anotó. Quedó lo que anotó ella: mirá abajo."

    payout.refresh_from_db()
    assert (payout.bank_amount, payout.bank_on, payout.bank_seen_by) == (
        Decimal("399.50"),
        date(2026, 11, 25),
        administrator,
    )
    assert "El banco acreditó otro importe" in text_of(as_administrator.get(address))
    assert LogEntry.objects.count() == 1


def test_whoever_notes_at_the_same_moment_is_told(
    as_administrator: Client, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Olga writes it down after Nora's form was found to be right, and before it is kept: here in Nora's transaction,
    which is undone.
    """
    payout = a_payout("po_1")
    check = BankCreditForm.full_clean

    def overtaken(form: BankCreditForm) -> None:
        check(form)
        note_bank_credit(payout, amount=Decimal("400.00"), on=date(2026, 11, 25), by=staff)

    monkeypatch.setattr(BankCreditForm, "full_clean", overtaken)
    address = f"/admin/billing/providerpayout/{payout.pk}/change/"
    answer = as_administrator.post(address, {"bank_amount": "399,50", "bank_on": "25/11/2026"})

    assert said(answer) == ["Otra persona ya lo anotó. Quedó lo que anotó ella: mirá abajo."]
    payout.refresh_from_db()
    assert payout.bank_amount is None
    assert not LogEntry.objects.exists()


def test_no_secret_of_a_channel_is_shown(as_administrator: Client, administrator: User) -> None:
    channel = CollectionChannelFactory.create()
    secret = give_secret(channel, by=administrator)
    page = text_of(as_administrator.get(f"/admin/billing/collectionchannel/{channel.pk}/change/"))

    assert secret.ending in page
    assert secret.encrypted not in page
    assert SECRET not in page


def test_a_policy_within_the_cap_is_kept(as_administrator: Client) -> None:
    form = {"valid_from": "01/12/2026", "daily_rate": "0,0007", "monthly_cap": "0,03"}
    as_administrator.post("/admin/billing/lateinterestpolicy/add/", form)
    beyond = as_administrator.post(
        "/admin/billing/lateinterestpolicy/add/", {**form, "valid_from": "02/12/2026", "daily_rate": "0,002"}
    )

    policy = LateInterestPolicy.objects.get()
    assert (policy.valid_from, policy.daily_rate) == (date(2026, 12, 1), Decimal("0.0007000"))
    assert "Por 30 días supera el tope mensual." in text_of(beyond)


def test_a_policy_that_has_begun_stays_and_the_next_begins_tomorrow(
    as_administrator: Client, at_noon: Traveller
) -> None:
    begun = LateInterestPolicyFactory.create(valid_from=date(2026, 11, 24))
    form = {"valid_from": "24/11/2026", "daily_rate": "0,0005", "monthly_cap": "0,03"}

    today = as_administrator.post("/admin/billing/lateinterestpolicy/add/", {**form, "valid_from": "23/11/2026"})
    changed = as_administrator.post(f"/admin/billing/lateinterestpolicy/{begun.pk}/change/", form)

    assert "Elegí una fecha desde mañana: hoy ya tiene su precio." in text_of(today)
    assert changed.status_code == 403
    assert LateInterestPolicy.objects.get().daily_rate == Decimal("0.0007000")
    as_administrator.post("/admin/billing/lateinterestpolicy/add/", {**form, "valid_from": "25/11/2026"})
    assert LateInterestPolicy.objects.count() == 2


def test_a_finished_event_is_left_as_it_is(as_administrator: Client) -> None:
    event = received_event()
    type(event).objects.filter(pk=event.pk).update(status=WebhookStatus.PROCESSED, attempts=1)

    answer = as_administrator.post(f"/admin/billing/webhookevent/{event.pk}/reprocesar/")

    event.refresh_from_db()
    assert said(answer) == ["No hay nada para reprocesar: ya estaban terminados."]
    assert event.attempts == 1


@pytest.mark.django_db(transaction=True)
def test_an_event_is_acted_on_again_only_by_whoever_may(as_administrator: Client, as_clerk: Client) -> None:
    event = received_event()
    address = f"/admin/billing/webhookevent/{event.pk}/reprocesar/"

    assert as_administrator.get(address).status_code == 405
    assert as_clerk.post(address).status_code == 403
    answer = as_administrator.post(address)

    event.refresh_from_db()
    # Its body names no session of the provider: nothing to do, said so, and finished.
    assert (event.status, event.attempts) == (WebhookStatus.IGNORED, 1)
    assert said(answer) == ["Reprocesamos 1 evento."]


def test_a_message_of_a_channel_is_acted_on_as_such(as_administrator: Client) -> None:
    event = received_event(source="cobranzas-rapipago")

    as_administrator.post(f"/admin/billing/webhookevent/{event.pk}/reprocesar/")

    event.refresh_from_db()
    assert (event.status, event.last_error) == (
        WebhookStatus.IGNORED,
        "type checkout.session.completed is not followed",
    )


@pytest.mark.parametrize("way", ["button", "list"])
def test_a_payment_that_a_channel_told_is_settled_when_its_message_is_acted_on_again(
    as_administrator: Client, invoice: Invoice, at_noon: Traveller, way: str
) -> None:
    """Its bill was not known, and its channel neither, when the message was first acted on."""
    event = WebhookEvent.objects.create(
        source="cobranzas-rapipago",
        event_id="msg_1",
        event_type="payment.received",
        body=received(invoice),
        status=WebhookStatus.FAILED,
        attempts=3,
        last_error="DoesNotExist",
    )
    CollectionChannelFactory.create()

    if way == "button":
        answer = as_administrator.post(f"/admin/billing/webhookevent/{event.pk}/reprocesar/")
    else:
        chosen = {"action": "reprocess_chosen", "_selected_action": [event.pk]}
        answer = as_administrator.post("/admin/billing/webhookevent/", chosen)

    event.refresh_from_db()
    invoice.refresh_from_db()
    assert said(answer) == ["Reprocesamos 1 evento."]
    assert (event.status, event.attempts, event.last_error) == (WebhookStatus.PROCESSED, 4, "")
    assert invoice.is_paid
    assert event.payment == Payment.objects.get(channel="rapipago", operation_number="R-1")


@pytest.mark.django_db(transaction=True)
def test_when_the_provider_does_not_answer_the_office_is_told(as_administrator: Client) -> None:
    event = received_event(session="cs_test_1")
    chosen = {"action": "reprocess_chosen", "_selected_action": [event.pk]}

    answer = as_administrator.post("/admin/billing/webhookevent/", chosen)

    event.refresh_from_db()
    assert said(answer) == ["El proveedor de pagos no responde. Los eventos quedan guardados y se reintentan solos."]
    assert (event.status, event.attempts) == (WebhookStatus.FAILED, 1)
    assert event.last_error.startswith("ProviderUnavailableError")


def test_numbers_with_a_comma_are_no_number_inputs(as_administrator: Client) -> None:
    """A browser empties those."""
    pages = {
        "/admin/billing/lateinterestpolicy/add/": ("daily_rate", "monthly_cap"),
        f"/admin/billing/providerpayout/{a_payout('po_comma').pk}/change/": ("bank_amount",),
    }
    for page, names in pages.items():
        text = text_of(as_administrator.get(page))
        for name in names:
            assert re.search(rf'<input type="text" name="{name}"', text), (page, name)
