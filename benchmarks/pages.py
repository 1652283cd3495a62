"""How long pages take, beside a view that does nothing but know who asks, in the same run through the same layers."""

import statistics
import time
from collections.abc import Iterator, Mapping
from functools import partial

from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path, reverse
from tqdm import tqdm

from accounts.models import AccountLink, User
from billing.enums import InvoiceKind
from billing.models import Invoice
from oficina.demo.cast import ADMINISTRATOR, CUSTOMER
from oficina.demo.load import load_demo
from oficina.urls import urlpatterns as portal

_TIMES = 60
_WARM_UP = 5


def nothing(request: HttpRequest) -> HttpResponse:
    """The floor: the middleware, the session and the person."""
    return HttpResponse(str(request.user.pk))


NOTHING = "/nada/"

urlpatterns = [path(NOTHING[1:], nothing), *portal]


def run() -> None:
    """Loads the demo and asks for each page again and again."""
    call_command("migrate", verbosity=0)
    load_demo()
    tell_headings()
    with override_settings(ROOT_URLCONF=__name__):
        customer, administrator = logged_in(CUSTOMER.email), logged_in(ADMINISTRATOR.email)
        floor = measure("vista vacía", customer, NOTHING)
        for name, address in _accounts():
            measure(f"Inicio, {name}", customer, address, floor)
        for name, address in _bill():
            measure(name, customer, address, floor)
        measure("Mis cuentas, cuatro", customer, reverse("my_accounts"), floor)
        measure("Mis cuentas, sesenta", administrator, reverse("my_accounts"), floor)


def _accounts() -> Iterator[tuple[str, str]]:
    for link in AccountLink.objects.filter(user__email=CUSTOMER.email).order_by("pk"):
        yield link.alias, reverse("account_home", args=[link.public_id])


def _bill() -> Iterator[tuple[str, str]]:
    """The latest bill of the customer's first account, as a page and as the PDF that is drawn for each request."""
    link = AccountLink.objects.filter(user__email=CUSTOMER.email).order_by("pk")[0]
    latest = Invoice.objects.of(link).filter(kind=InvoiceKind.SERVICE).order_by("-issued_on")[0]
    yield "Factura, página", reverse("invoice", args=[link.public_id, latest.public_id])
    yield "Factura, PDF", reverse("invoice_pdf", args=[link.public_id, latest.public_id])


def logged_in(email: str) -> Client:
    """A browser in which this person has logged in."""
    client = Client()
    client.force_login(User.objects.get(email=email), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def tell_headings() -> None:
    """The line above what `measure` tells."""
    tqdm.write(f"{'página':<40}{'mediana':>10}{'p95':>10}{'consultas':>11}{'/ nada':>9}")


def measure(
    name: str, client: Client, address: str, floor: float | None = None, parameters: Mapping[str, str] | None = None
) -> float:
    """Tells and gives the median, in seconds."""
    ask = partial(client.get, address, parameters)
    for _ in range(_WARM_UP):
        answer = ask()
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")
    with CaptureQueriesContext(connection) as queries:
        ask()
    asked = len(queries)  # before the next request forgets them
    taken = []
    for _ in range(_TIMES):
        begun = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - begun)
    median, slow = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
    ratio = f"{median / floor:.1f}" if floor else "1"
    tqdm.write(f"{name:<40}{median * 1000:>7.1f} ms{slow * 1000:>7.1f} ms{asked:>11}{ratio:>9}")
    return median
