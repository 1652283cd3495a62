"""The pages of Asistente virtual: what each person sees and may do there."""

import re
from http import HTTPStatus
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.models import User
from oficina.shared.ids import public_id
from tests.factories.chat import answered, assisted, fresh, open_hours, talker, waiting, words
from tests.factories.guidance import help_topic, procedure
from tramites.chat.answering import answer_customer, close_conversation
from tramites.chat.conversing import write_message
from tramites.chat.forms import TOO_LONG, TOO_OFTEN
from tramites.enums import ConversationEnd, ConversationState, MessageAuthor
from tramites.models import Conversation, Message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

HX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _office_hours(at_noon: object, db: None) -> None:
    open_hours()


def page(conversation: Conversation) -> str:
    return reverse("conversation", args=[conversation.public_id])


def part(conversation: Conversation, name: str) -> str:
    return reverse(name, args=[conversation.public_id])


def ask(client: Client, body: str = "No me llegó la factura", *, key: str = "", **more: str) -> Conversation:
    """Ask as that browser does: the page first, then its form."""
    client.get("/asistente/")
    answer = client.post("/asistente/", {"body": body, "key": key or public_id(), **more})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    return Conversation.objects.get(public_id=answer["Location"].split("/")[2])


def picture(name: str = "medidor.png") -> SimpleUploadedFile:
    written = BytesIO()
    Image.new("RGB", (30, 30), "white").save(written, "PNG")
    return SimpleUploadedFile(name, written.getvalue(), "image/png")


def test_visitor_asks_and_the_assistant_proposes_help(anonymous: Client) -> None:
    for slug, title in (("factura", "No recibí la factura"), ("pagos", "Cómo pago"), ("agua", "No tengo agua")):
        help_topic(slug=slug, title=title, body="x")
    conversation = ask(anonymous, "no me llego la factura")

    html = anonymous.get(page(conversation)).content.decode()

    assert (conversation.user, conversation.state) == (None, ConversationState.ASSISTED)
    assert 'href="/ayuda/factura/">No recibí la factura' in html
    assert "/ayuda/agua/" not in html
    assert "Hablar con una persona" in html
    assert [m.author for m in conversation.messages.order_by("number")] == ["customer", "assistant"]


def test_the_assistant_proposes_three_topics_at_most(as_owner: Client) -> None:
    for number in range(5):
        help_topic(title=f"Pagar la factura {number}")
    conversation = ask(as_owner, "pagar factura")
    assert len(conversation.messages.get(number=2).topics) == 3
    assert as_owner.get(page(conversation)).content.decode().count('href="/ayuda/tema-') == 3


def test_the_assistant_finds_the_question_among_greetings(as_owner: Client) -> None:
    help_topic(slug="factura", title="No recibí la factura", body="x")
    told = "Buenas tardes, soy Norma de Godoy Cruz y vivo sola. Quería preguntarles: no recibí la factura. Gracias"
    assert ask(as_owner, told).messages.get(number=2).topics == ["factura"]
    assert ask(as_owner, "Buenas tardes. ¿Venden pan casero?").messages.get(number=2).topics == []


def test_the_topic_of_the_address_is_told_when_there_is_such_a_topic(as_owner: Client) -> None:
    help_topic(slug="cortes", title="Cortes de agua")
    assert "Consulta sobre «Cortes de agua»" in as_owner.get("/asistente/?tema=cortes").content.decode()
    for other in ("otro", "<script>", "ñ", "x" * 300, "a\0"):
        html = as_owner.get("/asistente/", {"tema": other}).content.decode()
        assert "Tu consulta" in html
        assert "<script>" not in html.replace("<script src", "")
    procedure(slug="medidor", title="Cambio de medidor", chat_offered=True)
    procedure(slug="otro-tramite", title="Sin asistente")
    assert "Consulta sobre «Cambio de medidor»" in as_owner.get("/asistente/?tema=medidor").content.decode()
    assert "Sin asistente" not in as_owner.get("/asistente/?tema=otro-tramite").content.decode()
    conversation = ask(as_owner, "¿Hasta cuándo?", tema="cortes")
    assert conversation.subject == "Cortes de agua"
    assert "Sobre «Cortes de agua»" in as_owner.get(page(conversation)).content.decode()


def test_whoever_has_a_conversation_open_is_led_to_it(as_owner: Client, owner: User) -> None:
    conversation = waiting(owner)
    help_topic(slug="cortes", title="Cortes de agua")
    answer = as_owner.get("/asistente/?tema=cortes")
    assert (answer.status_code, answer["Location"]) == (HTTPStatus.SEE_OTHER, f"{page(conversation)}?tema=cortes")
    assert "Sobre «Cortes de agua»: </textarea>" in as_owner.get(answer["Location"]).content.decode()


def test_others_do_not_find_it(
    as_owner: Client, as_stranger: Client, anonymous: Client, as_staff_without_chat: Client, owner: User
) -> None:
    conversation = answered(owner, by=owner)
    write_message(conversation, talker(owner), words("Esto", attachment=None), now=timezone.now())
    addresses = [page(conversation), part(conversation, "conversation_news")]
    for client in (as_stranger, anonymous, as_staff_without_chat):
        assert [client.get(address).status_code for address in addresses] == [404, 404]
        for name in ("conversation", "ask_for_a_person", "conversation_mail", "end_own_conversation"):
            assert client.post(part(conversation, name), {"body": "x", "key": public_id()}).status_code == 404
    assert [as_owner.get(address).status_code for address in addresses] == [200, 200]
    assert as_owner.get("/asistente/00000000000000000000/").status_code == 404


def test_wrong_methods_are_refused(as_owner: Client, owner: User) -> None:
    conversation = waiting(owner)
    for name in ("ask_for_a_person", "conversation_mail", "keep_in_user", "end_own_conversation"):
        assert as_owner.get(part(conversation, name)).status_code == 405
    assert as_owner.post(part(conversation, "conversation_news")).status_code == 405
    assert as_owner.put(page(conversation)).status_code == 405


def test_asking_for_a_person_puts_it_into_the_queue(as_owner: Client, owner: User) -> None:
    conversation = assisted(owner)
    answer = as_owner.post(part(conversation, "ask_for_a_person"), follow=True)
    assert "ya le avisamos a la oficina" in answer.content.decode()
    assert "Hablar con una persona" not in answer.content.decode()
    found = fresh(conversation)
    assert (found.state, found.waiting_since) == (ConversationState.WAITING, timezone.now())
    as_owner.post(part(conversation, "ask_for_a_person"))
    assert fresh(conversation).said == 3


def test_message_is_said_once_however_often_it_is_sent(as_owner: Client, owner: User) -> None:
    conversation, key = waiting(owner), public_id()
    for _ in range(3):
        answer = as_owner.post(page(conversation), {"body": "¿Hola?", "key": key})
        assert answer.status_code == HTTPStatus.SEE_OTHER
    assert list(conversation.messages.filter(author=MessageAuthor.CUSTOMER).values_list("body", flat=True)) == [
        "¿Cuándo vuelve el agua?",
        "¿Hola?",
    ]
    first = ask(as_owner, key="0" * 20)
    assert as_owner.post("/asistente/", {"body": "x", "key": "0" * 20})["Location"].startswith(page(first))
    assert Conversation.objects.count() == 2


def test_with_htmx_the_form_comes_back_alone(as_owner: Client, owner: User) -> None:
    conversation = waiting(owner)
    sent = as_owner.post(page(conversation), {"body": "¿Hola?", "key": public_id()}, headers=HX).content.decode()
    assert "<html" not in sent
    assert re.search(r"<textarea[^>]*>\s*</textarea>", sent)
    refused = as_owner.post(page(conversation), {"body": " ", "key": public_id()}, headers=HX).content.decode()
    assert "Escribí tu mensaje." in refused
    assert Message.objects.filter(body="¿Hola?").count() == 1


def test_a_message_that_is_too_long_is_not_lost(as_owner: Client, owner: User) -> None:
    conversation, text = waiting(owner), "a" * 2001
    html = as_owner.post(page(conversation), {"body": text, "key": public_id()}).content.decode()
    assert TOO_LONG in html
    assert text in html
    assert "Error: " in html
    fits = as_owner.post(page(conversation), {"body": "b\r\n" * 1000, "key": public_id()})
    assert fits.status_code == HTTPStatus.SEE_OTHER


def test_too_many_messages_wait_and_are_not_lost(as_owner: Client, owner: User) -> None:
    conversation = waiting(owner)
    for number in range(10):
        as_owner.post(page(conversation), {"body": f"{number}", "key": public_id()})
    refused = as_owner.post(page(conversation), {"body": "el once", "key": public_id()})
    assert refused.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert TOO_OFTEN in refused.content.decode()
    assert "el once</textarea>" in refused.content.decode()
    assert conversation.messages.filter(author=MessageAuthor.CUSTOMER).count() == 11


def test_new_messages_are_told_and_nothing_else(
    as_owner: Client, owner: User, staff: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    conversation = answered(owner, by=staff, body="Hoy a las 20.")
    news = part(conversation, "conversation_news")
    told = as_owner.get(f"{news}?desde=3", headers=HX).content.decode()
    assert told.count("<li class=") == 1
    assert "Nuevo.</strong> Olga, de la oficina" in told
    assert "Hoy a las 20." in told
    assert fresh(conversation).read_by_customer == 4
    with django_assert_num_queries(4):  # the session, its person, that it is in use, the conversation
        nothing = as_owner.get(f"{news}?desde=4", headers=HX)
    assert (nothing.status_code, nothing.content) == (HTTPStatus.NO_CONTENT, b"")
    for odd in ("", "x", "-1", "9" * 30, "²"):
        assert as_owner.get(news, {"desde": odd}).status_code == 200


def test_queries_of_the_page_do_not_grow(
    as_owner: Client, owner: User, staff: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    conversation = answered(owner, by=staff)
    as_owner.get(page(conversation))
    with django_assert_max_num_queries(30) as few:
        as_owner.get(page(conversation))
    for number in range(8):
        answer_customer(conversation, words(f"{number}"), by=staff, now=timezone.now())
    as_owner.get(page(conversation))
    with django_assert_max_num_queries(30) as more:
        as_owner.get(page(conversation))
    assert len(few) == len(more)


def test_a_long_conversation_begins_at_its_last_hundred(as_owner: Client, owner: User, staff: User) -> None:
    conversation = waiting(owner)
    for number in range(110):
        answer_customer(conversation, words(f"mensaje {number}."), by=staff, now=timezone.now())
    html = as_owner.get(page(conversation)).content.decode()
    assert html.count('<li class="chat__message') == 100
    assert "mensaje 9." not in html
    assert "Ver los mensajes anteriores" in html
    assert as_owner.get(f"{page(conversation)}?todos").content.decode().count('<li class="chat__message') == 113


def test_what_is_said_is_harmless(as_owner: Client, owner: User, staff: User) -> None:
    evil = '<script>alert(1)</script><img src=x onerror=alert(1)> javascript:alert(1) https://aguas.example/"onclick=x'
    conversation = waiting(owner, body=evil)
    answer_customer(conversation, words(evil), by=staff, now=timezone.now())
    html = as_owner.get(page(conversation)).content.decode()
    assert "<script>" not in html
    assert "<img src=x" not in html
    assert 'href="javascript' not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2
    assert 'href="https://aguas.example/' in html
    assert not re.search(r"<[^>]+\sonclick=", html)


def test_picture_goes_along_and_is_seen_by_its_people_alone(
    as_owner: Client, as_stranger: Client, anonymous: Client, owner: User
) -> None:
    conversation = waiting(owner)
    as_owner.post(page(conversation), {"body": "", "key": public_id(), "attachment": picture()})
    message = conversation.messages.get(attachment__isnull=False)
    assert message.attachment is not None
    address = reverse("conversation_file", args=[conversation.public_id, message.attachment.public_id])
    assert f'href="{address}"' in as_owner.get(page(conversation)).content.decode()

    file = as_owner.get(address)

    assert (file.status_code, file["Content-Type"], file["X-Content-Type-Options"]) == (200, "image/png", "nosniff")
    assert {"private", "no-store"} <= set(file["Cache-Control"].split(", "))
    assert "default-src 'none'" in file["Content-Security-Policy"]
    assert [client.get(address).status_code for client in (as_stranger, anonymous)] == [404, 404]
    other = waiting(owner)
    crossed = reverse("conversation_file", args=[other.public_id, message.attachment.public_id])
    assert as_owner.get(crossed).status_code == 404


def test_file_that_lies_about_its_kind_is_refused_and_the_text_stays(as_owner: Client, owner: User) -> None:
    conversation = waiting(owner)
    page_in_disguise = SimpleUploadedFile("foto.png", b"<script>alert(1)</script>", "image/png")
    html = as_owner.post(
        page(conversation), {"body": "Mirá", "key": public_id(), "attachment": page_in_disguise}
    ).content.decode()
    assert "no es una foto (JPG o PNG) ni un PDF" in html
    assert "Mirá</textarea>" in html
    renamed = picture("factura.pdf")
    html = as_owner.post(
        page(conversation), {"body": "Mirá", "key": public_id(), "attachment": renamed}
    ).content.decode()
    assert "no es lo que dice su nombre" in html
    assert not Message.objects.filter(body="Mirá").exists()


def test_picture_waits_while_the_text_is_mended(anonymous: Client) -> None:
    conversation = ask(anonymous)
    too_long = {"body": "a" * 2001, "key": public_id(), "attachment": picture()}
    html = anonymous.post(page(conversation), too_long).content.decode()
    assert "Ya tenemos «medidor.png»" in html
    token = re.search(r'name="attachment_kept" value="([^"]+)"', html)
    assert token
    again = {"body": "Corto", "key": public_id(), "attachment_kept": token[1]}
    assert anonymous.post(page(conversation), again).status_code == HTTPStatus.SEE_OTHER
    sent = Message.objects.get(body="Corto")
    assert sent.attachment is not None
    assert sent.attachment.name == "medidor.png"


def test_closed_conversation_goes_on_when_its_person_writes(as_owner: Client, owner: User, staff: User) -> None:
    conversation = answered(owner, by=staff)
    close_conversation(conversation, seen=4, now=timezone.now())
    html = as_owner.get(page(conversation)).content.decode()
    assert "La oficina cerró esta conversación" in html
    as_owner.post(page(conversation), {"body": "Una cosa más", "key": public_id()})
    assert fresh(conversation).state == ConversationState.WAITING


def test_customer_ends_it(as_owner: Client, owner: User) -> None:
    conversation = waiting(owner)
    answer = as_owner.post(part(conversation, "end_own_conversation"), follow=True)
    assert answer.redirect_chain[-1][0] == "/asistente/"
    assert "Tus conversaciones anteriores" in answer.content.decode()
    found = fresh(conversation)
    assert (found.state, found.end) == (ConversationState.CLOSED, ConversationEnd.CUSTOMER)


def test_whatsapp_says_the_topic_and_is_left_out_without_a_number(as_owner: Client, settings: Settings) -> None:
    help_topic(slug="cortes", title="Cortes & más")
    html = as_owner.get("/asistente/?tema=cortes").content.decode()
    address = "https://wa.me/5492615550182?text=Hola%2C%20tengo%20una%20consulta%20sobre%3A%20Cortes%20%26%20m%C3%A1s"
    assert f'href="{address}"' in html
    settings.UTILITY = settings.UTILITY.model_copy(update={"whatsapp_number": ""})
    assert "wa.me" not in as_owner.get("/asistente/").content.decode()


@pytest.fixture
def as_staff_without_chat(staff: User) -> Client:
    client = Client()
    client.force_login(staff, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client
