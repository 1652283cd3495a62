"""Rows for statements that the database has to refuse."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import AccountLink, CustomerView, ServiceAccount, User
from adhesions.enums import CardSetupState
from adhesions.models import BankAnswerFile, BankPresentation, DebitTry, DigitalBilling
from billing.enums import ChargeStatus, DocumentCode, InvoiceKind, ListingKind
from billing.external_payments import record_external_payment
from billing.models import (
    Charge,
    ChargeVoucher,
    Cover,
    DebtCertificate,
    Discrepancy,
    InvoiceSeries,
    Listing,
    ProviderDay,
    Refund,
)
from billing.refunds import record_reversal
from oficina.shared.dates import today
from oficina.shared.enums import UploadMediaType
from oficina.shared.models import PrivateFile
from payment_plans.enums import NoticeKind
from payment_plans.models import PlanNotice, PlanPolicy
from payment_plans.paying_early import offer_payoff
from tests.billing.ledger.refusing import run
from tests.factories.accounts import AccountLinkFactory, HolderChangeFactory, ServiceAccountFactory
from tests.factories.adhesions import mail_proof
from tests.factories.billing import InvoiceFactory, open_checkout, operation
from tests.factories.charges import ChargeFactory
from tests.factories.covering import draft, offered
from tests.factories.debits import announced, bank_mandate, card_mandate, card_setup
from tests.factories.plans import overdue_bill, policy, running_plan, waiting_plan
from tests.staff.conftest import a_row_of_everything


def rows_in_each_table(office: User) -> None:
    """Two rows in each table, of two accounts; the second one has a checkout that is open and an instalment to pay."""
    for _ in range(2):
        account, _invoice, payment = a_row_of_everything(office)
    DebtCertificate.objects.create(
        account=ServiceAccountFactory.create(), requested_by=office, holder_name="x", service_address="x", locality="x"
    )
    CustomerView.objects.create(by=office, seen=payment.account.links.earliest("pk").user, reason="Llamó")
    _two_changes_of_holder()
    open_checkout(InvoiceFactory.create(account=account), payer=payment.payer)
    InvoiceFactory.create(account=account, kind=InvoiceKind.INSTALMENT, service_kind="", period=None)
    _charges(account, office)
    _in_plans(account)
    _plans()
    _debits(office)
    _mail_proofs()
    _reversed_in_part(account)
    Listing.objects.create(
        link=AccountLink.objects.get(account=account),
        kind=ListingKind.PAYMENTS,
        rows=1,
        expires_at=timezone.now() + timedelta(days=1),
    )
    PrivateFile.objects.create(
        name="dni.png", media_type=UploadMediaType.PNG, content=b"x", size=1, sha256="x", kept_at=timezone.now()
    )
    ProviderDay.objects.earliest("pk").findings.add(Discrepancy.objects.earliest("pk"))
    Refund.objects.filter(pk=Refund.objects.earliest("pk").pk).update(provider_refund_id="re_1")
    run("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def _two_changes_of_holder() -> None:
    """And somebody who has shown no bill since the first one."""
    link = AccountLinkFactory.create()
    first = HolderChangeFactory.create(account=link.account, changed_at=timezone.now() - timedelta(days=60))
    HolderChangeFactory.create(account=link.account)
    link.must_prove_since = first.changed_at
    link.save()


def _charges(account: ServiceAccount, office: User) -> None:
    """One that was invoiced and one that was not."""
    InvoiceSeries.objects.get_or_create(document_code=DocumentCode.SERVICE_B, point_of_sale=5)
    charge = ChargeFactory.create(account=account)
    invoice = InvoiceFactory.create(
        account=account, kind=InvoiceKind.CHARGE, service_kind="", period=None, amount=charge.amount
    )
    Charge.objects.filter(pk=charge.pk).update(
        status=ChargeStatus.INVOICED, invoice=invoice, invoiced_by=office, invoiced_at=timezone.now()
    )
    ChargeVoucher.objects.create(charge=charge, holder_name="x", service_address="x", locality="x")
    ChargeFactory.create(account=account)


def _in_plans(account: ServiceAccount) -> None:
    """One bill that is in a plan, and one of which the cover was taken back."""
    for _ in range(2):
        cover = Cover.objects.create(
            invoice=InvoiceFactory.create(account=account), amount=Decimal("1000.00"), plan="plan", paid=False
        )
    Cover.objects.create(invoice=cover.invoice, amount=-cover.amount, plan="plan", paid=False, reverses=cover)


def _plans() -> None:
    """Two plans in force that could be paid off, one that waits, whose account has another bill and an instalment of
    none, and a policy by which nobody made one.
    """
    if not PlanPolicy.objects.in_force(on=today()).exists():
        policy()
    policy(valid_from=date(2024, 1, 1), valid_until=date(2024, 12, 31))
    for _ in range(2):
        link = AccountLinkFactory.create()
        overdue_bill(link)
        plan = running_plan(link)
        offer_payoff(link, plan, now=timezone.now())
        PlanNotice.objects.create(instalment=plan.parts.latest("number"), kind=NoticeKind.DUE_SOON)
    link = AccountLinkFactory.create()
    overdue_bill(link)
    waiting_plan(link)
    InvoiceFactory.create(account=link.account)
    offered(link.account, [draft()])


def _debits(office: User) -> None:
    """A mandate on a bank account and one on a card, each with a debit that was tried, and visits to save a card."""
    for make in (bank_mandate, card_mandate):
        link = AccountLinkFactory.create()
        invoice = InvoiceFactory.create(account=link.account)
        debit = announced(make(link), invoice)
        presentation = BankPresentation.objects.create(
            number=debit.pk, debits_on=debit.debit_on, count=1, total=debit.amount, sha256="x", made_by=office
        )
        DebitTry.objects.create(
            debit=debit, payment=open_checkout(invoice, payer=link.user), number=1, presentation=presentation
        )
        BankAnswerFile.objects.create(presentation=presentation, content=b"x", sha256=str(debit.pk), loaded_by=office)
    for state, mandate in [
        (CardSetupState.BEGUN, None),
        (CardSetupState.OPENED, None),
        (CardSetupState.DONE, debit.mandate),
    ]:
        card_setup(link, state, mandate=mandate)


def _mail_proofs() -> None:
    """One whose code was typed and one that waits for it."""
    adhesion = DigitalBilling.objects.earliest("pk")
    link = AccountLink.objects.get(account=adhesion.account)
    mail_proof(link, email=adhesion.email, used_by=adhesion)
    mail_proof(link, email="estudio@correo.example")


def _reversed_in_part(account: ServiceAccount) -> None:
    """A payment at a counter that was taken back in part."""
    payment = record_external_payment(operation(account, amount=Decimal("10.00")), cause="test")
    record_reversal(
        payment.pk, amount=Decimal("4.00"), operation_number="R", reversed_at=timezone.now(), reason="cheque"
    )
