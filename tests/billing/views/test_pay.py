import re
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from time_machine import Traveller

from accounts.models import AccountLink, User
from billing.enums import PaymentState
from billing.models import Invoice, LateInterestPolicy, Payment
from billing.quotes import make_quote, sign_quote
from billing.settlement import settle_payment
from oficina.shared.dates import today
from tests.answers import said
from tests.billing.views.page_text import words_of
from tests.factories.accounts import AccountLinkFactory
from tests.factories.billing import (
    InvoiceFactory,
    begin_checkout,
    expired,
    on_its_way,
    open_checkout,
    paid_checkout,
)
from tests.simulator_process import SimulatorProcess

pytestmark = pytest.mark.usefixtures("at_noon")


def pay_page(link: AccountLink, *invoices: Invoice) -> str:
    chosen = "&".join(f"factura={invoice.public_id}" for invoice in invoices)
    return f"/cuenta/{link.public_id}/pagar/?{chosen}"


def question(link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/pagar/confirmar/"


def home(link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/inicio/"


def token_for(link: AccountLink, *invoices: Invoice) -> str:
    chosen = [invoice.public_id for invoice in invoices]
    return sign_quote(make_quote(link, chosen, on=today(), now=timezone.now()))


def test_summary_says_what_each_bill_costs_and_why(
    as_owner: Client, link: AccountLink, invoice: Invoice, interest: LateInterestPolicy
) -> None:
    late = InvoiceFactory.create(
        account=link.account, amount=Decimal("44218.36"), period=date(2026, 7, 1), due_on=date(2026, 9, 18)
    )
    in_between = InvoiceFactory.create(
        account=link.account,
        kind="charge",
        service_kind="",
        period=None,
        description="Reparación de conexión",
        amount=Decimal("500.00"),
        due_on=date(2026, 11, 20),
        later_due_on=[date(2026, 11, 27)],
        later_amounts=[Decimal("510.00")],
    )

    page = words_of(as_owner.get(pay_page(link, invoice, late, in_between)))

    assert "3 facturas para pagar" in page
    assert (
        f"Julio y agosto 2026 Factura de servicio B {late.invoice_number} 18/09/2026 Incluye $ 2.073,84 de interés"
        in page
    )
    assert "de interés por 67 días $ 46.292,20" in page
    assert "Incluye $ 10,00 de recargo: el primer vencimiento pasó hace 4 días $ 510,00" in page
    assert "04/12/2026 Sin recargo: todavía no venció $ 1.000,00" in page
    assert "Total a pagar Vale hasta las 12:25 de hoy $ 47.802,20 Pagar $ 47.802,20" in page


def test_summary_reaches_past_midnight(
    as_owner: Client, link: AccountLink, invoice: Invoice, at_noon: Traveller
) -> None:
    at_noon.shift(timedelta(hours=11, minutes=50))
    assert "Vale hasta las 00:15 de mañana" in words_of(as_owner.get(pay_page(link, invoice)))


@pytest.mark.parametrize(("selection", "total"), [("vencidas", "$ 700,00"), ("todas", "$ 1.700,00")])
def test_selection_by_name_takes_what_is_payable(
    as_owner: Client, link: AccountLink, invoice: Invoice, selection: str, total: str
) -> None:
    InvoiceFactory.create(account=link.account, amount=Decimal("700.00"), due_on=date(2026, 11, 1))
    held = InvoiceFactory.create(account=link.account, amount=Decimal("900.00"), due_on=date(2026, 11, 1))
    payment = begin_checkout(held)
    settle_payment(payment.pk, on_its_way(payment), cause="test")

    page = words_of(as_owner.get(f"/cuenta/{link.public_id}/pagar/?seleccion={selection}"))

    assert f"Total a pagar Vale hasta las 12:25 de hoy {total}" in page


def test_nothing_chosen_goes_back_to_choose(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    answer = as_owner.get(pay_page(link))
    assert (answer.status_code, answer["Location"]) == (303, home(link))
    assert said(answer) == ["Elegí al menos una factura para pagar."]


def test_a_bill_that_was_paid_meanwhile_leaves_the_others_chosen(
    as_owner: Client, link: AccountLink, invoice: Invoice
) -> None:
    done = InvoiceFactory.create(account=link.account, period=date(2026, 7, 1))
    paid_checkout(done)

    answer = as_owner.get(pay_page(link, done, invoice))

    assert (answer.status_code, answer["Location"]) == (303, pay_page(link, invoice))
    assert said(answer) == ["Julio y agosto 2026: ya no hay que pagarla. Las demás siguen elegidas."]


def test_a_bill_in_process_cannot_be_paid_again(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    payment = begin_checkout(invoice)
    settle_payment(payment.pk, on_its_way(payment), cause="test")

    answer = as_owner.get(pay_page(link, invoice))

    assert (answer.status_code, answer["Location"]) == (303, home(link))
    assert said(answer) == ["Septiembre y octubre 2026: tiene un pago en proceso."]


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (
            "499.99",
            (
                "Elegiste $\xa0499,99 y el mínimo para pagar en línea es $\xa0500,00. "
                "Agregá otra factura o pagala en un lugar de pago."
            ),
        ),
        (
            "999999.01",
            (
                "Elegiste $\xa0999.999,01 y el máximo de un pago en línea es $\xa0999.999,00. "
                "Elegí menos facturas, o pagá en un lugar de pago."
            ),
        ),
    ],
)
def test_a_total_out_of_bounds_says_the_bound_and_keeps_the_choice(
    as_owner: Client, link: AccountLink, amount: str, words: str
) -> None:
    bill = InvoiceFactory.create(account=link.account, amount=Decimal(amount))
    answer = as_owner.get(pay_page(link, bill))
    assert answer["Location"] == f"{home(link)}?factura={bill.public_id}"
    assert said(answer) == [words]


def test_bills_of_another_account_are_not_found(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    other = InvoiceFactory.create()
    assert as_owner.get(pay_page(link, invoice, other)).status_code == 404


def test_a_teammate_pays_by_their_own_link(as_teammate: Client, teammate: User, invoice: Invoice) -> None:
    own = teammate.links.get()
    assert "1 factura para pagar" in words_of(as_teammate.get(pay_page(own, invoice)))


def test_strangers_and_ended_links_are_not_found(
    as_stranger: Client, as_owner: Client, link: AccountLink, invoice: Invoice
) -> None:
    token = token_for(link, invoice)
    for page in (pay_page(link, invoice), f"{question(link)}?resumen={token}"):
        assert as_stranger.get(page).status_code == 404
    assert as_stranger.post(question(link), {"resumen": token}).status_code == 404
    AccountLink.objects.filter(pk=link.pk).update(unlinked_at=timezone.now())
    assert as_owner.get(pay_page(link, invoice)).status_code == 404


def test_anonymous_logs_in_and_comes_back(anonymous: Client, link: AccountLink, invoice: Invoice) -> None:
    page = pay_page(link, invoice)
    location = urlsplit(anonymous.get(page)["Location"])
    assert (location.path, parse_qs(location.query)["next"]) == ("/ingresar/", [page])
    assert urlsplit(anonymous.post(question(link))["Location"]).path == "/ingresar/"


def test_it_rejects_other_methods(as_owner: Client, link: AccountLink) -> None:
    assert as_owner.post(pay_page(link)).status_code == 405
    assert as_owner.put(question(link)).status_code == 405


def test_question_repeats_total_and_count(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    second = InvoiceFactory.create(account=link.account, amount=Decimal("234.50"))
    token = token_for(link, invoice, second)

    answer = as_owner.get(question(link), {"resumen": token})

    page = words_of(answer)
    assert "¿Estás seguro? Vas a pagar 2 facturas de la cuenta" in page
    assert "(Casa) por: $ 1.234,50" in page
    body = answer.content.decode()
    assert f'<input type="hidden" name="resumen" value="{token}">' in body
    assert f'action="{question(link)}" method="post"' in body
    assert f'href="{pay_page(link, invoice, second)}"'.replace("&", "&amp;") in body


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unreadable_summary_starts_over(as_owner: Client, link: AccountLink, method: str) -> None:
    answer = getattr(as_owner, method)(question(link), {"resumen": "nada"})
    assert (answer.status_code, answer["Location"]) == (303, home(link))
    assert said(answer) == ["No pudimos leer el resumen del pago. No se te cobró nada. Elegí las facturas de nuevo."]


def test_the_summary_of_another_link_is_unreadable(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    token = token_for(link, invoice)
    other = AccountLinkFactory.create(user=link.user)
    assert as_owner.get(question(other), {"resumen": token})["Location"] == home(other)


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_expired_summary_becomes_a_new_one_that_says_so(
    as_owner: Client, link: AccountLink, invoice: Invoice, at_noon: Traveller, method: str
) -> None:
    token = token_for(link, invoice)
    at_noon.shift(timedelta(minutes=25))

    answer = getattr(as_owner, method)(question(link), {"resumen": token})

    assert answer.status_code == 303
    page = words_of(as_owner.get(answer["Location"]))
    assert "Este resumen es nuevo El anterior ya no valía, pero los importes son los mismos." in page
    assert "Vale hasta las 12:50 de hoy $ 1.000,00" in page
    assert not Payment.objects.exists()


def test_a_new_summary_says_which_bills_changed(
    as_owner: Client, link: AccountLink, invoice: Invoice, interest: LateInterestPolicy, at_noon: Traveller
) -> None:
    dearer = InvoiceFactory.create(account=link.account, period=date(2026, 7, 1), due_on=date(2026, 11, 24))
    void = InvoiceFactory.create(account=link.account, period=date(2026, 5, 1))
    token = token_for(link, invoice, dearer, void)
    paid_checkout(invoice)
    Invoice.objects.filter(pk=void.pk).update(status="void")
    at_noon.shift(timedelta(days=10))

    page = words_of(as_owner.get(as_owner.post(question(link), {"resumen": token})["Location"]))

    assert "Septiembre y octubre 2026 ya está pagada." in page
    assert "Julio y agosto 2026 costaba $ 1.000,00 y ahora $ 1.007,00." in page
    assert "Mayo y junio 2026 se anuló: ya no hay que pagarla." in page
    assert "1 factura para pagar" in page


def test_nothing_left_of_an_old_summary_goes_home(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    token = token_for(link, invoice)
    paid_checkout(invoice)
    answer = as_owner.get(f"/cuenta/{link.public_id}/pagar/", {"anterior": token})
    assert answer["Location"] == home(link)
    assert said(answer) == ["Septiembre y octubre 2026 ya está pagada."]


@pytest.mark.django_db(transaction=True)
def test_confirming_leads_to_the_checkout_and_twice_to_the_same(
    as_owner: Client, link: AccountLink, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    token = token_for(link, invoice)

    answers = [as_owner.post(question(link), {"resumen": token}) for _ in range(2)]

    payment = Payment.objects.get()
    assert (payment.state, payment.amount_asked, payment.payer) == (PaymentState.OPEN, Decimal("1000.00"), link.user)
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(303, payment.checkout_url)] * 2
    assert payment.checkout_url.startswith(simulator.base_url)


@pytest.mark.django_db(transaction=True)
def test_a_summary_that_was_used_and_ended_becomes_a_new_one(
    as_owner: Client, link: AccountLink, invoice: Invoice, simulator: SimulatorProcess
) -> None:
    token = token_for(link, invoice)
    as_owner.post(question(link), {"resumen": token})
    session = Payment.objects.get().provider_session_id
    assert session
    simulator.expire(session)

    answer = as_owner.post(question(link), {"resumen": token})

    assert answer.status_code == 303
    assert "Este resumen es nuevo" in words_of(as_owner.get(answer["Location"]))
    assert Payment.objects.get().state == PaymentState.EXPIRED


@pytest.mark.django_db(transaction=True)
def test_money_on_its_way_leads_its_payer_to_the_payment_and_others_home(
    as_owner: Client,
    as_teammate: Client,
    teammate: User,
    link: AccountLink,
    invoice: Invoice,
    silent_simulator: SimulatorProcess,
) -> None:
    token, other_token = token_for(link, invoice), token_for(teammate.links.get(), invoice)
    as_owner.post(question(link), {"resumen": token})
    payment = Payment.objects.get()
    assert payment.provider_session_id
    silent_simulator.pay_later(payment.provider_session_id)

    own = as_owner.post(question(link), {"resumen": token})
    other = as_teammate.post(question(teammate.links.get()), {"resumen": other_token})

    assert (own.status_code, own["Location"]) == (303, f"/pagos/{payment.public_id}/")
    assert other["Location"] == home(teammate.links.get())
    assert said(other) == [
        "Otra persona está pagando alguna de estas facturas. No se te cobró nada. Fijate en un rato cómo quedó."
    ]


@pytest.mark.django_db(transaction=True)
def test_a_provider_that_does_not_answer_costs_nothing(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    answer = as_owner.post(question(link), {"resumen": token_for(link, invoice)})

    assert answer.status_code == 303
    assert said(answer) == ["No pudimos iniciar el pago. No se te cobró nada. Probá de nuevo en unos minutos."]
    assert "1 factura para pagar" in words_of(as_owner.get(answer["Location"]))
    assert Payment.objects.get().state == PaymentState.CREATED


def test_confirming_needs_the_token_of_the_form(owner: User, link: AccountLink, invoice: Invoice) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(question(link), {"resumen": token_for(link, invoice)}).status_code == 403
    assert not Payment.objects.exists()


def test_the_answer_may_send_a_form_to_the_checkout(
    as_owner: Client, link: AccountLink, invoice: Invoice, settings: Settings
) -> None:
    policy = as_owner.get(pay_page(link, invoice))["Content-Security-Policy"]
    assert re.search(rf"form-action 'self' {re.escape(settings.UTILITY.stripe_checkout_origin)}", policy)
    assert "unsafe" not in policy


def test_a_selection_of_many_bills_is_kept_by_redirects(as_owner: Client, link: AccountLink) -> None:
    bills = [InvoiceFactory.create(account=link.account, amount=Decimal("1.00")) for _ in range(90)]
    answer = as_owner.get(pay_page(link, *bills))
    assert len(parse_qs(urlsplit(answer["Location"]).query)["factura"]) == 90


def test_an_expired_attempt_does_not_hold_its_bill(as_owner: Client, link: AccountLink, invoice: Invoice) -> None:
    payment = open_checkout(invoice, payer=link.user)
    settle_payment(payment.pk, expired(payment), cause="test")
    assert as_owner.get(pay_page(link, invoice)).status_code == 200
