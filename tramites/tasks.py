"""The jobs of the guidance."""

from django.utils import timezone
from procrastinate.contrib.django import app

from oficina.shared.jobs import described
from tramites.chat.ending import close_silent, forget_visitors
from tramites.chat.mailing import mail_unread_answers
from tramites.links.asking import Web
from tramites.links.checking import check_links


@described("Mandar respuestas sin leer", "Manda por mail las respuestas del chat que el cliente no vio.")
@app.periodic(cron="* * * * *")
@app.task(name="tramites.mail_unread_answers", queueing_lock="tramites.mail_unread_answers")
def tell_of_unread_answers(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every minute: answers of the chat that whoever asked did not see."""
    mail_unread_answers(now=timezone.now())


@described("Cerrar conversaciones calladas", "Cierra las conversaciones en las que ya nadie escribe.")
@app.periodic(cron="43 4 * * *")
@app.task(name="tramites.close_silent_conversations", queueing_lock="tramites.close_silent_conversations")
def close_silent_conversations(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every night: conversations in which nobody writes any more, and what is known of visitors of long ago."""
    close_silent(now=timezone.now())
    forget_visitors(now=timezone.now())


@described("Revisar enlaces", "Prueba las direcciones a las que llevan los textos de la oficina.")
@app.periodic(cron="23 3 * * *")
@app.task(name="tramites.check_links", queueing_lock="tramites.check_links")
def check_links_of_texts(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every night: the addresses that the office's texts link to."""
    check_links(now=timezone.now(), web=Web())
