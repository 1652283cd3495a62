"""Saving a card at the provider, a real process, and what becomes of it, whoever sees it first."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django.fixtures import Settings
from time_machine import Traveller

from accounts.enums import TermsPurpose
from accounts.linking import unlink_account
from accounts.models import AccountLink, TermsAcceptance, User
from accounts.terms import current_terms
from adhesions.debit.card_setups import begin_card_setup, finish_card_setup, finish_card_setups
from adhesions.debit.mandates import Consent
from adhesions.debit.refusals import AlreadyDebited
from adhesions.enums import CardSetupRefusal, CardSetupState
from adhesions.models import CardSetup, DirectDebit
from adhesions.refusals import LinkEnded
from billing.gateway.errors import ProviderUnavailableError
from tests.billing.checkout.steps import at_once, sessions_made
from tests.billing.checkout.test_saved_cards import AR_CARD
from tests.conftest import NOON
from tests.factories.debits import bank_mandate, card_setup
from tests.jobs import run_jobs
from tests.simulator_process import SimulatorProcess

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_noon")]

FOREIGN_CARD = "4242424242424242"


def consent(cap: str | None = None) -> Consent:
    return Consent(terms=current_terms(TermsPurpose.DIRECT_DEBIT), ip="190.3.4.5", cap=Decimal(cap) if cap else None)


def begun(link: AccountLink, cap: str | None = None) -> CardSetup:
    return begin_card_setup(link, consent(cap), now=NOON)


def saved(link: AccountLink, simulator: SimulatorProcess, card: str = AR_CARD) -> CardSetup:
    """A visit in which a card was saved, of which nobody told the portal."""
    setup = begun(link)
    simulator.save_card(setup.session_id or "", card=card)
    return setup


def subjects() -> list[str]:
    """Those of the mails since the last look."""
    mail.outbox.clear()
    run_jobs()
    return [str(message.subject).split(",")[0] for message in mail.outbox]


def forgotten() -> list[str]:
    jobs = ProcrastinateJob.objects.filter(task_name="adhesions.forget_card").values_list("args", flat=True)
    return [args["method_id"] for args in jobs]


def test_consent_and_request_are_kept_and_the_page_is_the_provider_s(
    link: AccountLink, silent_simulator: SimulatorProcess
) -> None:
    setup = begun(link, cap="50000.00")

    setup.refresh_from_db()
    assert (setup.state, setup.cap, setup.ip_address) == (CardSetupState.OPENED, Decimal("50000.00"), "190.3.4.5")
    assert setup.page_address == f"{silent_simulator.base_url}/c/pay/{setup.session_id}"
    back = f"http://testserver/cuenta/{link.public_id}/debito-automatico/tarjeta/{setup.public_id}/"
    assert (setup.request["success_url"], setup.request["cancel_url"]) == (back, f"{back}?cancelado=1")
    assert (setup.begun_at, setup.expires_at) == (NOON, NOON + timedelta(minutes=40))
    assert not TermsAcceptance.objects.exists()


def test_saved_card_becomes_one_mandate_as_it_was_agreed_to(
    link: AccountLink, silent_simulator: SimulatorProcess
) -> None:
    setup = begun(link, cap="50000.00")
    assert finish_card_setup(setup, now=NOON).state == CardSetupState.OPENED
    silent_simulator.save_card(setup.session_id or "", card=AR_CARD)

    later = NOON + timedelta(minutes=3)
    for _ in range(2):
        assert finish_card_setup(setup, now=later).state == CardSetupState.DONE

    mandate = DirectDebit.objects.get()
    assert (mandate.brand, mandate.last4, mandate.cap, mandate.started_at) == (
        "visa", "0021", Decimal("50000.00"), later,
    )  # fmt: skip
    assert (mandate.acceptance.accepted_at, mandate.acceptance.ip_address) == (NOON, "190.3.4.5")
    setup.refresh_from_db()
    assert (setup.mandate, setup.decided_at) == (mandate, later)
    assert subjects() == ["Débito automático: adhesión"]
    assert forgotten() == []


def test_two_tabs_and_the_job_at_the_same_moment_make_one_mandate(
    link: AccountLink, silent_simulator: SimulatorProcess, at_noon: Traveller
) -> None:
    setup = saved(link, silent_simulator)
    at_noon.shift(timedelta(minutes=5))
    later = NOON + timedelta(minutes=5)

    def tab() -> str:
        return finish_card_setup(CardSetup.objects.get(), now=later).state

    def job() -> str:
        finish_card_setups(now=later)
        return CardSetup.objects.get().state

    results = at_once(tab, tab, job)

    assert [each for each in results if isinstance(each, Exception)] == []
    assert CardSetup.objects.get().state == CardSetupState.DONE
    assert CardSetup.objects.get().mandate == DirectDebit.objects.get()
    assert subjects() == ["Débito automático: adhesión"]
    assert setup.session_id is not None


def test_pressing_twice_is_one_visit(link: AccountLink, silent_simulator: SimulatorProcess) -> None:
    first, second = at_once(partial(begun, link), partial(begun, link))

    assert isinstance(first, CardSetup)
    assert isinstance(second, CardSetup)
    assert first == second
    assert len(sessions_made(silent_simulator)) == 1
    assert begun(link) == first
    assert begun(link, cap="1.00") != first


def test_visit_that_is_about_to_close_is_not_offered_again(
    link: AccountLink, silent_simulator: SimulatorProcess
) -> None:
    first = begun(link)
    assert begin_card_setup(link, consent(), now=NOON + timedelta(minutes=34)) == first
    assert begin_card_setup(link, consent(), now=NOON + timedelta(minutes=35)) != first


def test_lost_answer_is_asked_for_again_and_is_one_visit(link: AccountLink, silent_simulator: SimulatorProcess) -> None:
    silent_simulator.lose_answer(times=None)
    with pytest.raises(ProviderUnavailableError):
        begun(link)
    assert CardSetup.objects.get().state == CardSetupState.BEGUN
    silent_simulator.clear_faults()

    assert begun(link).state == CardSetupState.OPENED
    assert len(sessions_made(silent_simulator)) == 1


def test_visit_that_was_saved_and_never_asked_for_is_closed(
    link: AccountLink, silent_simulator: SimulatorProcess
) -> None:
    """As after a process that was killed between the two: nobody was given an address."""
    setup = card_setup(link)
    CardSetup.objects.filter(pk=setup.pk).update(checked_at=NOON)

    assert finish_card_setups(now=NOON + timedelta(minutes=1)) == 0
    assert finish_card_setups(now=NOON + timedelta(minutes=5)) == 1

    setup.refresh_from_db()
    assert (setup.state, setup.session_id) == (CardSetupState.ABANDONED, None)
    assert sessions_made(silent_simulator) == []
    assert finish_card_setups(now=NOON + timedelta(hours=1)) == 0


def test_job_makes_the_mandate_of_somebody_who_never_came_back(
    link: AccountLink, silent_simulator: SimulatorProcess
) -> None:
    setup = saved(link, silent_simulator)
    unsaved = begun(link, cap="1.00")

    silent_simulator.answer_500(matching="GET *", times=None)
    assert finish_card_setups(now=NOON + timedelta(minutes=3)) == 1  # it stops where the provider does not answer
    silent_simulator.clear_faults()
    assert finish_card_setups(now=NOON + timedelta(minutes=6)) == 2

    setup.refresh_from_db()
    assert setup.mandate == DirectDebit.objects.get()
    assert subjects() == ["Débito automático: adhesión"]
    silent_simulator.expire(unsaved.session_id or "")
    assert finish_card_setups(now=NOON + timedelta(minutes=9)) == 1
    unsaved.refresh_from_db()
    assert (unsaved.state, unsaved.decided_at) == (CardSetupState.ABANDONED, NOON + timedelta(minutes=9))
    assert subjects() == []


def test_foreign_card_is_forgotten_and_it_is_told(link: AccountLink, silent_simulator: SimulatorProcess) -> None:
    setup = saved(link, silent_simulator, FOREIGN_CARD)

    refused = finish_card_setup(setup, now=NOON)
    finish_card_setup(setup, now=NOON)

    assert (refused.state, refused.refusal) == (CardSetupState.REFUSED, CardSetupRefusal.FOREIGN)
    assert len(forgotten()) == 1
    assert subjects() == ["Débito automático: no pudimos adherir tu tarjeta"]
    assert "La tarjeta es de un banco de otro país" in str(mail.outbox[0].body)
    assert not DirectDebit.objects.exists()
    assert not TermsAcceptance.objects.exists()


def test_expired_card_is_refused(link: AccountLink, silent_simulator: SimulatorProcess) -> None:
    setup = saved(link, silent_simulator)

    refused = finish_card_setup(setup, now=NOON.replace(year=2046))

    assert (refused.state, refused.refusal) == (CardSetupState.REFUSED, CardSetupRefusal.EXPIRED)
    assert len(forgotten()) == 1


def test_account_that_somebody_else_adhered_meanwhile_stays_theirs(
    link: AccountLink, teammate: User, silent_simulator: SimulatorProcess
) -> None:
    setup = saved(link, silent_simulator)
    theirs = bank_mandate(teammate.links.get())

    refused = finish_card_setup(setup, now=NOON)

    assert (refused.state, refused.refusal) == (CardSetupState.REFUSED, CardSetupRefusal.ALREADY_DEBITED)
    assert DirectDebit.objects.get() == theirs
    assert len(forgotten()) == 1
    with pytest.raises(AlreadyDebited):
        begun(link)


def test_whoever_gave_the_account_up_meanwhile_adheres_nothing(
    link: AccountLink, silent_simulator: SimulatorProcess
) -> None:
    setup = saved(link, silent_simulator)
    unlink_account(link)
    subjects()

    refused = finish_card_setup(setup, now=NOON)

    assert (refused.state, refused.refusal) == (CardSetupState.REFUSED, CardSetupRefusal.LINK_ENDED)
    assert len(forgotten()) == 1
    assert subjects() == []
    with pytest.raises(LinkEnded):
        begun(link)


def test_provider_that_refuses_the_request_is_told_on_the_page(
    link: AccountLink, silent_simulator: SimulatorProcess, settings: Settings
) -> None:
    settings.UTILITY = settings.UTILITY.model_copy(update={"checkout_minutes": 5})

    setup = begun(link)

    assert (setup.state, setup.refusal, setup.session_id) == (CardSetupState.REFUSED, CardSetupRefusal.PROVIDER, None)
    assert subjects() == []


def test_visit_that_the_provider_denies_is_closed(link: AccountLink, silent_simulator: SimulatorProcess) -> None:
    setup = card_setup(link, CardSetupState.OPENED)
    assert finish_card_setup(setup, now=NOON).refusal == CardSetupRefusal.PROVIDER
