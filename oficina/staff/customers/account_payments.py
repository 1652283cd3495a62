"""What an account paid, and where that money is now."""

from django.db.models import F
from django.urls import reverse

from accounts.models import ServiceAccount
from billing.admin import credit_refunds, payment_refunds, releasing
from billing.channel_names import named_channel_in_words, with_channel_name
from billing.enums import PaymentState
from billing.models import CreditEntry, Discrepancy, Dispute, Payment, Refund
from billing.open_checkouts import may_be_released
from billing.presentation import payment_state
from billing.returned import returned_of, with_story
from oficina.staff.customers.sections import (
    Act,
    Part,
    Row,
    Section,
    list_found,
    moment_cell,
    money_cell,
    record_cell,
    state_cell,
    text_cell,
)
from oficina.staff.customers.ways import May, anchor_of

LAST_PAYMENTS = 20
FEW = 6


def payments(account: ServiceAccount, may: May) -> Section:
    """The last attempts to pay, with how each stands."""
    last = with_channel_name(with_story(Payment.objects.filter(account=account))).defer("request")
    return Section(
        slug="pagos",
        title="Pagos",
        headings=("Pago", "Iniciado", "Medio", "Pedido", "Recibido", "Estado"),
        rows=[_payment(payment, may) for payment in last.order_by("-created_at", "-pk")[:LAST_PAYMENTS]],
        empty="Esta cuenta no tiene pagos.",
        every=list_found(Payment, account.number),
    )


def _payment(payment: Payment, may: May) -> Row:
    card = f"{payment.means_brand.capitalize()} …{payment.means_last4}" if payment.means_last4 else ""
    number = f"Operación {payment.operation_number}" if payment.operation_number else card
    return Row(
        anchor=anchor_of(payment),
        cells=(
            record_cell(payment, payment.number),
            moment_cell(payment.created_at),
            text_cell(named_channel_in_words(payment), note=number),
            money_cell(payment.amount_asked),
            money_cell(payment.amount_received),
            state_cell(payment_state(payment)),
        ),
        acts=_payment_acts(payment, may),
        is_over=payment.state in {PaymentState.FAILED, PaymentState.EXPIRED},
    )


def _payment_acts(payment: Payment, may: May) -> list[Act]:
    acts = []
    has_money = payment.state == PaymentState.SUCCEEDED and not returned_of(payment).is_all
    if has_money and may(payment_refunds.PERMISSION):
        address = reverse("admin:billing_payment_refund", args=[payment.pk])
        acts.append(Act(words="Devolver", address=address, about=payment.number))
    if may_be_released(payment) and may(releasing.PERMISSION):
        address = reverse("admin:billing_payment_release", args=[payment.pk])
        acts.append(Act(words="Liberar", address=address, about=payment.number))
    return acts


def credit(account: ServiceAccount, may: May) -> Section:
    """Where its saldo a favor came from and went."""
    of_account = CreditEntry.objects.filter(account=account)
    acts = []
    if may(credit_refunds.PERMISSION) and of_account.balance() > 0:
        address = reverse("admin:accounts_serviceaccount_refund_credit", args=[account.pk])
        acts.append(Act(words="Devolver saldo a favor", address=address))
    last = of_account.select_related("payment").defer("payment__request").order_by("-pk")[:FEW]
    return Section(
        slug="saldo",
        title="Saldo a favor",
        headings=("Momento", "Por qué", "Pago de origen", "Importe"),
        rows=[
            Row(
                anchor=anchor_of(entry),
                cells=(
                    moment_cell(entry.created_at),
                    text_cell(entry.get_reason_display()),
                    record_cell(entry.payment, entry.payment.number),
                    money_cell(entry.amount),
                ),
            )
            for entry in last
        ],
        empty="Nunca tuvo saldo a favor.",
        every=list_found(CreditEntry, account.number),
        acts=acts,
    )


def refunds(account: ServiceAccount, may: May) -> Section:  # noqa: ARG001  each part is told what may be seen
    """What was given back of its payments."""
    last = Refund.objects.filter(payment__account=account).select_related("payment", "requested_by")
    return Section(
        slug="devoluciones",
        title="Devoluciones",
        headings=("Devolución", "Pedida", "Pago", "Motivo", "Importe", "Estado"),
        rows=[
            Row(
                anchor=anchor_of(refund),
                cells=(
                    record_cell(refund),
                    moment_cell(refund.created_at),
                    record_cell(refund.payment, refund.payment.number),
                    text_cell(refund.reason, note=refund.get_route_display()),
                    money_cell(refund.amount),
                    text_cell(refund.get_state_display()),
                ),
            )
            for refund in last.defer("request", "payment__request").order_by("-pk")[:FEW]
        ],
        empty="Nunca se le devolvió plata.",
        every=list_found(Refund, account.number),
    )


def disputes(account: ServiceAccount, may: May) -> Section:  # noqa: ARG001  each part is told what may be seen
    """What the holders of its cards contest before their banks."""
    last = Dispute.objects.filter(payment__account=account).select_related("payment").defer("payment__request")
    return Section(
        slug="reclamos-al-banco",
        title="Reclamos al banco",
        headings=("Reclamo", "Iniciado", "Pago", "Importe", "Estado"),
        rows=[
            Row(
                anchor=anchor_of(dispute),
                cells=(
                    record_cell(dispute),
                    moment_cell(dispute.opened_at),
                    record_cell(dispute.payment, dispute.payment.number),
                    money_cell(dispute.amount),
                    text_cell(dispute.get_state_display()),
                ),
                is_over=not dispute.is_open,
            )
            for dispute in last.order_by("-pk")[:FEW]
        ],
        empty="Nadie desconoció un pago ante su banco.",
        every=list_found(Dispute, account.number),
    )


def discrepancies(account: ServiceAccount, may: May) -> Section:  # noqa: ARG001  each part is told what may be seen
    """What about its money a rule could not decide; those that are open on top."""
    keys = Discrepancy.objects.order_by().values("pk")  # each side by its index: an OR over both would walk the table
    about = keys.filter(payment__account=account).union(keys.filter(invoice__account=account))
    last = Discrepancy.objects.filter(pk__in=about).select_related("payment", "invoice").defer("payment__request")
    return Section(
        slug="diferencias",
        title="Diferencias",
        headings=("Diferencia", "Abierta", "Sobre", "Resuelta"),
        rows=[
            Row(
                anchor=anchor_of(found),
                cells=(
                    record_cell(found, found.get_kind_display()),
                    moment_cell(found.opened_at),
                    record_cell(found.payment, found.payment.number)
                    if found.payment
                    else text_cell(str(found.invoice)),
                    moment_cell(found.resolved_at),
                ),
                is_over=found.resolved_at is not None,
            )
            for found in last.order_by(F("resolved_at").desc(nulls_first=True), "-pk")[:FEW]
        ],
        empty="No hay diferencias con su plata.",
    )


PAYMENTS = Part(shows=Payment, build=payments)
CREDIT = Part(shows=CreditEntry, build=credit)
REFUNDS = Part(shows=Refund, build=refunds)
DISPUTES = Part(shows=Dispute, build=disputes)
DISCREPANCIES = Part(shows=Discrepancy, build=discrepancies)
