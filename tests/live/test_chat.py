"""A conversation between a person and the office, in two browsers: with scripts, and without."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories.accounts import UserFactory
from tests.factories.chat import open_hours
from tests.factories.claims import picture_bytes
from tests.live import journey
from tests.live.browsing import DESKTOP, PHONE, Visits
from tests.live.portal import Portal
from tests.live.test_office_money import clerk, opened_by, press
from tramites.chat.mailing import mail_unread_answers
from tramites.enums import ConversationState
from tramites.help.first_help import publish_first_help
from tramites.models import CannedAnswer, Conversation, OpeningHours

EVIL = '<script>document.title = "roto"</script><img src="x" onerror="document.title = \'roto\'">'
VISITOR = "vecina@correo.example"


@pytest.fixture(autouse=True)
def _texts(portal: Portal) -> None:
    publish_first_help(now=timezone.now())
    CannedAnswer.objects.create(title="Corte", body=f"El corte termina a las 16. {EVIL}")


def ask(page: Page, question: str) -> None:
    page.goto("/asistente/")
    page.get_by_label("¿En qué te podemos ayudar?").fill(question)
    with page.expect_navigation():
        page.get_by_role("button", name="Preguntar", exact=True).click()


def attend(visits: Visits) -> Page:
    office = opened_by(visits, clerk("view_conversation", "answer_conversation"))
    office.goto("/admin/tramites/conversation/")
    office.locator("#result_list a[href*='/tramites/conversation/'][href*='/change/']").first.click()
    return office


def said(page: Page) -> list[str]:
    return page.locator("[data-number]").all_inner_texts()


def test_customer_and_office_talk_without_loading_their_pages_again(portal: Portal, visits: Visits) -> None:
    open_hours()
    ana = UserFactory.create(email=journey.ANA, first_name="Ana", last_name="Suárez")
    page = visits.open("/accesibilidad/", width=DESKTOP)
    journey.log_in(page, ana)
    ask(page, f"Hola, no me llego la boleta. {EVIL}")
    page.get_by_role("log").get_by_role("link", name="No me llegó la factura").wait_for()
    press(page, "Hablar con una persona")
    office = attend(visits)
    press(office, "Atenderla yo")
    for each in (page, office):
        each.evaluate("window.sameDocument = true")

    typed = page.get_by_label("Tu mensaje")
    typed.press_sequentially("Mi cuenta es ")
    office.get_by_label("Respuesta preparada").select_option(label="Corte")
    press(office, "Poner en la respuesta")
    expect(office.get_by_label("Respuesta", exact=True)).to_have_value(re.compile("termina a las 16"))
    press(office, "Enviar respuesta")

    expect(page.get_by_text("Olga, de la oficina")).to_be_visible()
    expect(typed).to_be_focused()
    typed.press_sequentially("082-0014237")
    expect(typed).to_have_value("Mi cuenta es 082-0014237")
    page.get_by_label("Adjuntar una foto o un PDF").set_input_files(
        {"name": "medidor.png", "mimeType": "image/png", "buffer": picture_bytes()}
    )
    office.evaluate("window.sameDocument = true")
    page.get_by_role("button", name="Enviar", exact=True).click()

    expect(office.get_by_text("Mi cuenta es 082-0014237")).to_be_visible()
    expect(page.get_by_text("Mi cuenta es 082-0014237")).to_be_visible()
    expect(page.get_by_label("Tu mensaje")).to_have_value("")
    expect(page.get_by_label("Tu mensaje")).to_be_focused()
    assert [each.evaluate("window.sameDocument") for each in (page, office)] == [True, True]
    assert "roto" not in page.title() + office.title()
    assert len(said(page)) == len(said(office)) >= 5  # and, out of hours, that nobody is there
    file = office.request.get(office.get_by_role("link", name="medidor.png").get_attribute("href") or "")
    assert (file.status, file.headers["content-type"]) == (200, "image/png")

    press(office, "Cerrar la conversación")
    expect(page.get_by_text("La oficina cerró esta conversación")).to_be_visible()
    assert Conversation.objects.get().state == ConversationState.CLOSED


def test_visitor_without_scripts_is_told_by_mail_and_comes_back(portal: Portal, visits: Visits) -> None:
    OpeningHours.objects.all().delete()  # nobody is there
    page = visits.open("/", javascript=False, width=PHONE)
    ask(page, "¿Hasta cuándo dura el corte?")
    page.get_by_label("Tu mail").fill(VISITOR)
    press(page, "Hablar con una persona")
    assert "En este momento no hay nadie atendiendo" in said(page)[-1]

    office = attend(visits)
    office.get_by_label("Respuesta", exact=True).fill("Hasta las 16.")
    press(office, "Enviar respuesta")
    assert mail_unread_answers(now=timezone.now() + timedelta(minutes=5)) == 1
    mail = portal.wait_for_mail(VISITOR, subject="Respondimos tu consulta")

    press(page, "Ver mensajes nuevos")
    assert "Hasta las 16." in said(page)[-1]
    page.get_by_label("Tu mensaje").fill("¡Gracias!")
    press(page, "Enviar")
    assert "¡Gracias!" in said(page)[-2]  # and that nobody is there

    link = re.search(r"/asistente/volver/\S+", mail.text)
    assert link
    telephone = visits.open(link[0], javascript=False, width=PHONE)
    press(telephone, "Ver la respuesta")
    assert "Hasta las 16." in telephone.get_by_role("log").inner_text()
    press(page, "Terminar la conversación")
    expect(page.get_by_label("¿En qué te podemos ayudar?")).to_be_visible()
    assert Conversation.objects.get().state == ConversationState.CLOSED
