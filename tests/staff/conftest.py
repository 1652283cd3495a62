"""The office's people, and a database in which every table has a row."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django import app
from pytest_django.fixtures import Settings

from accounts.enums import LinkAttemptOutcome, TermsPurpose, ViewEnd
from accounts.models import AccountLink, CustomerView, LinkAttempt, ServiceAccount, User, Withdrawal
from accounts.profile import ProfileData, update_profile
from accounts.terms import accept_terms
from adhesions.debit.bank_files import BankAnswer, BankResult
from adhesions.enums import DeliveryKind
from adhesions.models import BankAnswerFile, BankPresentation, BillDelivery, DebitRetry, DebitTry
from billing.charges.acts import invoice_charge
from billing.claims.acts import answer_claim, withdraw_claim
from billing.credit_use import put_credit_on_bills
from billing.debt_certificates import issue_certificate
from billing.discrepancies import (
    assign_discrepancy,
    note_discrepancy,
    open_discrepancy,
    reopen_discrepancy,
    resolve_discrepancy,
)
from billing.disputes import record_dispute
from billing.enums import (
    ClaimState,
    DiscrepancyKind,
    DiscrepancyResolution,
    EventAction,
    MovementKind,
    OperationState,
    WebhookStatus,
)
from billing.external_payments import record_external_payment
from billing.models import (
    CollectionOperation,
    Invoice,
    OfficeEventAction,
    Payment,
    ProviderDay,
    ProviderMovement,
    ProviderPayout,
    Reprocessing,
    WebhookEvent,
)
from billing.payment_reports.acts import reject_report
from billing.quotes import make_quote
from oficina.shared.dates import today
from oficina.shared.enums import ImportAction, ImportState
from oficina.shared.mail import send_mail_later
from oficina.shared.models import ImportChange, ImportRun
from oficina.staff.models import Visit
from payment_plans.models import PlanPolicy
from tests.adhesions.debit.test_bank_files import answer_file
from tests.billing.checkout.steps import event_body
from tests.factories.accounts import AccountLinkFactory, ServiceAccountFactory, UserFactory
from tests.factories.adhesions import digital
from tests.factories.attention import a_row_of_each_table as counter_rows
from tests.factories.billing import (
    InvoiceFactory,
    InvoiceLineFactory,
    LateInterestPolicyFactory,
    operation,
    paid_checkout,
)
from tests.factories.bounces import BounceSourceFactory, bounced, give_bounce_secret
from tests.factories.channels import CollectionChannelFactory, give_secret
from tests.factories.charges import ChargeFactory
from tests.factories.chat import a_row_of_each_table as a_conversation
from tests.factories.claims import claimed, photographed_meter
from tests.factories.debits import announced, bank_mandate
from tests.factories.file_jobs import a_row_of_each_table as a_job_with_files
from tests.factories.guidance import help_topic, procedure
from tests.factories.locations import a_row_of_each_table as a_zone_and_reports
from tests.factories.payment_reports import photograph, reported
from tests.factories.places import payment_place
from tests.factories.plans import overdue_bill, waiting_plan
from tests.factories.plans import policy as plan_policy
from tests.factories.returns import asked_refund, dispute_report
from tests.factories.till import a_row_of_each_table as a_till
from tramites.models import LinkCheck

_events = count(1)


@pytest.fixture
def administrator(db: None) -> User:
    """Nora, who may do everything in the office."""
    return User.objects.create_superuser("nora@aguas.example", first_name="Nora", last_name="Videla")


@pytest.fixture
def as_administrator(administrator: User) -> Client:
    """A browser in which Nora is logged in."""
    return logged_in(administrator)


@pytest.fixture
def as_clerk(staff: User) -> Client:
    """A browser in which Olga is logged in: of the office, and so far without any permission."""
    return logged_in(staff)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def may(user: User, *codenames: str) -> Client:
    """A browser in which somebody is logged in who has these permissions and no other."""
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    assert user.user_permissions.count() == len(codenames)
    return logged_in(User.objects.get(pk=user.pk))


def received_event(payment: Payment | None = None, *, session: str = "", source: str = "stripe") -> WebhookEvent:
    body = event_body(session) if session else b'{"id": "evt", "type": "checkout.session.completed"}'
    return WebhookEvent.objects.create(
        source=source,
        event_id=f"evt_{next(_events)}",
        event_type="checkout.session.completed",
        body=body,
        payment=payment,
    )


def a_payout(name: str) -> ProviderPayout:
    return ProviderPayout.objects.create(
        source="stripe", payout_id=name, amount=Decimal("400.00"), content=Decimal("400.00"), sent_at=timezone.now(),
        arrives_on=date(2026, 11, 25),
    )  # fmt: skip


def _accepted_charges(account: ServiceAccount, by: User) -> None:
    """One that became an invoice of series B, and one of series A."""
    registered = ServiceAccountFactory.create(
        holder_vat_condition="Responsable inscripto", holder_document="30707736107"
    )
    for charged in (account, registered):
        charge = ChargeFactory.create(account=charged)
        invoice_charge(charge, accepted=charge.amount, by=by, now=timezone.now())


def _claims(link: AccountLink, office: User) -> None:
    """One that waits, with a photograph, one that was answered, and one that was withdrawn."""
    account = link.account
    claimed(link, InvoiceFactory.create(account=account), attachment=photographed_meter())
    answered = claimed(link, InvoiceFactory.create(account=account))
    answer_claim(answered, ClaimState.UPHELD, "Leímos el medidor de nuevo.", by=office, now=timezone.now())
    withdraw_claim(claimed(link, InvoiceFactory.create(account=account)), now=timezone.now())


def _debits(link: AccountLink, invoice: Invoice, payment: Payment, office: User) -> None:
    """A mandate on a bank account, whose debit of a bill was presented, and accepted by the bank."""
    debit = announced(bank_mandate(link), invoice)
    presentation = BankPresentation.objects.create(
        number=debit.pk, debits_on=debit.debit_on, count=1, total=debit.amount, sha256="x", made_by=office
    )
    DebitTry.objects.create(debit=debit, payment=payment, number=1, presentation=presentation)
    accepted = BankAnswer(
        reference=payment.public_id, result=BankResult.ACCEPTED, reason="", amount=debit.amount,
        answered_on=debit.debit_on,
    )  # fmt: skip
    BankAnswerFile.objects.create(
        presentation=presentation, content=answer_file([accepted]), sha256=str(debit.pk), loaded_by=office
    )
    DebitRetry.objects.get_or_create(days_after=next(_events) % 60 + 1)


def _provider_books(payment: Payment) -> None:
    """A day of the provider, a movement and a payout."""
    ProviderDay.objects.create(source="stripe", day=date(2026, 1, 1) + timedelta(days=payment.pk))
    ProviderMovement.objects.create(
        source="stripe", movement_id=f"txn_{payment.pk}", kind=MovementKind.CHARGE, day=date(2026, 1, 1),
        at=timezone.now(), amount=Decimal("5.00"), fee=Decimal("1.00"), currency="ARS", payment=payment,
    )  # fmt: skip
    a_payout(f"po_{payment.pk}")


def _worked_on(payment: Payment, invoice: Invoice, event: WebhookEvent, office: User) -> None:
    """A discrepancy that somebody took, resolved and reopened; events that were acted on again, or ignored."""
    found = open_discrepancy(
        DiscrepancyKind.PAID_IN_EXCESS, about=f"{payment.pk}", payment=payment, invoice=invoice, event=event
    )
    assign_discrepancy(found, UserFactory.create(is_staff=True, is_superuser=True), seen=None, by=office)
    note_discrepancy(found, "Llamé al banco.", by=office)
    resolve_discrepancy(found, DiscrepancyResolution.CREDITED, "Quedó a favor.", by=office)
    reopen_discrepancy(found, "Reclamó el cliente.", by=office)
    asked = Reprocessing.objects.create(asked_by=office, chosen_by="Elegidos a mano", event_ids=[event.pk])
    OfficeEventAction.objects.create(
        event=event, action=EventAction.REPROCESSED, by=office, outcome=WebhookStatus.FAILED, reprocessing=asked
    )
    OfficeEventAction.objects.create(
        event=event, action=EventAction.IGNORED, by=office, outcome=WebhookStatus.IGNORED, words="Era de prueba."
    )


def _guidance(account: ServiceAccount, user: User, office: User) -> None:
    """What the office tells and is told: help, procedures, places, links, a conversation, zones and reports of them."""
    help_topic(by=office)
    procedure(by=office)
    payment_place()
    LinkCheck.objects.create(address=f"/ayuda/tema-{account.pk}/")
    a_conversation(user, office)
    a_zone_and_reports(account, user, office)


def _plan(link: AccountLink) -> None:
    """A plan of an overdue bill, and a policy that held for one day long ago beside the one that holds."""
    long_ago = date(2000, 1, 1) + timedelta(days=next(_events))
    plan_policy(name=f"Planes {long_ago}", valid_from=long_ago, valid_until=long_ago)
    if not PlanPolicy.objects.in_force(on=today()).exists():
        plan_policy()
    overdue_bill(link)
    waiting_plan(link)


def a_row_of_everything(administrator: User) -> tuple[ServiceAccount, Invoice, Payment]:
    """One more row in each table of the office, all about one account."""
    account = ServiceAccountFactory.create()
    user = UserFactory.create()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    link = AccountLinkFactory.create(user=user, account=account)
    adhesion = digital(link)
    reported(link, InvoiceFactory.create(account=account), proof=photograph())
    rejected = reported(link, InvoiceFactory.create(account=account), proof=photograph("otro.png"))
    reject_report(rejected, "No figura", by=administrator, now=timezone.now())
    accept_terms(user, TermsPurpose.REGISTRATION, "190.3.4.5")
    data = ProfileData(first_name="Lucía", last_name="Ferreyra", document="30123457", phone="2615550183")
    update_profile(user, data, by=administrator)
    LinkAttempt.objects.create(user=user, ip_address="190.3.4.5", outcome=LinkAttemptOutcome.FOUND)
    invoice = InvoiceFactory.create(account=account)
    InvoiceLineFactory.create(invoice=invoice)
    payment = paid_checkout(invoice, payer=user)
    _debits(link, invoice, payment, administrator)
    record_external_payment(
        operation(account, (InvoiceFactory.create(account=account), Decimal("1200.00"))), cause="test"
    )
    asked_refund(payment, Decimal("100.00"), by=administrator)
    record_dispute(payment.pk, dispute_report(payment, Decimal("10.00"), dispute_id=f"du_{payment.pk}"))
    chosen = InvoiceFactory.create(account=account)
    quote = make_quote(link, [chosen.public_id], on=today(), now=timezone.now(), credit=Decimal("200.00"))
    assert put_credit_on_bills(link, user, quote, timezone.now()) is not None
    _accepted_charges(account, user)
    owes_nothing = AccountLinkFactory.create(user=user)
    delivery = BillDelivery.objects.create(
        invoice=invoice, email=adhesion.email, kind=DeliveryKind.NEW, adhesion=adhesion
    )
    bounced(delivery, received_event(source="rebotes-correo-saliente"))
    give_bounce_secret(BounceSourceFactory.create(slug=f"relay-{next(_events)}"), by=administrator)
    issue_certificate(owes_nothing, user)
    _claims(link, administrator)
    _plan(link)
    a_till()
    channel = CollectionChannelFactory.create()
    give_secret(channel, by=administrator)
    event = received_event(payment)
    CollectionOperation.objects.create(
        channel=channel, operation_number=f"{event.pk}", state=OperationState.SETTLED, amount=Decimal("5.00"),
        paid_at=timezone.now(), bills=[], event=event,
    )  # fmt: skip
    _provider_books(payment)
    _worked_on(payment, invoice, event, administrator)
    LateInterestPolicyFactory.create(valid_from=date(2020, 1, 1 + next(_events) % 28))
    run = ImportRun.objects.create(
        kind="accounts", file_name="accounts.csv", state=ImportState.FINISHED, finished_at=timezone.now(),
        rows=1, inserted=1, started_by=administrator,
    )  # fmt: skip
    a_job_with_files(administrator, run)
    ImportChange.objects.create(run=run, model="billing.invoice", object_id=invoice.pk, action=ImportAction.INSERTED)
    send_mail_later(user.email, "Un asunto", "account_linked", {"user": user, "account": account})
    LogEntry.objects.create(
        user=administrator, content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk),
        object_repr=str(user), action_flag=CHANGE, change_message="[]",
    )  # fmt: skip
    Visit.objects.create(
        who=administrator, who_name=administrator.full_name, method="GET", path="/admin/", status=200,
        table=ContentType.objects.get_for_model(User), record=user.pk,
    )  # fmt: skip
    Withdrawal.objects.create(user=user, ended=["Factura digital"])
    counter_rows(account, user, administrator)
    CustomerView.objects.create(
        by=administrator, seen=user, reason="Llamó por una factura", began_at=timezone.now(),
        ended_at=timezone.now(), end=ViewEnd.LEFT,
    )  # fmt: skip
    _guidance(account, user, administrator)
    assert app.tasks  # the queue has the mail's job by now
    return account, invoice, payment


@pytest.fixture
def no_provider(settings: Settings) -> None:
    """Nobody answers at the address of the payment provider, at once."""
    settings.UTILITY = settings.UTILITY.model_copy(update={"stripe_api_base": "http://127.0.0.1:9"})
