"""Customers who say «Sí, ir a pagar» over HTTP, several at the same moment."""

import http.client
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccountLink
from billing.models import Invoice, Payment
from billing.quotes import Quote, make_quote, sign_quote
from oficina.shared.dates import today
from tests.factories.accounts import AccountLinkFactory
from tests.factories.billing import InvoiceFactory

AMOUNTS = (Decimal("1000.10"), Decimal("333.33"))
TOTAL = Decimal("1333.43")
PATIENCE_SECONDS = 30
_CSRF_SECRET = "a" * 32


@dataclass(frozen=True)
class Customer:
    """Somebody with two bills, logged in, who has read the summary of both."""

    link: AccountLink
    bills: Sequence[Invoice]
    quote: Quote
    session_key: str

    def confirm(self, port: int) -> str:
        """Says yes; gives the address to which the portal sends the browser.

        Raises OSError or HTTPException when there is no answer.
        """
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(
                "POST",
                reverse("confirm_payment", args=[self.link.public_id]),
                urlencode({"resumen": sign_quote(self.quote), "csrfmiddlewaretoken": _CSRF_SECRET}),
                {
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Cookie": f"{settings.SESSION_COOKIE_NAME}={self.session_key};"
                    f" {settings.CSRF_COOKIE_NAME}={_CSRF_SECRET}",
                },
            )
            response = connection.getresponse()
            response.read()
        finally:
            connection.close()
        assert response.status == 303, response.status
        return response.headers["Location"]

    def payment(self) -> Payment:
        """The one attempt. Raises when there is none or another."""
        return Payment.objects.get(account_id=self.link.account_id)


def a_customer() -> Customer:
    """A new one."""
    link = AccountLinkFactory.create()
    bills = [InvoiceFactory.create(account=link.account, amount=amount) for amount in AMOUNTS]
    quote = make_quote(link, [bill.public_id for bill in bills], on=today(), now=timezone.now())
    client = Client()
    client.force_login(link.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return Customer(link, bills, quote, client.cookies[settings.SESSION_COOKIE_NAME].value)


@contextmanager
def confirming(customers: Sequence[Customer], port: int) -> Iterator[list[Future[str]]]:
    """All of them say yes at once; what the portal answers them is there when the block ends."""
    with ThreadPoolExecutor(len(customers)) as pool:
        yield [pool.submit(customer.confirm, port) for customer in customers]


def was_cut_off(answer: Future[str]) -> bool:
    """Whether the portal was gone before it answered."""
    return isinstance(answer.exception(PATIENCE_SECONDS), OSError | http.client.HTTPException)
