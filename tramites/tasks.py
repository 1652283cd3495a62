"""The jobs of the guidance."""

from django.utils import timezone
from procrastinate.contrib.django import app

from tramites.chat.ending import close_silent, forget_visitors
from tramites.chat.mailing import mail_unread_answers
from tramites.links.asking import Web
from tramites.links.checking import check_links


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


@app.periodic(cron="23 3 * * *")
@app.task(name="tramites.check_links", queueing_lock="tramites.check_links")
def check_links_of_texts(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every night: the addresses that the office's texts link to."""
    check_links(now=timezone.now(), web=Web())
