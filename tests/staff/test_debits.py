"""Direct debit in the office: mandates are read and ended, the cycle with the bank is played, retries are kept."""

from datetime import date, datetime
from decimal import Decimal
from functools import partial

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from time_machine import Traveller

from accounts.models import AccountLink, User
from adhesions.admin.debit_answer_loading import refusal_words
from adhesions.debit.bank_files import BankAnswer, BankFileRefusedError, BankResult, FileFault
from adhesions.debit.mandates import give_bank_mandate
from adhesions.debit.stopping import stop_debit
from adhesions.enums import AdhesionEnd, DebitState
from adhesions.models import BankAnswerFile, BankPresentation, DebitRetry, DirectDebit, ScheduledDebit
from billing.enums import PaymentState
from billing.models import Allocation, Discrepancy, Payment
from oficina.shared.ids import public_id
from tests.adhesions.debit.test_bank_accounts import CBU
from tests.adhesions.debit.test_bank_files import answer_file
from tests.adhesions.debit.test_mandates import CUIL, consent
from tests.answers import Answer, said, text_of
from tests.billing.checkout.steps import at_once
from tests.conftest import NOON
from tests.factories.accounts import AccountLinkFactory
from tests.factories.billing import InvoiceFactory
from tests.jobs import run_jobs
from tests.ledger_invariants import ledger_invariants
from tests.staff.conftest import may

MANDATES = "/admin/adhesions/directdebit/"
DEBITS = "/admin/adhesions/scheduleddebit/"
PRESENTATIONS = "/admin/adhesions/bankpresentation/"
ANSWERS = "/admin/adhesions/bankanswerfile/"
RETRIES = "/admin/adhesions/debitretry/"
PRESENT, LOAD = f"{PRESENTATIONS}generar/", f"{ANSWERS}cargar/"
OFFICE = ("view_directdebit", "view_scheduleddebit", "view_bankpresentation", "view_bankanswerfile")

DUE = date(2026, 12, 4)
EVE = datetime(2026, 12, 3, 15, tzinfo=NOON.tzinfo)
LATER = datetime(2026, 12, 7, 15, tzinfo=NOON.tzinfo)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def olga(at_noon: Traveller, staff: User) -> Client:
    """A browser of Olga, who reads everything of direct debit and may deal with the bank."""
    return may(staff, *OFFICE, "present_debits")


@pytest.fixture
def debits(at_noon: Traveller, link: AccountLink) -> list[ScheduledDebit]:
    """Two bills of Ana's and her neighbour's, of 1,000 and 2,500 pesos, announced for 4/12."""
    neighbour = AccountLinkFactory.create()
    for one, amount in ((link, "1000.00"), (neighbour, "2500.00")):
        InvoiceFactory.create(account=one.account, due_on=DUE, amount=Decimal(amount))
        give_bank_mandate(one, CBU, CUIL, consent(), now=NOON)
    return list(ScheduledDebit.objects.order_by("pk"))


def generate(client: Client, on: date = DUE) -> Answer:
    return client.post(PRESENT, {"key": public_id(), "on": on.isoformat(), "confirmado": "1"})


@pytest.fixture
def presentation(olga: Client, debits: list[ScheduledDebit], at_noon: Traveller) -> BankPresentation:
    """Both, presented on the eve."""
    at_noon.move_to(EVE)
    generate(olga)
    return BankPresentation.objects.get()


def bank_says(presentation: BankPresentation, *told: tuple[str, str, str], damage: Decimal | None = None) -> bytes:
    """A file of the bank: for each debit, by its amount, the result and the reason. `damage` is a total to tell."""
    answers = [
        BankAnswer(
            reference=Payment.objects.get(amount_asked=Decimal(amount)).public_id,
            result=BankResult(result),
            reason=reason,
            amount=Decimal(amount),
            answered_on=DUE,
        )
        for amount, result, reason in told
    ]
    named = f"H01{presentation.number:08d}".encode()
    return answer_file(answers, total=damage).replace(b"H0100000007", named)


def check(client: Client, content: bytes) -> Answer:
    return client.post(LOAD, {"key": public_id(), "file": SimpleUploadedFile("respuesta.txt", content)})


def load(client: Client, content: bytes) -> Answer:
    """Chooses a file, reads what it would do, and says yes."""
    asked = check(client, content)
    assert "¿Cargar la respuesta de la presentación" in text_of(asked)
    carried = asked.context["form"].initial["checked"]
    return client.post(LOAD, {"key": public_id(), "checked": carried, "confirmado": "1"})


def notes() -> list[str]:
    return [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]


def test_whole_cycle_with_the_bank(olga: Client, debits: list[ScheduledDebit], at_noon: Traveller) -> None:
    assert "Ahora no hay débitos para presentar." in text_of(olga.get(PRESENT))
    at_noon.move_to(EVE)
    page = text_of(olga.get(PRESENT))
    assert "04/12/2026: 2 débitos, $\xa03.500,00" in page
    asked = text_of(olga.post(PRESENT, {"key": public_id(), "on": "2026-12-04"}))
    assert "¿Generar la presentación de los débitos del 04/12/2026?" in asked
    assert not BankPresentation.objects.exists()

    answer = generate(olga)

    presentation = BankPresentation.objects.get()
    record = f"{PRESENTATIONS}{presentation.pk}/change/"
    assert answer.headers["Location"] == record
    assert said(answer) == [
        "Generamos la presentación 1: 2 débitos, $\xa03.500,00. Descargá el archivo y presentalo al banco."
    ]
    file = olga.post(f"{PRESENTATIONS}{presentation.pk}/archivo/")
    assert file.headers["Content-Disposition"] == 'attachment; filename="presentacion-00000001-20261204.txt"'
    assert file.headers["Cache-Control"].startswith("private, no-store")
    assert file.content.count(CBU.encode()) == 2
    assert notes() == ["Generó la presentación", "Descargó el archivo para el banco"]

    at_noon.move_to(LATER)
    content = bank_says(presentation, ("1000.00", "A", ""), ("2500.00", "R", "R10"))
    asked = text_of(check(olga, content))
    for words in (
        '<td>—</td><td class="office-number">1</td><td class="office-number">$\xa01.000,00</td>',
        "R10: No había fondos suficientes en la cuenta bancaria.",
        'Todo el archivo</th><td class="office-number">2</td><td class="office-number">$\xa03.500,00</td>',
    ):
        assert words in asked
    assert not BankAnswerFile.objects.exists()
    loaded = load(olga, content)
    assert said(loaded)[-1] == "Cargamos la respuesta. Aceptados: 1, rechazados: 1, revertidos: 0."
    page = text_of(olga.get(loaded.headers["Location"]))
    assert page.count("/admin/adhesions/scheduleddebit/") >= 2
    assert "Rechazado" in page
    assert "R10: No había fondos" in page
    assert {debit.state for debit in ScheduledDebit.objects.all()} == {DebitState.COLLECTED, DebitState.REJECTED}

    load(olga, bank_says(presentation, ("1000.00", "V", "R08")))

    assert [(row.reason, row.amount) for row in Allocation.objects.order_by("pk")] == [
        ("paid", Decimal("1000.00")), ("return", Decimal("-1000.00")),
    ]  # fmt: skip
    assert not Discrepancy.objects.exists()
    ledger_invariants()
    listed = text_of(olga.get(f"{DEBITS}?state__exact=rejected"))
    assert "R10: No había fondos suficientes en la cuenta bancaria." in listed
    assert text_of(olga.get(record)).count("Respuesta ") >= 2
    assert all(CBU not in text and CBU[4:18] not in text for text in (*notes(), page, listed, asked))


def test_same_file_twice_says_who_loaded_it_and_changes_nothing(
    olga: Client, presentation: BankPresentation, at_noon: Traveller
) -> None:
    at_noon.move_to(LATER)
    content = bank_says(presentation, ("1000.00", "A", ""))
    carried = check(olga, content).context["form"].initial["checked"]
    load(olga, content)

    again = text_of(check(olga, content))
    assert "Este archivo ya lo cargó Olga Ríos, hoy a las 12:00. Cargarlo de nuevo no cambia nada." in again
    assert "Sí, cargar" not in again
    late = olga.post(LOAD, {"key": public_id(), "checked": carried, "confirmado": "1"})
    assert said(late)[-1] == "Este archivo ya lo cargó Olga Ríos, hoy a las 12:00. No cambió nada."
    assert (BankAnswerFile.objects.count(), Allocation.objects.count()) == (1, 1)


def test_damaged_answers_are_refused_whole_with_the_line(olga: Client, presentation: BankPresentation) -> None:
    whole = bank_says(presentation, ("1000.00", "A", ""), ("2500.00", "R", "R10"))
    unknown = whole.replace(f"H01{presentation.number:08d}".encode(), b"H0100000099")
    for content, words in {
        whole[:-62]: "Línea 3: Falta el cierre",
        whole[:-80]: "Línea 3: La línea no tiene 60 caracteres.",
        bank_says(presentation, ("1000.00", "A", ""), damage=Decimal("999.99")): "Línea 3: El cierre dice otro total",
        whole.replace(b"A    ", b"Z    "): "Línea 2: La línea no tiene la forma",
        "ñ".encode(): "No es un archivo de texto del banco",
        b"": "El archivo está vacío.",
        unknown: "Responde a la presentación 99, que nunca se generó. No se cargó nada.",
    }.items():
        assert words in text_of(check(olga, content)), words
    assert "Elegí el archivo." in text_of(olga.post(LOAD, {"key": public_id()}))
    assert not BankAnswerFile.objects.exists()


def test_yes_is_said_only_to_what_the_same_person_was_shown(
    olga: Client, administrator: User, as_administrator: Client, presentation: BankPresentation, at_noon: Traveller
) -> None:
    carried = check(olga, bank_says(presentation, ("1000.00", "A", ""))).context["form"].initial["checked"]
    for client, sent in ((as_administrator, carried), (olga, carried[:-1] + "?"), (olga, "")):
        answer = client.post(LOAD, {"key": public_id(), "checked": sent, "confirmado": "1"})
        assert said(answer)[-1] == "Esta página es vieja. Elegí el archivo de nuevo."
    at_noon.shift(60 * 60 * 12 + 1)
    answer = olga.post(LOAD, {"key": public_id(), "checked": carried, "confirmado": "1"})
    assert said(answer)[-1] == "Esta página es vieja. Elegí el archivo de nuevo."
    assert not BankAnswerFile.objects.exists()


def test_reference_of_no_debit_is_shown_and_put_before_the_office(
    olga: Client, presentation: BankPresentation, at_noon: Traveller
) -> None:
    at_noon.move_to(LATER)
    content = bank_says(presentation, ("1000.00", "A", ""))
    content = content.replace(Payment.objects.get(amount_asked=1000).public_id.encode(), b"z" * 20)
    assert "No son de esa presentación" in text_of(check(olga, content))
    loaded = load(olga, content)
    assert said(loaded)[-1] == "Referencias que no son de esta presentación: 1. Están en Diferencias."
    assert f"No es de esta presentación: <code>{'z' * 20}</code>" in text_of(olga.get(loaded.headers["Location"]))


def test_long_answer_is_shown_a_page_at_a_time(olga: Client, presentation: BankPresentation, staff: User) -> None:
    answers = [
        BankAnswer(
            reference=f"{n:020d}", result=BankResult.ACCEPTED, reason="", amount=Decimal("1.00"), answered_on=DUE
        )
        for n in range(250)
    ]
    file = BankAnswerFile.objects.create(
        presentation=presentation, content=answer_file(answers), sha256="x", loaded_by=staff
    )
    page = text_of(olga.get(f"{ANSWERS}{file.pk}/change/?pagina=3"))
    assert "Página 3 de 3" in page
    assert (page.count("No es de esta presentación"), f"{200:020d}" in page) == (50, True)


def test_without_the_permission_nothing_is_made_loaded_or_downloaded(
    olga: Client, staff: User, presentation: BankPresentation, anonymous: Client, as_owner: Client
) -> None:
    file = f"{PRESENTATIONS}{presentation.pk}/archivo/"
    assert olga.get(file).status_code == 405
    reader = may(staff, *OFFICE)
    for path in (PRESENT, LOAD, file):
        assert [client.post(path).status_code for client in (reader, as_owner, anonymous)] == [403, 404, 302], path
        assert reader.get(path).status_code == 403
    blind = may(staff, "present_debits")
    assert [blind.post(path).status_code for path in (PRESENT, LOAD, file)] == [403, 403, 403]
    reader = may(staff, *OFFICE)
    for path in (PRESENTATIONS, ANSWERS, f"{PRESENTATIONS}{presentation.pk}/change/"):
        page = text_of(reader.get(path))
        assert not any(words in page for words in ("Generar una", "Cargar una", "Descargar el archivo")), path


def test_presentation_whose_file_would_be_another_is_not_given(
    olga: Client, debits: list[ScheduledDebit], staff: User
) -> None:
    changed = BankPresentation.objects.create(
        number=9, debits_on=DUE, count=1, total=Decimal("1.00"), sha256="x", made_by=staff
    )
    answer = olga.post(f"{PRESENTATIONS}{changed.pk}/archivo/")
    assert said(answer)[-1].startswith("El archivo ya no sale igual que cuando se generó.")
    assert answer.headers["Location"] == f"{PRESENTATIONS}{changed.pk}/change/"
    assert notes() == []


def test_two_at_once_make_one_presentation_and_load_one_answer(
    olga: Client, debits: list[ScheduledDebit], at_noon: Traveller
) -> None:
    at_noon.move_to(EVE)
    made = at_once(partial(generate, olga), partial(generate, olga))
    assert sorted(getattr(answer, "status_code", 0) for answer in made) in ([200, 302], [302, 302])
    presentation = BankPresentation.objects.get()
    assert (presentation.count, Payment.objects.count()) == (2, 2)

    at_noon.move_to(LATER)
    carried = check(olga, bank_says(presentation, ("1000.00", "A", ""))).context["form"].initial["checked"]
    yes = partial(olga.post, LOAD, {"key": public_id(), "checked": carried, "confirmado": "1"})
    assert [getattr(answer, "status_code", 0) for answer in at_once(yes, yes)] == [302, 302]
    assert (BankAnswerFile.objects.count(), Allocation.objects.count()) == (1, 1)
    assert Payment.objects.filter(state=PaymentState.SUCCEEDED).count() == 1


def test_what_was_left_to_present_may_be_gone(olga: Client, debits: list[ScheduledDebit], at_noon: Traveller) -> None:
    at_noon.move_to(EVE)
    generate(olga)
    assert "Ahora no hay débitos para presentar." in text_of(generate(olga))
    assert BankPresentation.objects.count() == 1


def test_mandates_are_found_and_ended_with_a_mail(staff: User, link: AccountLink, debits: list[ScheduledDebit]) -> None:
    olga = may(staff, *OFFICE, "change_directdebit")
    mandate = DirectDebit.objects.get(account=link.account)
    record = f"{MANDATES}{mandate.pk}/change/"
    for typed in (str(mandate), str(link.account), "ANA@correo.example", link.user.full_name):
        assert record in text_of(olga.get(MANDATES, {"q": typed})), typed
    assert text_of(olga.get(MANDATES, {"q": CUIL})).count("/change/") >= 2
    page = text_of(olga.get(record))
    assert "Banco Macro, CBU terminado en 5201" in page
    assert CBU[4:18] not in page
    assert record in text_of(olga.get(MANDATES, {"banco": "285"}))
    assert record not in text_of(olga.get(MANDATES, {"banco": "007"}))
    run_jobs()
    mail.outbox.clear()

    chosen = {"action": "end", "_selected_action": [mandate.pk]}
    assert said(olga.post(MANDATES, chosen))[-1].startswith("Adhesiones canceladas: 1.")
    assert said(olga.post(MANDATES, chosen))[-1] == "Las que elegiste ya estaban canceladas."

    mandate.refresh_from_db()
    assert (mandate.ended_by, mandate.end_reason) == (staff, AdhesionEnd.OFFICE)
    assert notes() == ["Cancelada por la oficina"]
    run_jobs()
    assert [message.to for message in mail.outbox] == [["ana@correo.example"]]
    reader = may(staff, *OFFICE)
    reader.post(MANDATES, {"action": "end", "_selected_action": [DirectDebit.objects.live().get().pk]})
    assert DirectDebit.objects.live().count() == 1


def test_debits_are_found_and_say_why_they_are_not_made(
    olga: Client, link: AccountLink, debits: list[ScheduledDebit]
) -> None:
    debit = stop_debit(debits[0], now=NOON)
    for typed in (str(debit), debit.invoice.invoice_number, str(link.account), "ana@correo.example"):
        listed = text_of(olga.get(DEBITS, {"q": typed}))
        assert f"{DEBITS}{debit.pk}/change/" in listed, typed
        assert f"{DEBITS}{debits[1].pk}/change/" not in listed, typed
    assert "Lo frenó quien hizo la adhesión." in text_of(olga.get(f"{DEBITS}{debit.pk}/change/"))


def test_retries_are_added_changed_and_deleted(as_administrator: Client) -> None:
    DebitRetry.objects.all().delete()
    assert "Sin ninguno, no se reintenta." in text_of(as_administrator.get(RETRIES))
    for typed, words in {"0": "Elegí entre 1 y 60 días.", "61": "Elegí entre 1 y 60 días."}.items():
        assert words in text_of(as_administrator.post(f"{RETRIES}add/", {"days_after": typed}))
    as_administrator.post(f"{RETRIES}add/", {"days_after": "3"})
    assert "Ese reintento ya está." in text_of(as_administrator.post(f"{RETRIES}add/", {"days_after": "3"}))
    retry = DebitRetry.objects.get()
    as_administrator.post(f"{RETRIES}{retry.pk}/change/", {"days_after": "5"})
    retry.refresh_from_db()
    assert retry.days_after == 5
    as_administrator.post(f"{RETRIES}{retry.pk}/delete/", {"post": "yes"})
    assert not DebitRetry.objects.exists()


@pytest.mark.parametrize("fault", FileFault)
def test_every_fault_of_a_file_has_words(fault: FileFault) -> None:
    assert refusal_words(BankFileRefusedError(fault, 3)).startswith("Línea 3: ")
