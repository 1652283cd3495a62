"""What happens by itself: mails of unread answers, closing, forgetting; and what is left of a person who goes."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from time_machine import Traveller

from accounts.closing import close_user
from accounts.models import User
from oficina.shared.models import OutgoingMail
from tests.factories.chat import answered, assisted, fresh, open_hours, talker, waiting, words
from tests.tramites.chat.test_pages import page
from tramites.chat.answering import answer_customer
from tramites.chat.conversing import write_message
from tramites.chat.ending import close_silent, forget_visitors
from tramites.chat.mailing import mail_unread_answers
from tramites.data_export import exported_conversations
from tramites.enums import ConversationEnd, ConversationState
from tramites.models import Conversation, Message
from tramites.tasks import close_silent_conversations, tell_of_unread_answers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _office_hours(at_noon: Traveller, db: None) -> None:
    open_hours()


def mails() -> list[tuple[str, str]]:
    return list(OutgoingMail.objects.order_by("pk").values_list("recipients", "subject"))


def text_of_mail() -> str:
    content = OutgoingMail.objects.get().content
    assert content is not None
    return str(content["body"])


def told() -> int:
    return mail_unread_answers(now=timezone.now())


def test_unread_answers_are_told_once_for_all(owner: User, staff: User, at_noon: Traveller) -> None:
    conversation = answered(owner, by=staff)
    at_noon.shift(timedelta(minutes=2))
    assert told() == 0
    answer_customer(conversation, words("Y otra cosa"), by=staff, now=timezone.now())
    at_noon.shift(timedelta(minutes=3, seconds=1))

    tell_of_unread_answers(0)
    tell_of_unread_answers(0)

    assert mails() == [("ana@correo.example", "Respondimos tu consulta")]
    assert f"http://testserver{page(conversation)}" in text_of_mail()
    assert "Y otra cosa" not in text_of_mail()  # what was said is read behind the login
    answer_customer(conversation, words("Una más"), by=staff, now=timezone.now())
    at_noon.shift(timedelta(minutes=4))
    assert told() == 1


def test_who_read_the_answer_gets_no_mail(as_owner: Client, owner: User, staff: User, at_noon: Traveller) -> None:
    conversation = answered(owner, by=staff)
    as_owner.get(page(conversation))
    at_noon.shift(timedelta(minutes=10))
    assert told() == 0


def test_writing_while_the_office_answers_is_not_reading(owner: User, staff: User, at_noon: Traveller) -> None:
    conversation = answered(owner, by=staff)
    write_message(conversation, talker(owner), words("¿Están?"), now=timezone.now())
    at_noon.shift(timedelta(minutes=10))
    assert told() == 1


def test_visitor_is_told_where_they_left_a_mail(staff: User, at_noon: Traveller) -> None:
    answered(by=staff, email="vecina@correo.example")
    answered(by=staff)
    at_noon.shift(timedelta(minutes=10))
    assert told() == 1
    assert mails() == [("vecina@correo.example", "Respondimos tu consulta")]
    assert "http://testserver/asistente/volver/" in text_of_mail()


def test_silence_closes_what_waits_for_nobody(owner: User, staff: User, at_noon: Traveller) -> None:
    with_assistant, with_office, waits = assisted(owner), answered(owner, by=staff), waiting(owner)
    at_noon.shift(timedelta(days=6))
    assert close_silent(now=timezone.now()) == 0
    write_message(with_assistant, talker(owner), words("¿Y?"), now=timezone.now())
    at_noon.shift(timedelta(days=1, seconds=1))

    close_silent_conversations(0)

    assert [(each.state, each.end) for each in map(fresh, (with_assistant, with_office, waits))] == [
        (ConversationState.ASSISTED, ""),
        (ConversationState.CLOSED, ConversationEnd.SILENCE),
        (ConversationState.WAITING, ""),
    ]
    assert close_silent(now=timezone.now()) == 0


def test_visitors_are_forgotten_months_after(staff: User, owner: User, at_noon: Traveller) -> None:
    conversation = answered(by=staff, email="vecina@correo.example")
    at_noon.shift(timedelta(days=8))
    close_silent(now=timezone.now())
    at_noon.shift(timedelta(days=89))
    assert forget_visitors(now=timezone.now()) == 0
    at_noon.shift(timedelta(days=2))
    assert forget_visitors(now=timezone.now()) == 1
    found = fresh(conversation)
    assert (found.visitor_key, found.visitor_email, found.answers_to) == ("", "", "")
    assert forget_visitors(now=timezone.now()) == 0


def test_closing_the_user_closes_what_they_talked_about(owner: User, stranger: User, staff: User) -> None:
    own, others = waiting(owner), waiting(stranger)
    close_user(owner)
    assert (fresh(own).state, fresh(own).end) == (ConversationState.CLOSED, ConversationEnd.USER_CLOSED)
    assert fresh(own).answers_to == ""
    assert fresh(others).state == ConversationState.WAITING
    assert Message.objects.filter(conversation=own).count() == 4


def test_people_take_their_conversations_away(owner: User, stranger: User, staff: User) -> None:
    conversation = answered(owner, by=staff)
    answered(stranger, by=staff, body="De Sofía")
    [taken] = exported_conversations(owner)
    assert taken["estado"] == "Respondida"
    assert taken["empezo"] == "2026-11-24T15:00:00+00:00"
    said = taken["mensajes"]
    assert isinstance(said, list)
    assert [each["de"] for each in said] == ["Cliente", "Asistente virtual", "Asistente virtual", "Oficina"]
    assert said[3]["texto"] == "Mañana a las 8."
    assert Conversation.objects.of_user(owner).get() == conversation
