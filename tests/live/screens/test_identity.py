"""Entering, registering, one's own data and the second factor."""

import re
import time

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page

from accounts.enums import TermsPurpose
from accounts.models import User
from accounts.terms import accept_terms
from tests.factories.accounts import PASSWORD, UserFactory
from tests.live import journey
from tests.live.portal import Portal
from tests.live.screens.doing import send, submit
from tests.live.screens.names import OWN_DATA, SECOND_FACTOR, STRANGERS_TO_IT
from tests.live.tour import Tour


def test_screens_of_entering_and_registering(portal: Portal, tour: Tour) -> None:
    page = tour.page
    tour.see("/ingresar/", "account_login")
    page.locator("#id_login").fill("nadie@correo.example")
    page.locator("#id_password").fill("otra-cosa")
    submit(page, "Ingresar")
    tour.look("account_login", "with an error")
    tour.see("/ingresar/inactivo/", "account_inactive")

    tour.see("/registrate/", "account_signup")
    submit(page, "Registrarme")
    tour.look("account_signup", "with errors")
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Registrate").click()
    journey.fill_registration(page, "lucia@correo.example")
    tour.look("registration_code")
    page.locator("#id_code").fill("00000000")
    submit(page, "Confirmar")
    tour.look("registration_code", "with an error")

    user = registered("ana@correo.example")
    tour.see("/recuperar-contrasena/", "account_reset_password")
    send(page)
    tour.look("account_reset_password", "with an error")
    page.locator("#id_email").fill(user.email)
    send(page)
    tour.look("account_confirm_password_reset_code")
    page.locator("#id_code").fill("00000000")
    submit(page, "Continuar")
    tour.look("account_confirm_password_reset_code", "with an error")
    page.locator("#id_code").fill(journey.code_mailed_to(portal, user.email))
    submit(page, "Continuar")
    tour.look("account_complete_password_reset")

    assert tour.faults == []
    assert tour.seen == STRANGERS_TO_IT


def test_screens_of_own_data(portal: Portal, tour: Tour) -> None:
    page = tour.page
    user = registered("ana@correo.example")
    log_in_by_password(page, user.email)
    tour.look("accept_terms")
    submit(page, "Aceptar y seguir")
    tour.look("accept_terms", "with an error")
    page.locator("#id_terms").check()
    submit(page, "Aceptar y seguir")

    tour.see("/mis-datos/", "my_data")
    page.locator("#id_document").fill("1")
    submit(page, "Guardar mis datos")
    tour.look("my_data", "with an error")
    tour.see("/mis-datos/cerrar-usuario/", "close_user")
    submit(page, "Cerrar mi usuario")
    tour.look("close_user", "with an error")
    tour.see("/mis-datos/contrasena/", "account_change_password")
    send(page)
    tour.look("account_change_password", "with errors")
    tour.see("/mis-datos/sesiones/", "usersessions_list")
    tour.see("/salir/", "account_logout")
    tour.see("/confirmar-acceso/", "account_reauthenticate")
    send(page)
    tour.look("account_reauthenticate", "with an error")
    tour.see("/mis-datos/mail/", "account_email")
    page.locator("#id_email").fill("otra@correo.example")
    send(page)
    prove(page)
    tour.look("account_email_verification_sent")

    page.context.clear_cookies()
    journey.log_in(page, UserFactory.create(email="bruno@correo.example"))
    tour.see("/mis-datos/contrasena/elegir/", "account_set_password")

    assert tour.faults == []
    assert tour.seen == OWN_DATA


def test_screens_of_the_second_factor(portal: Portal, tour: Tour) -> None:
    page = tour.page
    user = registered("ana@correo.example")
    accept_terms(user, TermsPurpose.REGISTRATION, None)
    log_in_by_password(page, user.email)

    tour.see("/mis-datos/segundo-factor/", "mfa_index", "not active")
    page.goto("/mis-datos/segundo-factor/activar/")
    prove(page)
    tour.look("mfa_activate_totp")
    secret = re.sub(r"\W", "", page.locator("main details strong").text_content() or "")
    page.locator("#id_code").fill("000000")
    send(page)
    tour.look("mfa_activate_totp", "with an error")
    page.locator("#id_code").fill(on_the_telephone(secret))
    send(page)
    tour.look("mfa_view_recovery_codes")
    tour.see("/mis-datos/segundo-factor/", "mfa_index", "active")
    tour.see("/mis-datos/segundo-factor/codigos/nuevos/", "mfa_generate_recovery_codes")
    tour.see("/mis-datos/segundo-factor/desactivar/", "mfa_deactivate_totp")
    tour.see("/confirmar-acceso/segundo-factor/", "mfa_reauthenticate")

    page.context.clear_cookies()
    log_in_by_password(page, user.email)
    tour.look("mfa_authenticate")
    page.locator("#id_code").fill("000000")
    send(page)
    tour.look("mfa_authenticate", "with an error")

    assert tour.faults == []
    assert tour.seen == SECOND_FACTOR


def registered(email: str) -> User:
    """Somebody who can log in by the page."""
    user = UserFactory.create(email=email, password=PASSWORD)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def log_in_by_password(page: Page, email: str) -> None:
    page.goto("/ingresar/")
    page.locator("#id_login").fill(email)
    page.locator("#id_password").fill(PASSWORD)
    submit(page, "Ingresar")


def prove(page: Page) -> None:
    """The password once more, for what is delicate."""
    page.locator("#id_password").fill(PASSWORD)
    send(page)


def on_the_telephone(secret: str) -> str:
    """The code that the telephone shows now."""
    code: str = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    return code
