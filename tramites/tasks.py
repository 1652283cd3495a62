"""The jobs of the guidance."""

from django.utils import timezone
from procrastinate.contrib.django import app

from tramites.chat.ending import close_silent, forget_visitors
from tramites.chat.mailing import mail_unread_answers


@app.periodic(cron="* * * * *")
@app.task(name="tramites.mail_unread_answers", queueing_lock="tramites.mail_unread_answers")
def tell_of_unread_answers(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every minute: answers of the chat that whoever asked did not see."""
    mail_unread_answers(now=timezone.now())


@app.periodic(cron="43 4 * * *")
@app.task(name="tramites.close_silent_conversations", queueing_lock="tramites.close_silent_conversations")
def close_silent_conversations(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every night: conversations in which nobody writes any more, and what is known of visitors of long ago."""
    close_silent(now=timezone.now())
    forget_visitors(now=timezone.now())
