"""Débito automático: what was and will be debited, why a try failed, and stopping one debit."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.test import Client
from time_machine import Traveller

from accounts.models import AccountLink, User
from adhesions.debit.answering import load_answer
from adhesions.debit.bank_files import BankResult
from adhesions.debit.collecting import decide_debits
from adhesions.debit.presenting import present_debits
from adhesions.enums import DebitState
from adhesions.models import ScheduledDebit
from tests.adhesions.debit.test_bank_cycle import answered
from tests.adhesions.debit.test_screen import GIVEN, screen
from tests.answers import said
from tests.billing.views.page_text import words_of
from tests.conftest import NOON
from tests.factories.billing import InvoiceFactory
from tests.factories.debits import announced, bank_mandate
from tests.jobs import run_jobs

pytestmark = pytest.mark.usefixtures("at_noon")

DUE = date(2026, 12, 4)
EVE = datetime(2026, 12, 3, 15, tzinfo=NOON.tzinfo)
LAST_MOMENT = datetime(2026, 12, 3, 3, tzinfo=NOON.tzinfo)
"""Midnight in Mendoza, a day before 4/12 begins."""


@pytest.fixture
def debit(link: AccountLink) -> ScheduledDebit:
    """A bill of 1,000 pesos whose debit on 4/12 was announced."""
    bill = InvoiceFactory.create(account=link.account, due_on=DUE)
    return announced(bank_mandate(link), bill, debit_on=DUE, try_on=DUE)


def stopping(link: AccountLink, debit: ScheduledDebit) -> str:
    return f"{screen(link)}debitos/{debit.public_id}/frenar/"


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_one_debit_is_stopped_and_the_adhesion_stays(
    as_owner: Client, link: AccountLink, debit: ScheduledDebit, at_noon: Traveller, headers: dict[str, str]
) -> None:
    at_noon.move_to(LAST_MOMENT - timedelta(microseconds=1))
    html = as_owner.get(screen(link)).content.decode()
    assert html.count(f'href="{stopping(link, debit)}"') == 2
    question = words_of(as_owner.get(stopping(link, debit)))
    assert (
        "¿No debitar esta factura? Es Septiembre y octubre 2026 de Casa : $ 1.000,00 el 04/12/2026 . "
        "No se puede deshacer: esta factura la pagás por otro medio. Vence el 04/12/2026 ." in question
    )

    for _ in range(2):
        answer = as_owner.post(stopping(link, debit), headers=headers)
        assert (answer.status_code, answer["Location"]) == (303, screen(link))
    assert said(answer)[-1] == (
        "Listo: no debitamos $\N{NO-BREAK SPACE}1.000,00 el 04/12/2026. Pagá esa factura por otro medio; la adhesión "
        "sigue para las próximas."
    )
    debit.refresh_from_db()
    assert debit.state == DebitState.STOPPED
    run_jobs()
    assert len(mail.outbox) == 1
    page = words_of(as_owner.get(screen(link)))
    assert "Próximo débito Ninguno por ahora" in page
    assert "Frenado Esta factura se paga por otro medio. $ 1.000,00" in page
    assert "No debitar" not in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_less_than_a_day_before_it_is_too_late(
    as_owner: Client, link: AccountLink, debit: ScheduledDebit, at_noon: Traveller, method: str
) -> None:
    at_noon.move_to(LAST_MOMENT)
    assert stopping(link, debit) not in as_owner.get(screen(link)).content.decode()

    answer = getattr(as_owner, method)(stopping(link, debit))

    assert (answer.status_code, answer["Location"]) == (303, screen(link))
    (told,) = said(answer)
    assert told.startswith(
        "Ese débito ya no se puede frenar: falta menos de un día. Si no lo querés, pedile a tu banco"
    )
    debit.refresh_from_db()
    assert debit.state == DebitState.ANNOUNCED


def test_only_whoever_gave_the_mandate_stops_its_debits(
    as_teammate: Client, teammate: User, debit: ScheduledDebit
) -> None:
    theirs = teammate.links.get()
    page = as_teammate.get(screen(theirs))
    assert "Avisado $ 1.000,00" in words_of(page)
    assert "No debitar" not in words_of(page)
    for answer in (as_teammate.get(stopping(theirs, debit)), as_teammate.post(stopping(theirs, debit))):
        assert answer.status_code == 404


def test_a_rejected_debit_says_why_to_whoever_is_debited(
    as_owner: Client, link: AccountLink, as_teammate: Client, teammate: User, staff: User, at_noon: Traveller
) -> None:
    InvoiceFactory.create(account=link.account, due_on=DUE)
    as_owner.post(screen(link), GIVEN)
    at_noon.move_to(EVE)
    presentation = present_debits(DUE, by=staff, now=EVE)
    page = words_of(as_owner.get(screen(link)))
    assert "En curso 03/12/2026: pago en proceso. Todavía no sabemos si se cobró. $ 1.000,00" in page
    debit = ScheduledDebit.objects.get()
    answer = as_owner.post(stopping(link, debit))
    assert said(answer)[-1] == "Ese débito ya no se puede frenar: ya está en curso o terminó."

    load_answer(answered(presentation, BankResult.REJECTED, "R10"), by=staff, now=EVE)
    decide_debits(now=EVE)

    told = "Ya no lo intentamos: pagá la factura por otro medio. $ 1.000,00"
    why = "No había fondos suficientes en la cuenta bancaria."
    assert f"Rechazado 03/12/2026: rechazado. {why} {told}" in words_of(as_owner.get(screen(link)))
    theirs = words_of(as_teammate.get(screen(teammate.links.get())))
    assert f"Rechazado 03/12/2026: rechazado. {told}" in theirs
    assert why not in theirs


def test_each_state_is_told_in_words(as_owner: Client, link: AccountLink) -> None:
    mandate = bank_mandate(link, cap=Decimal("5000.00"))
    for day, state in enumerate((DebitState.WAITING, DebitState.COLLECTED, DebitState.WITHDRAWN), start=1):
        debit = announced(mandate, InvoiceFactory.create(account=link.account), debit_on=date(2026, 12, day))
        if state != DebitState.WITHDRAWN:
            debit.state, debit.try_on = DebitState.UNDER_WAY, None
            debit.save()
        debit.state, debit.try_on = state, date(2026, 12, 9) if state == DebitState.WAITING else None
        debit.decided_at = None if state == DebitState.WAITING else NOON
        debit.save()
    over = InvoiceFactory.create(account=link.account, amount=Decimal("6000.00"))
    ScheduledDebit.objects.create(
        mandate=mandate,
        invoice=over,
        amount=Decimal("6000.00"),
        debit_on=date(2026, 12, 4),
        state=DebitState.ABOVE_CAP,
        decided_at=NOON,
    )

    page = words_of(as_owner.get(screen(link)))

    again = "01/12/2026 Se reintenta Lo intentamos de nuevo el 09/12/2026."
    assert f"{again} No debitar esta factura , Septiembre y octubre 2026 $ 1.000,00" in page
    assert "Próximo débito $ 1.000,00 El 09/12/2026 : Septiembre y octubre 2026" in page
    assert "Debitado $ 1.000,00" in page
    assert "Sin efecto La factura se pagó o cambió, o terminó la adhesión. $ 1.000,00" in page
    assert "Supera el tope No se debita: pagá la factura por otro medio. $ 6.000,00" in page


def test_debits_of_somebody_elses_mandate_that_ended_are_not_shown(
    as_owner: Client, as_teammate: Client, link: AccountLink, teammate: User, debit: ScheduledDebit
) -> None:
    as_teammate.post(f"{screen(teammate.links.get())}{debit.mandate.public_id}/cancelar/")
    assert "Sin efecto" in words_of(as_owner.get(screen(link)))
    assert "Sin efecto" not in words_of(as_teammate.get(screen(teammate.links.get())))


def test_long_histories_have_pages(as_owner: Client, link: AccountLink) -> None:
    mandate = bank_mandate(link)
    for day in range(26):
        announced(
            mandate,
            InvoiceFactory.create(account=link.account),
            amount=Decimal(1000 + day),
            debit_on=date(2027, 1, 1) + timedelta(days=day),
        )
    first, last = (as_owner.get(f"{screen(link)}?pagina={number}") for number in (1, 2))
    assert "1 a 25 de 26" in words_of(first)
    assert "$ 1.025,00" in words_of(first)
    assert "26 a 26 de 26" in words_of(last)
    assert "01/01/2027" in words_of(last)
