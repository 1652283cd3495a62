"""Giving a mandate and ending it: what is kept, what is announced, who is told."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.account_numbers import account_number_ending
from accounts.enums import TermsPurpose
from accounts.linking import unlink_account
from accounts.models import AccountLink, User
from accounts.terms import current_terms
from adhesions.debit.mandates import (
    Consent,
    end_direct_debit,
    give_bank_mandate,
    give_card_mandate,
    leave_direct_debit,
    read_account,
)
from adhesions.debit.refusals import AlreadyDebited, CardExpired, CardOfAnotherCountry
from adhesions.enums import AdhesionEnd, DebitMeans, DebitState
from adhesions.models import DirectDebit, ScheduledDebit
from adhesions.refusals import LinkEnded
from billing.gateway.saved_cards import SavedCard
from tests.adhesions.debit.test_bank_accounts import CBU
from tests.conftest import NOON
from tests.factories.billing import InvoiceFactory
from tests.jobs import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

CUIL = "20304128763"
CARD = SavedCard(
    customer_id="cus_1",
    method_id="pm_1",
    brand="visa",
    funding="credit",
    last4="0021",
    expires=(2026, 11),
    country="AR",
)


def consent(cap: str | None = None) -> Consent:
    return Consent(terms=current_terms(TermsPurpose.DIRECT_DEBIT), ip="190.3.4.5", cap=Decimal(cap) if cap else None)


def by_bank(link: AccountLink, cap: str | None = None) -> DirectDebit:
    return give_bank_mandate(link, CBU, CUIL, consent(cap), now=NOON)


def by_card(link: AccountLink, card: SavedCard = CARD) -> DirectDebit:
    return give_card_mandate(link, card, consent(), now=NOON)


def told() -> list[str]:
    """The subjects of the mails since the last look."""
    mail.outbox.clear()
    run_jobs()
    return [str(message.subject) for message in mail.outbox]


def test_mandate_on_a_bank_account(link: AccountLink) -> None:
    mandate = by_bank(link, cap="50000.00")

    mandate.refresh_from_db()
    assert (mandate.account, mandate.made_by, mandate.means) == (link.account, link.user, DebitMeans.BANK)
    assert (mandate.bank_code, mandate.last4, mandate.holder_document) == ("285", "5201", CUIL)
    assert (mandate.cap, mandate.started_at, mandate.ended_at) == (Decimal("50000.00"), NOON, None)
    assert read_account(mandate) == CBU
    assert mandate.acceptance.terms.purpose == TermsPurpose.DIRECT_DEBIT
    run_jobs()
    (sent,) = mail.outbox
    assert "Se debita de: Banco Macro, CBU terminado en 5201" in sent.body


def test_mails_tell_the_local_day(link: AccountLink) -> None:
    """At ten in the evening of the 24th it is the 25th by UTC."""
    give_bank_mandate(link, CBU, CUIL, consent(), now=NOON + timedelta(hours=10))
    run_jobs()
    assert "Desde: 24/11/2026, 22:00" in mail.outbox[0].body


def test_number_of_the_account_is_nowhere_in_the_clear(link: AccountLink) -> None:
    mandate = by_bank(link)
    run_jobs()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(row)::text FROM adhesions_directdebit AS row")
        (stored,) = cursor.fetchone()
        cursor.execute("SELECT string_agg(to_jsonb(row)::text, '') FROM shared_outgoingmail AS row")
        (mails,) = cursor.fetchone()
    jobs = "".join(str(args) for args in ProcrastinateJob.objects.values_list("args", flat=True))
    for text in (stored, mails, jobs, str(mandate), repr(mandate), *(message.body for message in mail.outbox)):
        assert CBU not in text
        assert CBU[4:18] not in text


def test_mandate_on_a_card(link: AccountLink) -> None:
    mandate = by_card(link)
    assert (mandate.means, mandate.brand, mandate.last4, mandate.good_until) == (
        DebitMeans.CARD, "visa", "0021", date(2026, 11, 30),
    )  # fmt: skip


def test_foreign_or_expired_card_is_refused(link: AccountLink) -> None:
    with pytest.raises(CardOfAnotherCountry) as refusal:
        by_card(link, replace(CARD, country="US"))
    assert refusal.value.country == "US"
    with pytest.raises(CardExpired):
        by_card(link, replace(CARD, expires=(2026, 10)))
    assert not DirectDebit.objects.exists()


def test_account_has_one_mandate_at_a_time(link: AccountLink, teammate: User) -> None:
    first = by_bank(link)
    with pytest.raises(AlreadyDebited) as refusal:
        give_card_mandate(teammate.links.get(), CARD, consent(), now=NOON)
    assert refusal.value.mandate == first

    leave_direct_debit(first, by=link.user, now=NOON)
    assert by_card(link) != first


def test_whoever_has_the_account_no_more_gives_no_mandate(link: AccountLink) -> None:
    unlink_account(link)
    with pytest.raises(LinkEnded):
        by_bank(link)


def test_pending_bills_are_announced_as_far_as_there_is_time(link: AccountLink) -> None:
    in_time = InvoiceFactory.create(account=link.account, due_on=date(2026, 12, 1))
    late = InvoiceFactory.create(account=link.account, due_on=date(2026, 11, 30))
    on_a_holiday = InvoiceFactory.create(account=link.account, due_on=date(2026, 12, 8))

    mandate = by_bank(link)

    scheduled = ScheduledDebit.objects.order_by("debit_on")
    assert [(debit.invoice, debit.amount, debit.debit_on, debit.try_on, debit.state) for debit in scheduled] == [
        (in_time, Decimal("1000.00"), date(2026, 12, 1), date(2026, 12, 1), DebitState.ANNOUNCED),
        (on_a_holiday, Decimal("1000.00"), date(2026, 12, 4), date(2026, 12, 4), DebitState.ANNOUNCED),
    ]
    assert late not in {debit.invoice for debit in scheduled}
    ending = f"cuenta terminada en {account_number_ending(mandate.account.number)}"
    subjects = told()
    assert f"Débito automático: $\N{NO-BREAK SPACE}1.000,00 el 01/12/2026, {ending}" in subjects
    assert len(subjects) == 3


def test_bill_above_the_cap_is_not_debited_and_it_is_said(link: AccountLink) -> None:
    InvoiceFactory.create(account=link.account, due_on=date(2026, 12, 10))

    by_bank(link, cap="999.99")

    debit = ScheduledDebit.objects.get()
    assert (debit.state, debit.try_on, debit.decided_at) == (DebitState.ABOVE_CAP, None, NOON)
    assert any("supera tu tope" in subject for subject in told())


def test_ending_withdraws_what_was_announced_and_has_the_card_forgotten(link: AccountLink) -> None:
    InvoiceFactory.create(account=link.account, due_on=date(2026, 12, 10))
    mandate = by_card(link)
    told()

    for _ in range(2):
        leave_direct_debit(mandate, by=link.user, now=NOON + timedelta(hours=1))

    mandate.refresh_from_db()
    assert (mandate.end_reason, mandate.ended_by) == (AdhesionEnd.MAKER, link.user)
    debit = ScheduledDebit.objects.get()
    assert (debit.state, debit.try_on) == (DebitState.WITHDRAWN, None)
    jobs = ProcrastinateJob.objects.filter(task_name="adhesions.forget_card").values_list("args", flat=True)
    assert list(jobs) == [{"method_id": "pm_1"}]


def test_another_person_may_end_it_and_its_maker_is_told(link: AccountLink, teammate: User) -> None:
    mandate = by_bank(link)
    told()

    leave_direct_debit(mandate, by=teammate, now=NOON)

    mandate.refresh_from_db()
    assert (mandate.end_reason, mandate.ended_by) == (AdhesionEnd.ANOTHER_USER, teammate)
    mail.outbox.clear()
    run_jobs()
    assert [message.to for message in mail.outbox] == [[link.user.email]]


def test_it_ends_with_the_link_or_the_user_of_whoever_gave_it(link: AccountLink, teammate: User) -> None:
    mandate = by_bank(link)
    unlink_account(teammate.links.get())
    mandate.refresh_from_db()
    assert mandate.ended_at is None

    unlink_account(link)
    mandate.refresh_from_db()
    assert mandate.end_reason == AdhesionEnd.UNLINKED


def test_the_office_ends_one(link: AccountLink, staff: User) -> None:
    mandate = by_bank(link)
    end_direct_debit(mandate, AdhesionEnd.OFFICE, by=staff, now=NOON)
    mandate.refresh_from_db()
    assert (mandate.end_reason, mandate.ended_by) == (AdhesionEnd.OFFICE, staff)
