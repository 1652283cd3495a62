import http.client
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import pytest
import stripe

from tests.simulator.requests import session_params
from tests.simulator_process import ReceivedWebhook, SimulatorProcess, WebhookReceiver

CARD = {"number": "4242 4242 4242 4242", "expiry": "12/39", "cvc": "123", "name": "Ana Paz", "action": "pay"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    html: str

    @property
    def text(self) -> str:
        """What a person reads, in one line."""
        return " ".join(re.sub(r"<[^>]+>", " ", self.html).replace("\u00a0", " ").split())


def visit(url: str, form: dict[str, str] | None = None) -> Answer:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    try:
        if form is None:
            connection.request("GET", parts.path)
        else:
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", parts.path, urlencode(form), headers)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read().decode())
    finally:
        connection.close()


@pytest.fixture
def page(client: stripe.StripeClient, simulator: SimulatorProcess) -> str:
    """The address of the hosted page of a new session, kept after the session forgets it."""
    session = client.v1.checkout.sessions.create(session_params())
    return f"{simulator.base_url}/c/pay/{session.id}"


def session_of(client: stripe.StripeClient, page: str) -> stripe.checkout.Session:
    return client.v1.checkout.sessions.retrieve(page.rpartition("/")[2])


def success_url(page: str) -> str:
    return f"http://shop.example/pagos/{page.rpartition('/')[2]}/"


def test_it_shows_what_is_paid_and_to_whom(page: str) -> None:
    shown = visit(page)
    assert shown.status == 200
    assert "Pagar a Aguas de Prueba" in shown.text
    assert "Factura B 0001-00000001 Vence el 10/08/2026 $ 1.250,50" in shown.text
    assert "Total a pagar $ 2.000,00" in shown.text
    assert '<a class="button" href="http://shop.example/pagar/">Volver sin pagar</a>' in shown.html
    assert "Pago de prueba" in shown.text


def test_it_needs_no_cookie_and_allows_no_script(page: str) -> None:
    shown = visit(page)
    assert shown.headers["Set-Cookie"] is None
    assert shown.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' http://shop.example; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    assert "<script" not in shown.html
    assert "style=" not in shown.html


def test_what_the_shop_sent_is_escaped(client: stripe.StripeClient, simulator: SimulatorProcess) -> None:
    params = session_params()
    params["branding_settings"] = {"display_name": "<b>Aguas & Cía</b>"}
    session = client.v1.checkout.sessions.create(params)
    shown = visit(str(session.url))
    assert "<b>Aguas" not in shown.html
    assert "&lt;b&gt;Aguas &amp; Cía&lt;/b&gt;" in shown.html


def test_paying_waits_for_the_webhook_and_goes_to_the_shop(
    client: stripe.StripeClient, receiver: WebhookReceiver, page: str
) -> None:
    answered: list[float] = []

    def answer(webhook: ReceivedWebhook) -> int:
        if webhook.event["type"] == "checkout.session.completed":
            time.sleep(0.6)
            answered.append(time.monotonic())
        return 200

    receiver.answer = answer
    redirected = visit(page, CARD)
    ended = time.monotonic()
    assert (redirected.status, redirected.headers["Location"]) == (303, success_url(page))
    assert len(answered) == 1
    assert answered[0] < ended
    session = session_of(client, page)
    assert session.payment_status == "paid"
    assert session.customer_details is not None
    assert session.customer_details.name == "Ana Paz"


def test_paying_does_not_wait_for_an_event_that_is_dropped(simulator: SimulatorProcess, page: str) -> None:
    simulator.drop()
    started = time.monotonic()
    assert visit(page, CARD).headers["Location"] == success_url(page)
    assert time.monotonic() - started < simulator.redirect_wait


def test_paying_waits_no_longer_than_told(simulator: SimulatorProcess, page: str) -> None:
    simulator.delay(60)
    started = time.monotonic()
    assert visit(page, CARD).status == 303
    assert simulator.redirect_wait <= time.monotonic() - started < 60


def test_a_double_click_pays_once_and_ends_at_the_same_place(
    client: stripe.StripeClient, receiver: WebhookReceiver, page: str
) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _number: visit(page, CARD), range(8)))
    assert {(answer.status, answer.headers["Location"]) for answer in answers} == {(303, success_url(page))}
    assert len(client.v1.events.list({"type": "charge.succeeded"}).data) == 1


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("4000 0000 0000 0002", "El banco rechazó la tarjeta. No se te cobró nada. Probá con otra."),
        ("4000 0000 0000 9995", "La tarjeta no tiene fondos suficientes. No se te cobró nada. Probá con otra."),
        ("4000-0000-0000-0069", "La tarjeta está vencida. No se te cobró nada. Probá con otra."),
    ],
)
def test_a_declined_card_is_told_and_another_can_be_tried(
    client: stripe.StripeClient, page: str, number: str, reason: str
) -> None:
    declined = visit(page, {**CARD, "number": number})
    assert (declined.status, declined.headers["Location"]) == (303, urlsplit(page).path)
    assert reason in visit(page).text
    assert session_of(client, page).status == "open"
    assert visit(page, CARD).headers["Location"] == success_url(page)


def test_the_button_for_a_decline_declines(page: str) -> None:
    assert visit(page, {**CARD, "action": "decline"}).status == 303
    assert "El pago no se hizo. El banco rechazó la tarjeta." in visit(page).text


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("number", "4242 4242 4242 4241", "El número de la tarjeta no es válido. Revisalo."),
        ("number", "", "El número de la tarjeta no es válido. Revisalo."),
        ("expiry", "13/39", "Escribí el vencimiento como mes y año: 12/29."),
        ("expiry", "01/20", "La tarjeta está vencida."),
        ("cvc", "12", "El código tiene 3 o 4 números."),
    ],
)
def test_a_wrong_field_is_told_where_it_is(
    client: stripe.StripeClient, page: str, field: str, value: str, message: str
) -> None:
    shown = visit(page, {**CARD, field: value})
    assert shown.status == 422
    assert f'<a href="#{field}">{message}</a>' in shown.html
    assert 'aria-describedby="' in shown.html
    assert session_of(client, page).payment_intent is None


def test_the_mail_is_asked_for_only_when_the_shop_did_not_give_it(
    client: stripe.StripeClient, simulator: SimulatorProcess, page: str
) -> None:
    assert "ana@oficina.example" in visit(page).text
    params = session_params()
    del params["customer_email"]
    other = f"{simulator.base_url}/c/pay/{client.v1.checkout.sessions.create(params).id}"
    assert visit(other, CARD).status == 422
    assert visit(other, {**CARD, "email": "beto@oficina.example"}).status == 303
    details = session_of(client, other).customer_details
    assert details is not None
    assert details.email == "beto@oficina.example"


def test_paying_later_gives_a_voucher_that_is_paid_there(client: stripe.StripeClient, page: str) -> None:
    assert visit(page, {**CARD, "action": "later"}).headers["Location"] == urlsplit(page).path
    shown = visit(page)
    assert "Tu cupón está listo" in shown.text
    assert f'href="{success_url(page)}"' in shown.html
    assert session_of(client, page).payment_status == "unpaid"
    visit(page, {"action": "settle"})
    assert session_of(client, page).payment_status == "paid"
    assert "El pago ya está hecho" in visit(page).text


def test_a_voucher_that_is_never_paid(client: stripe.StripeClient, page: str) -> None:
    visit(page, {**CARD, "action": "later"})
    visit(page, {"action": "fail"})
    assert "El cupón venció sin pagarse" in visit(page).text
    assert session_of(client, page).payment_status == "unpaid"


def test_the_voucher_is_offered_only_when_the_session_allows_it(client: stripe.StripeClient) -> None:
    params = session_params()
    params["allowed_payment_method_types"] = ["card"]
    assert "Pagar más tarde" not in visit(str(client.v1.checkout.sessions.create(params).url)).text


def test_a_paid_session_says_so_with_the_way_back(simulator: SimulatorProcess, page: str) -> None:
    simulator.pay(page.rpartition("/")[2])
    shown = visit(page)
    assert "El pago ya está hecho" in shown.text
    assert f'href="{success_url(page)}"' in shown.html
    assert "Pagar a" not in shown.text


def test_an_expired_session_says_so_with_the_way_back(simulator: SimulatorProcess, page: str) -> None:
    simulator.advance_clock(2_400)
    shown = visit(page)
    assert "Este pago venció No se te cobró nada." in shown.text
    assert 'href="http://shop.example/pagar/"' in shown.html
    assert visit(page, CARD).headers["Location"] == urlsplit(page).path


def test_going_back_leaves_the_session_open(client: stripe.StripeClient, page: str) -> None:
    visit(page)
    assert session_of(client, page).status == "open"


def test_a_page_of_no_session_is_not_found(simulator: SimulatorProcess) -> None:
    shown = visit(f"{simulator.base_url}/c/pay/cs_test_none")
    assert shown.status == 404
    assert "No encontramos este pago" in shown.text
