"""Débito automático: the window that adheres an account by its CBU, how the adhesion stands, and its end."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.enums import TermsPurpose
from accounts.models import AccountLink, User
from accounts.terms import publish_terms
from adhesions.debit.mandates import leave_direct_debit, read_account
from adhesions.debit.stopping import stop_debit
from adhesions.enums import AdhesionEnd
from adhesions.models import DirectDebit, ScheduledDebit
from tests.adhesions.debit.test_bank_accounts import CBU
from tests.answers import said
from tests.billing.views.page_text import words_of
from tests.conftest import NOON
from tests.factories.accounts import AccountLinkFactory
from tests.factories.billing import InvoiceFactory
from tests.factories.debits import announced, bank_mandate
from tests.jobs import run_jobs

pytestmark = pytest.mark.usefixtures("at_noon")

GIVEN = {
    "means": "bank",
    "cbu": "28505909 40090418135201",
    "holder_document": "20-30412876-4",
    "cap": "",
    "terms": "on",
    "terms_version": "1",
}
WITHOUT_BILLS = (
    "Listo: la cuenta está adherida al débito automático. Te avisamos el importe y la fecha antes de cada débito."
)
ENDED = "Listo: las facturas de la cuenta ya no se debitan. Te mandamos la constancia."


def screen(link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/debito-automatico/"


def cancelling(link: AccountLink, mandate: DirectDebit) -> str:
    return f"{screen(link)}{mandate.public_id}/cancelar/"


def inicio(link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/inicio/"


def test_it_asks_for_the_account_and_shows_the_terms(as_owner: Client, link: AccountLink) -> None:
    page = words_of(as_owner.get(screen(link)))

    assert "Adherite a Débito automático Cada factura nueva de Casa se paga sola en su vencimiento." in page
    assert "¿De dónde se debita? La tarjeta la cargás en el paso siguiente" in page
    assert "Cuenta bancaria Tarjeta CBU 22 números. Un CVU, de una billetera virtual, no sirve para el débito." in page
    assert "CUIT o CUIL del titular de la cuenta bancaria Tope por débito (opcional) En pesos." in page
    assert "Leer los términos Qué es Débito automático" in page
    assert "acepto los términos de Débito automático Confirmar adhesión Ahora no" in page


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_joining_leads_to_inicio_where_the_tick_is(
    as_owner: Client, link: AccountLink, headers: dict[str, str]
) -> None:
    InvoiceFactory.create(account=link.account, due_on=date(2026, 12, 4))
    assert "Débito automático No adherida" in words_of(as_owner.get(inicio(link)))

    answer = as_owner.post(screen(link), GIVEN | {"cap": "50.000"}, headers=headers, REMOTE_ADDR="190.3.4.5")

    told = (
        "Listo: la cuenta está adherida al débito automático. "
        "El primer débito es el 04/12/2026, de $\N{NO-BREAK SPACE}1.000,00."
    )
    assert (answer.status_code, answer["Location"], said(answer)) == (303, inicio(link), [told])
    mandate = DirectDebit.objects.get()
    assert (mandate.made_by, mandate.holder_document, mandate.cap) == (link.user, "20304128764", Decimal(50000))
    assert read_account(mandate) == CBU
    assert (mandate.acceptance.ip_address, mandate.acceptance.terms.version) == ("190.3.4.5", 1)
    assert "Factura digital No adherida Débito automático Adherida" in words_of(as_owner.get(inicio(link)))


@pytest.mark.parametrize(
    ("typed", "cap"), [("50000,50", "50000.50"), ("1.234.567,8", "1234567.80"), ("$ 50.000,50", "50000.50")]
)
def test_the_cap_is_read_as_people_write_it(as_owner: Client, link: AccountLink, typed: str, cap: str) -> None:
    assert as_owner.post(screen(link), GIVEN | {"cap": typed}).status_code == 303
    assert DirectDebit.objects.get().cap == Decimal(cap)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"means": ""}, "Elegí de dónde se debita."),
        ({"cbu": ""}, "Escribí el CBU."),
        ({"cbu": "mi.alias.banco"}, "El CBU son solo números: ni letras ni un alias."),
        ({"cbu": CBU[:-1]}, "El CBU tiene 22 números y escribiste 21. Te falta 1."),
        ({"cbu": CBU + "123"}, "El CBU tiene 22 números y escribiste 25. Te sobran 3."),
        ({"cbu": "2850590940090418135202"}, "Ese CBU no existe: hay algún número cambiado. Copialo de nuevo."),
        (
            {"cbu": "0000003100010000000001"},
            "Eso es un CVU: es de una billetera virtual, y de ahí no se puede debitar.",
        ),
        ({"holder_document": ""}, "Escribí el CUIT o CUIL del titular."),
        ({"holder_document": "veinte"}, "Escribí solo los números."),
        ({"holder_document": "30.412.876"}, "Eso es un DNI. Escribí los 11 números del CUIT o CUIL."),
        ({"holder_document": "2030412876"}, "El CUIT o CUIL tiene 11 números y escribiste 10."),
        ({"holder_document": "20304128765"}, "Ese CUIT o CUIL no es válido. Revisá los números, sobre todo el último."),
        ({"cap": "mucho"}, "Escribí el tope en pesos, por ejemplo 50.000 o 50000,50."),
        ({"cap": "0"}, "El tope tiene que ser mayor que cero. Si no querés tope, dejalo vacío."),
        ({"cap": "-50"}, "El tope tiene que ser mayor que cero."),
        ({"cap": "10,555"}, "Escribí el tope con hasta dos decimales."),
        ({"cap": "1" * 15}, "El tope es demasiado grande. Revisalo."),
        ({"terms": ""}, "Tenés que aceptar los términos y condiciones."),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_typed_is_lost(
    as_owner: Client, link: AccountLink, wrong: dict[str, str], words: str
) -> None:
    answer = as_owner.post(screen(link), GIVEN | {"cap": "80.000"} | wrong)

    assert answer.status_code == 200
    assert words in words_of(answer)
    html = answer.content.decode()
    assert "<title>Error: Débito automático: Casa" in html
    for name, typed in (GIVEN | {"cap": "80.000"} | wrong).items():
        if typed and name not in {"terms", "terms_version"}:
            assert f'name="{name}" value="{typed}"' in html
    assert not DirectDebit.objects.exists()


def test_terms_that_changed_meanwhile_are_shown_again(as_owner: Client, link: AccountLink) -> None:
    publish_terms(TermsPurpose.DIRECT_DEBIT, title="Términos", body="Otro texto.")
    page = words_of(as_owner.post(screen(link), GIVEN))
    assert "Los términos cambiaron recién. Leelos de nuevo y aceptalos." in page
    assert "Otro texto." in page
    assert not DirectDebit.objects.exists()


def test_pressing_twice_is_one_mandate_and_two_successes(as_owner: Client, link: AccountLink) -> None:
    for _ in range(2):
        answer = as_owner.post(screen(link), GIVEN)
        assert (answer.status_code, answer["Location"], said(answer)[-1]) == (303, inicio(link), WITHOUT_BILLS)
    assert DirectDebit.objects.count() == 1


def test_another_mandate_is_not_given_and_it_is_said(
    as_owner: Client, link: AccountLink, as_teammate: Client, teammate: User
) -> None:
    as_owner.post(screen(link), GIVEN)
    theirs = teammate.links.get()
    already = "No hicimos una adhesión nueva: la cuenta ya está adherida al débito automático. La adhirió"

    answer = as_teammate.post(screen(theirs), GIVEN)
    assert (answer.status_code, answer["Location"]) == (303, screen(theirs))
    assert said(answer) == [f"{already} Ana Suárez."]

    answer = as_owner.post(screen(link), GIVEN | {"cap": "9.000"})
    assert (answer["Location"], said(answer)[-1]) == (screen(link), f"{already} vos.")
    assert DirectDebit.objects.get().cap is None


def test_when_adhered_it_says_from_where_since_when_and_what_comes(as_owner: Client, link: AccountLink) -> None:
    mandate = bank_mandate(link, cap=Decimal("80000.00"))
    for day, amount in ((10, "52387.40"), (40, "1000.00")):
        bill = InvoiceFactory.create(account=link.account)
        on = NOON.date() + timedelta(days=day)
        announced(mandate, bill, amount=Decimal(amount), debit_on=on, try_on=on)

    answer = as_owner.get(screen(link))

    page = words_of(answer)
    assert (
        "Tu adhesión Adherida Próximo débito $ 52.387,40 El 04/12/2026 : Septiembre y octubre 2026 "
        "Se debita de Banco Macro, CBU terminado en 5201 Tope por débito $ 80.000,00 "
        f"Adherida desde 24/11/2026 Por vos. Adhesión {mandate} " in page
    )
    assert "Para cambiar el tope o de dónde se debita, cancelá esta adhesión y hacé otra." in page
    assert "Cancelar adhesión" in page
    assert "Confirmar adhesión" not in page
    assert f'href="{cancelling(link, mandate)}"' in answer.content.decode()
    assert "20304128763" not in answer.content.decode()


def test_bills_that_no_debit_pays_are_told_to_whoever_adheres_and_on_the_screen(
    as_owner: Client, link: AccountLink
) -> None:
    in_time = InvoiceFactory.create(account=link.account, due_on=date(2026, 12, 4))
    InvoiceFactory.create(account=link.account, due_on=date(2026, 11, 27))
    one = "Hay 1 factura pendiente que no se debita: pagala por otro medio."

    answer = as_owner.post(screen(link), GIVEN)

    assert said(answer)[0].endswith(f"de $\N{NO-BREAK SPACE}1.000,00. {one}")
    assert one in words_of(as_owner.get(screen(link)))
    stop_debit(ScheduledDebit.objects.get(invoice=in_time), now=NOON)
    both = "Hay 2 facturas pendientes que no se debitan: pagalas por otro medio."
    assert both in words_of(as_owner.get(screen(link)))


def test_without_anything_to_debit_it_says_so(as_owner: Client, link: AccountLink) -> None:
    bank_mandate(link)
    page = words_of(as_owner.get(screen(link)))
    assert "Próximo débito Ninguno por ahora" in page
    assert "Tope por débito Sin tope" in page


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_cancelling_leads_to_inicio_where_the_cross_is(
    as_owner: Client, link: AccountLink, headers: dict[str, str]
) -> None:
    mandate = bank_mandate(link)
    question = words_of(as_owner.get(cancelling(link, mandate)))
    assert "¿Cancelar el débito automático? Es la adhesión de Casa que hiciste vos el 24/11/2026" in question

    answer = as_owner.post(cancelling(link, mandate), headers=headers)

    assert (answer.status_code, answer["Location"], said(answer)) == (303, inicio(link), [ENDED])
    mandate.refresh_from_db()
    assert (mandate.end_reason, mandate.ended_by) == (AdhesionEnd.MAKER, link.user)
    assert "Débito automático No adherida" in words_of(as_owner.get(inicio(link)))
    assert "Adherite a Débito automático" in words_of(as_owner.get(screen(link)))
    assert as_owner.post(cancelling(link, mandate)).status_code == 303
    assert as_owner.get(cancelling(link, mandate)).status_code == 404


def test_another_person_of_the_account_sees_who_made_it_and_may_end_it(
    link: AccountLink, as_teammate: Client, teammate: User
) -> None:
    theirs = teammate.links.get()
    mandate = bank_mandate(link)

    page = words_of(as_teammate.get(screen(theirs)))
    assert "La adhesión Adherida Próximo débito Ninguno por ahora" in page
    assert "Por Ana Suárez." in page
    question = words_of(as_teammate.get(cancelling(theirs, mandate)))
    assert "que hizo Ana Suárez el 24/11/2026 : Banco Macro, CBU terminado en 5201." in question
    assert "Se lo avisamos a Ana Suárez." in question

    answer = as_teammate.post(cancelling(theirs, mandate))

    told = "Listo: las facturas de la cuenta ya no se debitan. Le mandamos a Ana Suárez la constancia."
    assert (answer["Location"], said(answer)) == (inicio(theirs), [told])
    mandate.refresh_from_db()
    assert (mandate.end_reason, mandate.ended_by) == (AdhesionEnd.ANOTHER_USER, teammate)
    run_jobs()
    assert [message.to for message in mail.outbox] == [["ana@correo.example"]]


def test_the_mail_leads_to_the_screen(as_owner: Client, link: AccountLink) -> None:
    as_owner.post(screen(link), GIVEN)
    run_jobs()
    (sent,) = mail.outbox
    assert f"http://testserver{screen(link)}" in sent.body
    assert isinstance(sent, EmailMultiAlternatives)
    assert "Ver el débito automático" in str(sent.alternatives)


def test_a_stranger_finds_nothing(as_stranger: Client, stranger: User, link: AccountLink) -> None:
    mandate = bank_mandate(link)
    debit = announced(mandate, InvoiceFactory.create(account=link.account))
    own = stranger.links.get()
    for path in (
        screen(link),
        cancelling(link, mandate),
        cancelling(own, mandate),
        f"{screen(link)}debitos/{debit.public_id}/frenar/",
        f"{screen(own)}debitos/{debit.public_id}/frenar/",
    ):
        assert as_stranger.get(path).status_code == 404
        assert as_stranger.post(path, GIVEN).status_code == 404
    assert DirectDebit.objects.live().count() == 1
    assert ScheduledDebit.objects.get().state == "announced"


def test_a_link_that_ended_finds_nothing(as_owner: Client, link: AccountLink) -> None:
    mandate = bank_mandate(link)
    AccountLink.objects.filter(pk=link.pk).update(unlinked_at=NOON)
    assert as_owner.post(cancelling(link, mandate)).status_code == 404
    assert as_owner.post(screen(link), GIVEN).status_code == 404


def test_anonymous_is_sent_to_log_in_and_other_methods_are_refused(
    anonymous: Client, as_owner: Client, link: AccountLink
) -> None:
    mandate = bank_mandate(link)
    debit = announced(mandate, InvoiceFactory.create(account=link.account))
    for path in (screen(link), cancelling(link, mandate), f"{screen(link)}debitos/{debit.public_id}/frenar/"):
        for answer in (anonymous.get(path), anonymous.post(path, GIVEN)):
            assert (answer.status_code, answer["Location"]) == (302, f"/ingresar/?next={path}")
        for method in ("put", "delete", "patch"):
            assert getattr(as_owner, method)(path).status_code == 405


def test_a_form_without_token_is_refused(owner: User, link: AccountLink) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(screen(link), GIVEN).status_code == 403
    assert not DirectDebit.objects.exists()


def test_the_menu_leads_to_it_in_a_window(as_owner: Client, link: AccountLink) -> None:
    page = as_owner.get(inicio(link)).content.decode()
    assert f'<a class="menu__link" href="{screen(link)}" data-dialog>' in page
    assert as_owner.get("/debito-automatico/")["Location"] == screen(link)


def test_the_screen_costs_the_same_however_many_debits(as_owner: Client, link: AccountLink) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_owner.get(screen(link)).status_code == 200
        return len(captured)

    mandate = bank_mandate(link)
    announced(mandate, InvoiceFactory.create(account=link.account))
    queries()
    with_one = queries()
    for _ in range(5):
        announced(mandate, InvoiceFactory.create(account=link.account))
        leave_direct_debit(mandate, by=link.user, now=NOON)
        mandate = bank_mandate(AccountLinkFactory.create(account=link.account) if _ % 2 else link)
    announced(mandate, InvoiceFactory.create(account=link.account))
    assert queries() == with_one
