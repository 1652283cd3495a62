"""The office gives money back: of a payment, and of an account's credit."""

from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.models import ServiceAccount, User
from billing.enums import PaymentState, RefundRoute, RefundState
from billing.external_payments import record_external_payment
from billing.gateway.returns import RefundStatus
from billing.models import CreditEntry, Payment, Refund
from billing.refunds import record_refund
from billing.settlement import settle_payment
from oficina.shared.ids import public_id
from tests.answers import said, text_of
from tests.factories.billing import InvoiceFactory, begin_checkout, open_checkout, operation, paid, paid_checkout
from tests.factories.returns import asked_refund, credited, refund_report
from tests.staff.conftest import may

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_provider", "at_noon")]

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def payment(account: ServiceAccount, owner: User) -> Payment:
    """1,000 pesos by card, on a bill."""
    return paid_checkout(InvoiceFactory.create(account=account), payer=owner)


@pytest.fixture
def at_counter(account: ServiceAccount) -> Payment:
    """1,250 pesos at a counter, 250 of them credit."""
    bill = InvoiceFactory.create(account=account)
    told = operation(account, (bill, Decimal("1000.00")), amount=Decimal("1250.00"))
    return record_external_payment(told, cause="rendición")


def address(payment: Payment) -> str:
    return f"/admin/billing/payment/{payment.pk}/devolver/"


def form(**given: str) -> dict[str, str]:
    return {"key": public_id(), "share": "part", "amount": "300,00", "reason": "paid_twice", "detail": "", **given}


def yes(**given: str) -> dict[str, str]:
    return {**form(**given), "confirmado": "1"}


def test_the_page_shows_where_the_money_is(as_administrator: Client, at_counter: Payment) -> None:
    page = text_of(as_administrator.get(address(at_counter)))

    assert page.index("Saldo a favor de la cuenta") < page.index(f"Factura {at_counter.items.get().invoice}")
    assert f"{'$'}{NBSP}250,00" in page
    assert f"Todo lo que queda: ${NBSP}1.250,00" in page
    assert "Número de la transferencia" in page


def test_nothing_happens_before_the_question(as_administrator: Client, payment: Payment) -> None:
    page = text_of(as_administrator.post(address(payment), form()))

    assert f"¿Devolver ${NBSP}300,00?" in page
    assert f"La factura {payment.items.get().invoice} vuelve a deber" in page
    assert "Visa débito terminada en 4417" in page
    assert "Motivo: Pagó dos veces." in page
    assert not Refund.objects.exists()


def test_a_part_is_given_back_with_who_and_why(as_administrator: Client, payment: Payment, administrator: User) -> None:
    given = yes(detail="Lo mostró en el mostrador")

    answer = as_administrator.post(address(payment), given)

    refund = Refund.objects.get()
    assert (refund.payment, refund.amount, refund.route) == (payment, Decimal("300.00"), RefundRoute.PROVIDER)
    assert (refund.requested_by, refund.idempotency_key) == (administrator, given["key"])
    assert refund.reason == "Pagó dos veces. Lo mostró en el mostrador"
    # Nobody answers at the provider's address here: it stays saved, and the job goes on with it.
    assert refund.state == RefundState.CREATED
    assert answer.headers["Location"] == f"/admin/billing/payment/{payment.pk}/change/"
    (told,) = said(answer)
    assert told.startswith("La plataforma de pago todavía no contestó.")
    assert f"${NBSP}300,00 quedó guardada ({refund.number}) y se sigue sola: no la pidas de nuevo." in told
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id, entry.change_message) == (
        administrator, str(payment.pk), f"Devolución {refund.number} de ${NBSP}300,00",
    )  # fmt: skip


def test_a_double_click_refunds_once(as_administrator: Client, payment: Payment) -> None:
    given = yes()

    for _ in range(2):
        assert as_administrator.post(address(payment), given).status_code == 302

    assert Refund.objects.count() == 1
    assert LogEntry.objects.count() == 1


def test_all_means_what_was_shown(as_administrator: Client, payment: Payment, administrator: User) -> None:
    """Somebody else gives a part back between the question and the yes."""
    asked = as_administrator.post(address(payment), form(share="all", amount=""))
    shown = {field.html_name: str(field.value()) for field in asked.context["form"]}
    assert (shown["share"], shown["amount"]) == ("part", "1.000,00")
    asked_refund(payment, Decimal("400.00"), by=administrator)

    page = text_of(as_administrator.post(address(payment), {**shown, "confirmado": "1"}))

    assert f"Es más de lo que queda: se pueden devolver ${NBSP}600,00." in page
    assert Refund.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"amount": "1.000,01"}, f"Es más de lo que queda: se pueden devolver ${NBSP}1.000,00."),
        ({"amount": "0"}, "Escribí un importe mayor que cero, con hasta dos decimales."),
        ({"amount": "-5"}, "Escribí un importe mayor que cero, con hasta dos decimales."),
        ({"amount": "1,005"}, "Escribí un importe con hasta dos decimales."),
        ({"amount": "mil"}, "Escribí el importe en pesos, por ejemplo 1.234,56."),
        ({"amount": ""}, "Escribí cuánto se devuelve."),
        ({"reason": ""}, "Elegí por qué se devuelve."),
        ({"reason": "other"}, "Contá cuál es el motivo."),
        ({"key": "x"}, "Esta página es vieja. Volvé al registro y empezá de nuevo."),
    ],
)
@pytest.mark.parametrize("sent", [form, yes])
def test_what_is_wrong_is_said(
    as_administrator: Client, payment: Payment, given: dict[str, str], words: str, sent: object
) -> None:
    answer = as_administrator.post(address(payment), (form if sent is form else yes)(**given))

    assert (answer.status_code, words in text_of(answer)) == (200, True)
    assert not Refund.objects.exists()


def test_a_refusal_is_tied_to_its_field(as_administrator: Client, payment: Payment) -> None:
    page = text_of(as_administrator.post(address(payment), yes(amount="1.000,01")))

    assert 'aria-describedby="id_amount_helptext id_amount_error"' in page
    assert 'id="id_amount_error"' in page


def test_going_back_keeps_what_was_typed(as_administrator: Client, payment: Payment) -> None:
    page = text_of(as_administrator.post(address(payment), form(detail="Dos veces", corregir="1")))

    assert 'value="300,00"' in page
    assert 'value="Dos veces"' in page


def test_what_came_elsewhere_needs_the_number_of_the_transfer(as_administrator: Client, at_counter: Payment) -> None:
    without = text_of(as_administrator.post(address(at_counter), yes(amount="1.250,00")))
    assert "Escribí el número de la transferencia." in without
    own = text_of(
        as_administrator.post(address(at_counter), yes(amount="1.250,00", reference=at_counter.operation_number))
    )
    assert "Ese número ya es de este pago o de otra devolución suya. Revisalo." in own

    answer = as_administrator.post(address(at_counter), yes(amount="1.250,00", reference="TR-88"))

    refund = Refund.objects.get()
    assert (refund.route, refund.state, refund.operation_number) == (
        RefundRoute.OFFICE, RefundState.SUCCEEDED, "TR-88",
    )  # fmt: skip
    assert said(answer) == [f"Devolvimos ${NBSP}1.250,00 ({refund.number})."]
    assert "De este pago no queda nada para devolver." in text_of(as_administrator.get(address(at_counter)))


def test_nothing_is_given_back_of_an_attempt(as_administrator: Client, account: ServiceAccount) -> None:
    attempt = open_checkout(InvoiceFactory.create(account=account))

    page = text_of(as_administrator.post(address(attempt), yes(amount="1,00")))

    assert "De este pago no queda nada para devolver." in page
    assert attempt.state == PaymentState.OPEN


def test_the_states_of_a_refund_are_shown(as_administrator: Client, payment: Payment, administrator: User) -> None:
    refund = asked_refund(payment, Decimal("100.00"), by=administrator)
    own = f"/admin/billing/payment/{payment.pk}/change/"
    assert "pedida, sin respuesta todavía" in text_of(as_administrator.get(own))
    record_refund(payment.pk, refund_report(payment, refund.amount, RefundStatus.PENDING, refund=refund))
    assert "en camino" in text_of(as_administrator.get(own))
    record_refund(payment.pk, refund_report(payment, refund.amount, RefundStatus.FAILED, refund=refund))
    for page in (own, f"/admin/billing/refund/{refund.pk}/change/", address(payment)):
        assert "La tarjeta está vencida o dada de baja." in text_of(as_administrator.get(page))


@pytest.mark.parametrize("codenames", [("view_payment",), ("refund_payment",)], ids=["only sees", "sees nothing"])
def test_a_refund_needs_its_permission(staff: User, payment: Payment, codenames: tuple[str, ...]) -> None:
    client = may(staff, *codenames)

    assert client.get(address(payment)).status_code == 403
    assert client.post(address(payment), yes()).status_code == 403
    assert not Refund.objects.exists()


def test_a_clerk_with_the_permission_finds_the_button(staff: User, payment: Payment) -> None:
    own = f"/admin/billing/payment/{payment.pk}/change/"
    assert address(payment) not in text_of(may(staff, "view_payment").get(own))

    client = may(staff, "view_payment", "refund_payment")
    assert address(payment) in text_of(client.get(own))
    assert client.get(address(payment)).status_code == 200


def test_to_others_there_is_no_such_page(as_owner: Client, anonymous: Client, payment: Payment) -> None:
    assert as_owner.get(address(payment)).status_code == 404
    assert as_owner.post(address(payment), yes()).status_code == 404
    assert anonymous.post(address(payment), yes()).headers["Location"].startswith("/ingresar/")
    assert not Refund.objects.exists()


def of_credit(account: ServiceAccount) -> str:
    return f"/admin/accounts/serviceaccount/{account.pk}/devolver-saldo/"


def credit_form(**given: str) -> dict[str, str]:
    return {"key": public_id(), "amount": "300,00", "reason": "asked_for", "detail": "", "reference": "TR-1", **given}


def credit_of(account: ServiceAccount) -> Decimal:
    return CreditEntry.objects.filter(account=account).balance()


def test_credit_is_given_back_by_its_plan(
    as_administrator: Client, account: ServiceAccount, administrator: User
) -> None:
    source = credited(account, Decimal("500.00"))
    page = text_of(as_administrator.get(of_credit(account)))
    assert source.number in page
    assert "Por transferencia, a mano" in page

    asked = as_administrator.post(of_credit(account), credit_form())
    assert f"Antes de confirmar, la transferencia TR-1 tiene que estar hecha por ${NBSP}300,00." in text_of(asked)
    assert not Refund.objects.exists()
    shown = {field.html_name: str(field.value()) for field in asked.context["form"]}
    for _ in range(2):
        answer = as_administrator.post(of_credit(account), {**shown, "confirmado": "1"})
        assert answer.status_code == 302

    refund = Refund.objects.get()
    assert (refund.amount, refund.operation_number, refund.requested_by) == (Decimal("300.00"), "TR-1", administrator)
    assert credit_of(account) == Decimal("200.00")
    entry = LogEntry.objects.get()
    assert entry.change_message == f"Devolución de saldo a favor por ${NBSP}300,00: {refund.number}"


def test_a_plan_that_changed_is_asked_about_again(as_administrator: Client, account: ServiceAccount) -> None:
    credited(account, Decimal("500.00"))

    page = text_of(as_administrator.post(of_credit(account), {**credit_form(), "by_hand": "100,00", "confirmado": "1"}))

    assert f"ahora hay que transferir ${NBSP}300,00 a mano" in page
    assert credit_of(account) == Decimal("500.00")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"amount": "500,01"}, f"Es más de lo que queda: se pueden devolver ${NBSP}500,00."),
        ({"reference": ""}, f"De este importe hay que transferir ${NBSP}300,00 a mano."),
        ({"amount": ""}, "Escribí cuánto se devuelve."),
    ],
)
def test_what_is_wrong_about_credit_is_said(
    as_administrator: Client, account: ServiceAccount, given: dict[str, str], words: str
) -> None:
    credited(account, Decimal("500.00"))

    assert words in text_of(as_administrator.post(of_credit(account), credit_form(**given)))
    assert credit_of(account) == Decimal("500.00")


def test_what_the_provider_refused_may_be_transferred(
    as_administrator: Client, account: ServiceAccount, owner: User, administrator: User
) -> None:
    bill = InvoiceFactory.create(account=account)
    late = begin_checkout(bill, payer=owner)
    record_external_payment(operation(account, (bill, Decimal("1000.00"))), cause="rendición")
    online = settle_payment(late.pk, paid(late), cause="test")
    assert "Transferirlo a mano" not in text_of(as_administrator.get(of_credit(account)))
    failed = asked_refund(online, Decimal("100.00"), by=administrator)
    record_refund(online.pk, refund_report(online, failed.amount, RefundStatus.FAILED, refund=failed))

    page = text_of(as_administrator.get(of_credit(account)))
    assert "Por la plataforma de pago, que ya rechazó una devolución" in page
    assert "Lo que la plataforma de pago ya rechazó" in page
    assert "Lo que la plataforma ya rechazó también se puede transferir." in page
    without = text_of(as_administrator.post(of_credit(account), credit_form(refused="transfer", reference="")))
    assert f"De este importe hay que transferir ${NBSP}300,00 a mano." in without
    again = text_of(as_administrator.post(of_credit(account), credit_form(refused="ask_again")))
    assert "Antes de confirmar" not in again
    asked = as_administrator.post(of_credit(account), credit_form(refused="transfer"))
    assert f"Antes de confirmar, la transferencia TR-1 tiene que estar hecha por ${NBSP}300,00." in text_of(asked)
    shown = {field.html_name: str(field.value()) for field in asked.context["form"]}
    answer = as_administrator.post(of_credit(account), {**shown, "confirmado": "1"})

    refund = Refund.objects.latest("pk")
    assert (refund.route, refund.state, refund.operation_number, refund.requested_by, refund.reason) == (
        RefundRoute.OFFICE, RefundState.SUCCEEDED, "TR-1", administrator, "La pidió el cliente",
    )  # fmt: skip
    assert said(answer) == [f"Devolvimos ${NBSP}300,00 ({refund.number})."]
    assert credit_of(account) == Decimal("700.00")
    entry = LogEntry.objects.get()
    assert entry.change_message == f"Devolución de saldo a favor por ${NBSP}300,00: {refund.number}"
    own = text_of(as_administrator.get(f"/admin/billing/payment/{online.pk}/change/"))
    assert "La entregó la oficina. Motivo: La pidió el cliente." in own


def test_an_account_without_credit_says_so(as_administrator: Client, account: ServiceAccount) -> None:
    assert "La cuenta no tiene saldo a favor." in text_of(as_administrator.get(of_credit(account)))
    posted = as_administrator.post(of_credit(account), {**credit_form(), "confirmado": "1"})
    assert (posted.status_code, Refund.objects.exists()) == (200, False)


def test_credit_needs_its_permission(staff: User, account: ServiceAccount, as_owner: Client) -> None:
    credited(account, Decimal("500.00"))
    own = f"/admin/accounts/serviceaccount/{account.pk}/change/"
    sees = may(staff, "view_serviceaccount")
    assert of_credit(account) not in text_of(sees.get(own))
    assert sees.post(of_credit(account), {**credit_form(), "confirmado": "1"}).status_code == 403
    assert as_owner.get(of_credit(account)).status_code == 404

    client = may(staff, "view_serviceaccount", "refund_credit")
    assert of_credit(account) in text_of(client.get(own))
    assert client.get(of_credit(account)).status_code == 200
