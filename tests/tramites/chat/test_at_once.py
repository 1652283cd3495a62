"""Clerks and customers at the same moment: real commits, a connection for each."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import User
from tests.billing.ledger.test_concurrency import at_once
from tests.factories.accounts import UserFactory
from tests.factories.chat import VISITOR, answered, fresh, talker, waiting, words
from tramites.chat.answering import answer_customer, close_conversation, take_conversation
from tramites.chat.conversing import begin_conversation, write_message
from tramites.chat.mailing import mail_unread_answers
from tramites.chat.refusals import SaidMeanwhile, TakenMeanwhile
from tramites.enums import ConversationState, MessageAuthor
from tramites.models import Conversation, Message

pytestmark = pytest.mark.django_db(transaction=True)


def done(act: Callable[[], object], *refusals: type[Exception]) -> bool:
    try:
        act()
    except refusals:
        return False
    return True


def test_two_clerks_take_it_and_one_has_it(owner: User, staff: User) -> None:
    other = UserFactory.create(is_staff=True)
    for _ in range(4):
        conversation = waiting(owner)
        took = at_once(
            *[partial(done, partial(take_conversation, conversation, by=by), TakenMeanwhile) for by in (staff, other)]
        )
        assert sorted(took) == [False, True]
        assert fresh(conversation).assigned_to == (staff, other)[took.index(True)]


def test_a_message_sent_ten_times_is_one(owner: User) -> None:
    conversation, sent = waiting(owner), words("¿Hola?")
    at_once(*[partial(write_message, conversation, talker(owner), sent, now=timezone.now())] * 10)
    assert Message.objects.filter(body="¿Hola?").count() == 1
    assert fresh(conversation).said == conversation.messages.count() == 4


def test_a_first_message_sent_ten_times_begins_one_conversation() -> None:
    sent = words()
    begun = at_once(*[partial(begin_conversation, VISITOR, sent, subject="", now=timezone.now())] * 10)
    assert {each.pk for each in begun} == {Conversation.objects.get().pk}


def test_what_is_written_while_the_office_closes_is_answered(owner: User, staff: User) -> None:
    for _ in range(4):
        conversation = answered(owner, by=staff)
        at_once(
            partial(write_message, conversation, talker(owner), words("Esperen"), now=timezone.now()),
            partial(done, partial(close_conversation, conversation, seen=4, now=timezone.now()), SaidMeanwhile),
        )
        assert fresh(conversation).state == ConversationState.WAITING
        assert conversation.messages.filter(body="Esperen").count() == 1


def test_both_sides_write_and_every_message_has_its_number(owner: User, staff: User) -> None:
    conversation = waiting(owner)
    acts: list[Callable[[], object]] = []
    for number in range(5):
        acts += [
            partial(write_message, conversation, talker(owner), words(f"c{number}"), now=timezone.now()),
            partial(answer_customer, conversation, words(f"o{number}"), by=staff, now=timezone.now()),
        ]
    at_once(*acts)
    found = fresh(conversation)
    numbers = list(conversation.messages.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, found.said + 1))
    last = conversation.messages.exclude(author=MessageAuthor.ASSISTANT).order_by("-number")[0]
    is_office = last.author == MessageAuthor.OFFICE
    assert found.state == (ConversationState.ANSWERED if is_office else ConversationState.WAITING)


def test_two_workers_mail_once(owner: User, staff: User) -> None:
    answered(owner, by=staff)
    later = timezone.now() + timedelta(minutes=10)
    assert sorted(at_once(*[partial(mail_unread_answers, now=later)] * 3)) == [0, 0, 1]
