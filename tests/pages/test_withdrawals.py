"""BAJA: what may be ended without logging in, by whom, and that it ends with a receipt."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import AccountLink, User, Withdrawal
from accounts.models.terms import TermsAcceptance
from adhesions.enums import AdhesionEnd
from adhesions.models import DigitalBilling
from oficina.pages.withdrawals.ending import NothingToEndError, withdraw
from tests.accounts.identity import customer, last_mail, log_in, mailed_code, sent_mails
from tests.answers import text_of
from tests.factories.accounts import AccountLinkFactory
from tests.factories.adhesions import digital
from tests.factories.debits import bank_mandate

pytestmark = pytest.mark.django_db

MAIL = "ana@correo.example"
STUDIO = "estudio@correo.example"
STEPS = ("/baja/", "/baja/codigo/", "/baja/elegir/", "/baja/confirmar/?que=usuario", "/baja/constancia/")


def ask(client: Client, email: str = MAIL, kind: str = "factura-digital") -> None:
    answer = client.post("/baja/", {"email": email, "kind": kind})
    assert (answer.status_code, answer["Location"]) == (302, "/baja/codigo/")


def prove(client: Client, email: str = MAIL, kind: str = "factura-digital") -> None:
    ask(client, email, kind)
    answer = client.post("/baja/codigo/", {"code": mailed_code(email)})
    assert (answer.status_code, answer["Location"]) == (302, "/baja/elegir/")


def confirm(client: Client, *keys: str) -> None:
    answer = client.post("/baja/confirmar/?" + "&".join(f"que={key}" for key in keys))
    assert (answer.status_code, answer["Location"]) == (302, "/baja/constancia/")


def test_every_page_leads_to_it_by_a_button(anonymous: Client) -> None:
    assert 'class="button button--secondary button--small" href="/baja/">Botón de baja' in text_of(anonymous.get("/"))


def test_without_a_code_no_step_opens(anonymous: Client, as_owner: Client, link: AccountLink) -> None:
    for client in (anonymous, as_owner):
        assert client.get("/baja/").status_code == 200
        for path in STEPS[1:]:
            assert client.get(path)["Location"] == "/baja/"
        assert client.post("/baja/confirmar/?que=usuario")["Location"] == "/baja/"
        for path in ("/baja/elegir/", "/baja/constancia/"):
            assert client.post(path).status_code == 405
        for path in ("/baja/", "/baja/codigo/", "/baja/confirmar/"):
            assert client.put(path).status_code == 405
    assert f'value="{MAIL}"' in text_of(as_owner.get("/baja/"))
    ask(anonymous)
    for path in STEPS[2:4]:
        assert anonymous.get(path)["Location"] == "/baja/"
    assert anonymous.post("/baja/confirmar/?que=usuario")["Location"] == "/baja/"
    assert User.objects.get(email=MAIL).is_active


def test_an_adhesion_ends_with_a_receipt_on_the_screen_and_by_mail(
    at_noon: time_machine.Traveller, anonymous: Client, link: AccountLink, owner: User
) -> None:
    adhesion = digital(link)
    mandate = bank_mandate(link)
    prove(anonymous)
    page = text_of(anonymous.get("/baja/elegir/"))
    assert f'value="{adhesion.public_id}" checked' in page
    assert f'value="{mandate.public_id}"><span>Débito automático' in page
    question = text_of(anonymous.get(f"/baja/confirmar/?que={adhesion.public_id}"))
    assert f"Factura digital: cuenta terminada en {link.account.number[-4:-1]}" in question
    assert "Débito automático" not in question
    assert DigitalBilling.objects.live().get() == adhesion

    confirm(anonymous, adhesion.public_id)
    adhesion.refresh_from_db()
    assert (adhesion.ended_by, adhesion.end_reason) == (owner, AdhesionEnd.MAKER)
    assert adhesion.ended_at == timezone.now()
    mandate.refresh_from_db()
    assert mandate.ended_at is None
    receipt = Withdrawal.objects.get()
    assert (receipt.user, receipt.made_at, receipt.ip_address) == (owner, timezone.now(), "127.0.0.1")
    assert [line.partition(":")[0] for line in receipt.ended] == ["Factura digital"]
    page = text_of(anonymous.get("/baja/constancia/"))
    told = next(mail for mail in sent_mails() if "Constancia de baja" in mail.subject and mail.to == [MAIL])
    for said in (str(receipt), "24/11/2026", receipt.ended[0]):
        assert said in page
        assert said in str(told.body)
    assert [mail.to for mail in sent_mails() if "Factura digital: baja" in mail.subject] == [[MAIL]]


def test_both_adhesions_end_at_once(anonymous: Client, link: AccountLink) -> None:
    adhesion, mandate = digital(link), bank_mandate(link)
    prove(anonymous, kind="debito-automatico")
    confirm(anonymous, mandate.public_id, adhesion.public_id)
    mandate.refresh_from_db()
    assert mandate.end_reason == AdhesionEnd.MAKER
    assert not DigitalBilling.objects.live().exists()
    assert len(Withdrawal.objects.get().ended) == 2


def test_closing_the_user_ends_all_that_it_made_and_logs_it_out(client: Client, link: AccountLink) -> None:
    ana = customer("lucia@correo.example")
    house = AccountLinkFactory.create(user=ana, account=link.account)
    adhesion, mandate = digital(house), bank_mandate(house)
    log_in(client, ana)
    prove(client, ana.email, "usuario")
    assert "No se puede deshacer" in text_of(client.get("/baja/confirmar/?que=usuario"))
    confirm(client, "usuario")
    ana.refresh_from_db()
    adhesion.refresh_from_db()
    mandate.refresh_from_db()
    assert not ana.is_active
    assert adhesion.ended_at is not None
    assert mandate.ended_at is not None
    page = text_of(client.get("/baja/constancia/"))
    receipt = Withdrawal.objects.get(user=ana)
    assert [line.partition(":")[0] for line in receipt.ended] == [
        "Factura digital", "Débito automático", "Usuario de la Oficina Virtual",
    ]  # fmt: skip
    assert str(receipt) in page
    assert client.get("/mis-datos/").status_code == 302
    subjects = [str(mail.subject) for mail in sent_mails() if mail.to == ["lucia@correo.example"]]
    assert f"Constancia de baja {receipt}" in subjects
    assert "Cerraste tu usuario" in subjects
    assert User.objects.filter(email="ana@correo.example", is_active=True).exists()


def test_a_mail_that_only_receives_bills_ends_those_and_nothing_else(
    anonymous: Client, link: AccountLink, owner: User
) -> None:
    adhesion, own = digital(link, email=STUDIO), bank_mandate(link)
    prove(anonymous, STUDIO)
    page = text_of(anonymous.get("/baja/elegir/"))
    assert adhesion.public_id in page
    assert own.public_id not in page
    assert 'value="usuario"' not in page
    answer = anonymous.post(f"/baja/confirmar/?que=usuario&que={own.public_id}")
    assert answer["Location"] == "/baja/elegir/"
    confirm(anonymous, adhesion.public_id, own.public_id, "usuario")
    adhesion.refresh_from_db()
    assert (adhesion.ended_by, adhesion.end_reason) == (None, AdhesionEnd.UNSUBSCRIBED)
    own.refresh_from_db()
    owner.refresh_from_db()
    assert own.ended_at is None
    assert owner.is_active
    assert Withdrawal.objects.get().user is None


def test_what_belongs_to_somebody_else_is_not_offered(anonymous: Client, link: AccountLink, teammate: User) -> None:
    other = digital(teammate.links.get())
    prove(anonymous)
    assert other.public_id not in text_of(anonymous.get("/baja/elegir/"))
    assert anonymous.post(f"/baja/confirmar/?que={other.public_id}")["Location"] == "/baja/elegir/"
    other.refresh_from_db()
    assert other.ended_at is None


def test_screens_never_say_whether_a_mail_is_known(link: AccountLink) -> None:
    pages = []
    for email in (MAIL, "nadie@correo.example"):
        client = Client()
        ask(client, email)
        pages.append(text_of(client.get("/baja/codigo/")).replace(email, "MAIL"))
        wrong = client.post("/baja/codigo/", {"code": "0000-0000"})
        pages.append(text_of(wrong).replace(email, "MAIL"))
    without_tokens = [
        [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line] for page in pages
    ]  # a token differs on each page
    assert without_tokens[0] == without_tokens[2]
    assert without_tokens[1] == without_tokens[3]
    nothing = last_mail("nadie@correo.example")
    assert nothing.subject == "No hay nada para dar de baja con este mail"
    assert "/baja/" in str(nothing.body)


def test_codes_wear_out_expire_and_are_replaced(at_noon: time_machine.Traveller, link: AccountLink) -> None:
    client = Client()
    ask(client)
    code = mailed_code(MAIL)
    assert "Te quedan 4 intentos" in text_of(client.post("/baja/codigo/", {"code": "0000-0000"}))
    at_noon.shift(timedelta(minutes=16))
    assert "Ese código venció" in text_of(client.post("/baja/codigo/", {"code": code}))
    assert client.post("/baja/codigo/", {"action": "resend"})["Location"] == "/baja/codigo/"
    assert mailed_code(MAIL) != code
    assert "Te quedan 4 intentos" in text_of(client.post("/baja/codigo/", {"code": code}))
    for _ in range(4):
        client.post("/baja/codigo/", {"code": "0000-0000"})
    worn = client.post("/baja/codigo/", {"code": mailed_code(MAIL)})
    assert "Fueron demasiados intentos con este código" in text_of(worn)
    at_noon.shift(timedelta(minutes=1))
    client.post("/baja/codigo/", {"action": "resend"})
    assert client.post("/baja/codigo/", {"code": mailed_code(MAIL)})["Location"] == "/baja/elegir/"
    at_noon.shift(timedelta(minutes=16))
    assert client.get("/baja/elegir/")["Location"] == "/baja/"


def test_a_mailbox_is_not_flooded(at_noon: time_machine.Traveller, link: AccountLink) -> None:
    for _ in range(3):
        ask(Client())
    assert len([mail for mail in sent_mails() if mail.to == [MAIL]]) == 1
    client = Client()
    at_noon.shift(timedelta(seconds=11))
    ask(client)
    for _ in range(4):
        at_noon.shift(timedelta(seconds=11))
        client.post("/baja/codigo/", {"action": "resend"})
    at_noon.shift(timedelta(seconds=11))
    client.post("/baja/codigo/", {"action": "resend"})
    assert len([mail for mail in sent_mails() if mail.to == [MAIL]]) == 6


def test_a_second_press_finds_it_done(anonymous: Client, link: AccountLink) -> None:
    adhesion = digital(link)
    prove(anonymous)
    confirm(anonymous, adhesion.public_id)
    confirm(anonymous, adhesion.public_id)
    assert Withdrawal.objects.count() == 1
    with pytest.raises(NothingToEndError):
        withdraw(MAIL, {adhesion.public_id}, ip=None, now=timezone.now())
    assert Withdrawal.objects.count() == 1


def test_nothing_left_is_said(anonymous: Client, link: AccountLink) -> None:
    adhesion = digital(link, email=STUDIO)
    prove(anonymous, STUDIO)
    withdraw(STUDIO, {adhesion.public_id}, ip=None, now=timezone.now())
    assert "Ya no queda nada por dar de baja" in text_of(anonymous.get("/baja/elegir/"))
    assert TermsAcceptance.objects.filter(pk=adhesion.acceptance_id).exists()


def test_a_form_that_is_wrong_says_what_to_do(anonymous: Client) -> None:
    page = text_of(anonymous.post("/baja/", {"email": "ana", "kind": "x"}))
    assert "Falta la arroba (@)" in page
    assert "Elegí qué querés dar de baja." in page
    assert "<title>Error: Baja" in page
