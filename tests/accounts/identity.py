"""What the tests about a person's access share: reading codes from mails, registering, logging in."""

import re

from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from tests.factories.accounts import PASSWORD, UserFactory
from tests.jobs import run_jobs

REGISTRATION = {
    "first_name": "Lucía",
    "last_name": "Ferreyra",
    "document": "30.412.876",
    "phone": "0261 15 555-0147",
    "email": "Lucia.Ferreyra@correo.example",
    "password": "agua-de-montaña",
    "terms": "on",
}
MAIL = "lucia.ferreyra@correo.example"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def registration(**other: str) -> dict[str, str]:
    """What a person types to register, with some of it otherwise."""
    return {**REGISTRATION, **other}


def sent_mails() -> list[EmailMessage]:
    """Every mail that left so far."""
    run_jobs()
    return list(mail.outbox)


def last_mail(to: str = MAIL) -> EmailMessage:
    """The newest mail to somebody."""
    return [message for message in sent_mails() if message.to == [to]][-1]


def mailed_code(to: str = MAIL) -> str:
    """The code of the newest mail to somebody."""
    found = re.search(r"\b\d{4}-\d{4}\b", str(last_mail(to).body))
    assert found, last_mail(to).body
    return found.group()


def customer(email: str = MAIL, password: str = PASSWORD) -> User:
    """Somebody who registered and confirmed their mail, and can log in."""
    user = UserFactory.create(email=email, password=password)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def log_in(client: Client, user: User, password: str = PASSWORD) -> None:
    """Through the page, so that the session is a real one."""
    response = client.post("/ingresar/", {"login": user.email, "password": password}, headers={"user-agent": FIREFOX})
    assert response.status_code == 302, response.content.decode()


def prove_again(client: Client, password: str = PASSWORD) -> None:
    """The password once more, for what is delicate."""
    response = client.post("/confirmar-acceso/", {"password": password})
    assert response.status_code == 302, response.content.decode()
