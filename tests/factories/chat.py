"""Conversations of the chat, as the acts make them."""

from datetime import time
from itertools import count

from django.utils import timezone

from accounts.models import User
from oficina.shared.ids import public_id
from oficina.shared.uploads import CleanUpload
from tests.factories.payment_reports import photograph
from tramites.chat.answering import answer_customer
from tramites.chat.conversing import ask_for_person, begin_conversation, write_message
from tramites.chat.people import Talker
from tramites.chat.saying import Words
from tramites.chat.visitors import key_of
from tramites.enums import Weekday
from tramites.models import AwayMessage, CannedAnswer, Conversation, OpeningHours

_numbers = count(1)

VISITOR = Talker(user=None, visitor_key=key_of("a browser"))
"""A visitor of most tests."""


def words(body: str = "¿Cuándo vuelve el agua?", *, key: str = "", attachment: CleanUpload | None = None) -> Words:
    """A message that was not sent before, unless `key` is that of another."""
    return Words(body=body, key=key or public_id(), attachment=attachment)


def talker(user: User | None) -> Talker:
    """A customer, or the visitor of most tests."""
    return Talker(user=user, visitor_key="") if user else VISITOR


def assisted(user: User | None = None, body: str = "¿Cuándo vuelve el agua?", *, subject: str = "") -> Conversation:
    """One with the assistant: of a customer, or of the visitor."""
    return begin_conversation(talker(user), words(body), subject=subject, now=timezone.now())


def waiting(user: User | None = None, body: str = "¿Cuándo vuelve el agua?", *, email: str = "") -> Conversation:
    """One that waits for an answer of the office."""
    conversation = assisted(user, body)
    ask_for_person(conversation, talker(user), email=email, now=timezone.now())
    return fresh(conversation)


def answered(user: User | None = None, *, by: User, body: str = "Mañana a las 8.", email: str = "") -> Conversation:
    """One that the office answered and its person has not looked at since."""
    conversation = waiting(user, email=email)
    answer_customer(conversation, words(body), by=by, now=timezone.now())
    return fresh(conversation)


def fresh(conversation: Conversation) -> Conversation:
    """As it is in the database by now."""
    return Conversation.objects.get(pk=conversation.pk)


def open_hours(*, opens: time = time(8), closes: time = time(16)) -> None:
    """From Monday to Friday, and no other hours."""
    OpeningHours.objects.all().delete()
    for day in list(Weekday)[:5]:
        OpeningHours.objects.create(weekday=day, opens=opens, closes=closes)


def a_row_of_each_table(user: User, office: User) -> None:
    """A conversation with a file, one of a visitor, and what the office writes for them."""
    number = next(_numbers)
    conversation = answered(user, by=office)
    write_message(conversation, talker(user), words("Esto vi", attachment=photograph()), now=timezone.now())
    waiting(email="vecina@correo.example")
    CannedAnswer.objects.create(title=f"Corte programado {number}", body="El corte termina a las 16.")
    AwayMessage.objects.create(text="No estamos.", written_by=office)
    OpeningHours.objects.create(weekday=Weekday.SATURDAY, opens=time(number % 12, number % 60), closes=time(13))
