"""Every page and mail about a person's access: who may see it, in which words, with which headers."""

import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from django.urls import Resolver404, resolve

from accounts.enums import TermsPurpose
from accounts.models import User
from accounts.terms import accept_terms
from accounts.urls import urlpatterns
from tests.accounts.identity import MAIL, customer, log_in, mailed_code, prove_again, registration, sent_mails
from tests.accounts.spanish import foreign_words, visible_text
from tests.answers import Answer
from tests.factories.accounts import PASSWORD, UserFactory

PUBLIC = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_reset_password",
    "account_password_reset_completed",
}
IN_THE_MIDDLE = {
    # Pages of a step: without the step before, they lead back.
    "mfa_authenticate": "/ingresar/",
    "registration_code": "/registrate/",
    "account_confirm_password_reset_code": "/ingresar/",
    "account_complete_password_reset": "/recuperar-contrasena/",
    "account_email_verification_sent": "/ingresar/",
}
PERSONAL = {
    "account_reauthenticate",
    "mfa_reauthenticate",
    "accept_terms",
    "my_data",
    "account_email",
    "account_change_password",
    "account_set_password",
    "usersessions_list",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "close_user",
}
ADDRESSES = {str(pattern.name): f"/{pattern.pattern}" for pattern in urlpatterns if "<" not in str(pattern.pattern)}
"""Those of one page each. What names a record in its address is tested with it."""


def test_every_address_is_in_one_of_the_lists_of_this_file() -> None:
    assert set(ADDRESSES) == PUBLIC | set(IN_THE_MIDDLE) | PERSONAL


@pytest.mark.parametrize("name", sorted(PERSONAL))
@pytest.mark.django_db
def test_personal_page_leads_an_anonymous_visitor_to_login_and_back(client: Client, name: str) -> None:
    for answer in (client.get(ADDRESSES[name]), client.post(ADDRESSES[name])):
        assert answer.status_code == 302
        assert answer["Location"] == f"/ingresar/?next={ADDRESSES[name]}"


@pytest.mark.parametrize("name", sorted(IN_THE_MIDDLE))
@pytest.mark.django_db
def test_page_of_a_step_leads_back_without_the_step_before(client: Client, name: str) -> None:
    for answer in (client.get(ADDRESSES[name]), client.post(ADDRESSES[name], {"code": "0000-0000"})):
        assert (answer.status_code, answer["Location"]) == (302, IN_THE_MIDDLE[name])


@pytest.mark.parametrize("name", sorted(set(ADDRESSES) - {"account_logout"}))
@pytest.mark.django_db
def test_page_refuses_other_methods(client: Client, name: str) -> None:
    client.force_login(customer(), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.delete(ADDRESSES[name]).status_code in {302, 404, 405}


@pytest.mark.parametrize(
    "path", ["/login/", "/signup/", "/email/", "/password/change/", "/2fa/", "/sessions/", "/accounts/login/"]
)
def test_no_address_is_in_english(path: str) -> None:
    with pytest.raises(Resolver404):
        resolve(path)


def test_foreign_words_finds_what_it_looks_for() -> None:
    page = '<title>Sign in</title><p>Introduzca su <b>password</b></p><input placeholder="Email"><i>Ingresá</i>'
    assert foreign_words(visible_text(page)) == ["email", "introduzca", "password", "sign"]


@pytest.mark.django_db(transaction=True)
def test_every_page_and_mail_speaks_as_in_argentina(at_noon: time_machine.Traveller) -> None:
    walk = Walk()
    walk.public_pages()
    walk.registration()
    walk.recovery(at_noon)
    walk.personal_pages()
    walk.second_factor(at_noon)
    walk.leaving(at_noon)

    assert walk.seen >= set(ADDRESSES)
    assert len(set(walk.titles.values())) == len(walk.titles), "titles are unique"
    subjects = [str(message.subject) for message in sent_mails()]
    assert len(set(map(_without_code, subjects))) == 13, subjects
    for message in sent_mails():
        html = str(message.alternatives[0][0])  # type: ignore[attr-defined]  # every mail of the portal has both
        for text in (str(message.subject), str(message.body), visible_text(html)):
            assert foreign_words(text) == [], message.subject
        assert "Aguas del Piedemonte" in str(message.body)


class Walk:
    """Opens every page as a person would and reads each one."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.titles: dict[str, str] = {}
        self.browser = Client()

    def read(self, answer: Answer, name: str) -> None:
        """Check a page that was answered; its title is kept when it is the page itself and not its error."""
        assert answer.status_code == 200, (name, answer.status_code, answer.get("Location"))
        html = answer.content.decode()
        assert foreign_words(visible_text(html)) == [], name
        assert html.count("<h1") == 1, name
        assert not re.search(r'\sstyle="|\son\w+="|<script(?![^>]*\bsrc=)', html), name
        assert "'unsafe-" not in answer["Content-Security-Policy"]
        title = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
        assert title
        if not title.group(1).startswith("Error: "):
            self.titles[name] = title.group(1)
        self.seen.add(name)

    def open(self, name: str) -> None:
        """Read a page and its answer to nothing typed."""
        self.read(self.browser.get(ADDRESSES[name]), name)

    def send(self, name: str, **typed: str) -> Answer:
        """Type and press the button. When it is not taken, the page with the errors is read."""
        answer = self.browser.post(ADDRESSES[name], typed)
        if answer.status_code == 200:
            self.read(answer, name)
        return answer

    def public_pages(self) -> None:
        """Anonymous, with all the errors of an empty form."""
        self.seen.add("account_logout")  # anonymous, it only leads home
        for name in sorted(PUBLIC - {"account_logout"}):
            self.open(name)
            if name not in {"account_inactive", "account_password_reset_completed"}:
                self.send(name)
        self.send("account_login", login=MAIL, password="otra-contraseña")

    def registration(self) -> None:
        """To the end, with a wrong code on the way."""
        customer("ana@correo.example")
        Client().post("/registrate/", registration(email="ana@correo.example"))
        self.send("account_signup", **registration())
        self.open("registration_code")
        self.send("registration_code", code="0000-0000")
        self.send("registration_code", action="change", email="x")
        assert self.send("registration_code", code=mailed_code()).status_code == 302
        User.objects.filter(email=MAIL).get().set_password(PASSWORD)
        self.browser.post("/salir/")

    def recovery(self, traveller: time_machine.Traveller) -> None:
        """Of an unknown mail and of one's own."""
        self.send("account_reset_password", email="nadie@correo.example")
        self.send("account_reset_password", email=MAIL)
        self.open("account_confirm_password_reset_code")
        self.send("account_confirm_password_reset_code", code="0000-0000")
        self.send("account_confirm_password_reset_code", code=mailed_code())
        self.open("account_complete_password_reset")
        self.send("account_complete_password_reset", password1="corta")
        assert self.send("account_complete_password_reset", password1=PASSWORD).status_code == 302
        traveller.shift(600)

    def personal_pages(self) -> None:
        """Mis datos and what hangs from it."""
        for name in ("account_reauthenticate", "my_data", "account_email", "account_change_password", "close_user"):
            self.open(name)
            self.send(name, **({"action_add": "1"} if name == "account_email" else {}))
        for name in ("usersessions_list", "mfa_index", "account_logout"):
            self.open(name)
        prove_again(self.browser)
        self.send("account_change_password", oldpassword=PASSWORD, password1=PASSWORD)
        assert self.send("account_email", email="nuevo@correo.example", action_add="1").status_code == 302
        self.open("account_email_verification_sent")
        self.send("account_email_verification_sent", code="0000-0000")
        self.send("account_email_verification_sent", code=mailed_code("nuevo@correo.example"))
        self.read(self.browser.get("/mis-datos/"), "my_data")

    def second_factor(self, traveller: time_machine.Traveller) -> None:
        """On, used, renewed and off."""
        prove_again(self.browser)
        self.open("mfa_activate_totp")
        self.send("mfa_activate_totp", code="x")
        secret = self.browser.get(ADDRESSES["mfa_activate_totp"]).context["form"].secret
        assert self.send("mfa_activate_totp", code=_totp(secret)).status_code == 302
        for name in ("mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_deactivate_totp", "mfa_index"):
            self.open(name)
        download = self.browser.get(ADDRESSES["mfa_download_recovery_codes"]).content.decode()
        assert foreign_words(download) == []
        self.seen.add("mfa_download_recovery_codes")
        self.open("mfa_reauthenticate")
        self.send("mfa_reauthenticate", code="x")
        self.send("mfa_generate_recovery_codes")
        traveller.shift(90)
        owner, self.browser = self.browser, Client()
        self.send("account_login", login="nuevo@correo.example", password=PASSWORD)
        self.open("mfa_authenticate")
        self.send("mfa_authenticate", code="x")
        self.browser = owner
        self.send("mfa_deactivate_totp")
        assert not Authenticator.objects.exists()

    def leaving(self, traveller: time_machine.Traveller) -> None:
        """New terms, a user of the office without password, and the end."""
        self.send("close_user", password=PASSWORD)
        self.browser = Client()
        owing = customer("debe@correo.example")
        log_in(self.browser, owing)
        self.open("accept_terms")
        self.send("accept_terms")
        self.browser = Client()
        nobody = UserFactory.create(email="sin@correo.example")
        accept_terms(nobody, TermsPurpose.REGISTRATION, None)
        self.browser.force_login(nobody, backend="allauth.account.auth_backends.AuthenticationBackend")
        self.open("account_set_password")
        self.send("account_set_password", password1="corta")
        self.send("account_set_password", password1=PASSWORD)
        traveller.shift(1)


def _totp(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def _without_code(subject: str) -> str:
    return subject.partition(":")[0]
