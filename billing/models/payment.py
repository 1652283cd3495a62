"""A payment is one attempt to pay; its items freeze what was chosen; its allocations say where the money went."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import AccountLink, ServiceAccount
from billing.enums import LIVE_STATES, PROVIDER_CHANNELS, AllocationReason, PaymentChannel, PaymentState
from billing.models.credit_use import CreditUse
from billing.models.invoice import Invoice
from billing.triggers import ledger, payments, till
from oficina.shared.append_only import AppendOnly
from oficina.shared.ids import public_id
from oficina.shared.money import CURRENCY, ZERO, MoneyField


class PaymentQuerySet(models.QuerySet["Payment"]):
    """The words in which payments are asked for."""

    def of(self, link: AccountLink) -> Self:
        """Payments on the account of this link, whoever made them."""
        return self.filter(account=link.account_id)

    def live(self) -> Self:
        """Attempts that still hold their bills."""
        return self.filter(state__in=LIVE_STATES)

    def succeeded(self) -> Self:
        """Attempts whose money is in the ledger."""
        return self.filter(state=PaymentState.SUCCEEDED)


class Payment(models.Model):
    """One attempt to pay, through one channel, for one account.

    Amounts are pesos; instants UTC. `request` is the exact request that the provider is sent, saved before it is sent,
    so that a repetition under the same `idempotency_key` never differs. `operation_number` is the number that an
    external channel gives to its operation.
    """

    public_id = models.CharField("identificador", max_length=20, unique=True, default=public_id, editable=False)
    account = models.ForeignKey(
        ServiceAccount, on_delete=models.PROTECT, related_name="payments", verbose_name="cuenta"
    )
    payer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="payments",
        null=True,
        blank=True,
        verbose_name="quien paga",
    )
    channel = models.SlugField("canal", max_length=40, default=PaymentChannel.CHECKOUT)
    state = models.CharField("estado", max_length=10, choices=PaymentState, default=PaymentState.CREATED)
    currency = models.CharField("moneda", max_length=3, default=CURRENCY)
    amount_asked = MoneyField("importe pedido")
    amount_received = MoneyField("importe recibido", null=True, blank=True)
    idempotency_key = models.CharField("clave de idempotencia", max_length=64, unique=True, null=True, blank=True)
    request = models.JSONField("pedido al proveedor", null=True, blank=True)
    checkout_url = models.URLField("página de pago", max_length=2000, blank=True)
    provider_session_id = models.CharField("sesión del proveedor", max_length=255, unique=True, null=True, blank=True)
    provider_payment_id = models.CharField("pago del proveedor", max_length=255, unique=True, null=True, blank=True)
    operation_number = models.CharField("número de operación", max_length=64, blank=True)
    means_brand = models.CharField("marca de la tarjeta", max_length=30, blank=True)
    means_funding = models.CharField("tipo de tarjeta", max_length=20, blank=True)
    means_last4 = models.CharField("últimos números", max_length=4, blank=True)
    failure_code = models.CharField("motivo del rechazo", max_length=60, blank=True)
    created_at = models.DateTimeField("iniciado", default=timezone.now, editable=False)
    expires_at = models.DateTimeField("vence", null=True, blank=True)
    paid_at = models.DateTimeField("pagado", null=True, blank=True)
    settled_at = models.DateTimeField("imputado", null=True, blank=True)
    checked_at = models.DateTimeField("consultado al proveedor", null=True, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = "pago"
        verbose_name_plural = "pagos"
        permissions = [
            ("refund_payment", "Puede devolver plata de un pago"),
            ("release_payment", "Puede liberar un pago que el proveedor no tiene"),
            ("view_collected", "Puede ver cuánto se recaudó"),
        ]
        indexes = [
            models.Index(fields=["account", "-created_at"], name="payment_by_account"),
            models.Index(fields=["checked_at"], name="payment_live", condition=Q(state__in=LIVE_STATES)),
            models.Index(fields=["operation_number"], name="payment_by_operation"),
            models.Index(
                fields=["state", "id"], name="payment_not_succeeded", condition=~Q(state=PaymentState.SUCCEEDED)
            ),
            models.Index(
                fields=["paid_at"],
                name="payment_of_provider_by_day",
                condition=Q(channel__in=PROVIDER_CHANNELS, state=PaymentState.SUCCEEDED),
            ),
            models.Index(
                fields=["settled_at"],
                name="payment_collected",
                include=["channel", "amount_received"],  # sums of a month never read the table
                condition=Q(settled_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "operation_number", "account"],
                condition=~Q(operation_number=""),
                name="payment_operation_unique",
            ),
            models.CheckConstraint(condition=Q(currency=CURRENCY), name="payment_one_currency"),
            models.CheckConstraint(condition=Q(amount_asked__gt=0), name="payment_asks_something"),
            models.CheckConstraint(condition=Q(state__in=PaymentState.values), name="payment_state_known"),
            models.CheckConstraint(
                condition=Q(
                    state=PaymentState.SUCCEEDED,
                    amount_received__isnull=False,  # a CHECK lets NULL > 0 pass
                    amount_received__gt=0,
                    paid_at__isnull=False,
                    settled_at__isnull=False,
                )
                | (~Q(state=PaymentState.SUCCEEDED) & Q(amount_received=None, settled_at=None)),
                name="payment_received_when_succeeded",
            ),
            models.CheckConstraint(
                condition=~Q(channel=PaymentChannel.CHECKOUT)
                | Q(idempotency_key__isnull=False, request__isnull=False, expires_at__isnull=False),
                name="payment_checkout_saved_its_request",
            ),
            models.CheckConstraint(
                condition=~Q(channel=PaymentChannel.DIRECT_DEBIT_CARD)
                | Q(idempotency_key__isnull=False, request__isnull=False),
                name="payment_card_debit_saved_its_request",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="what_was_asked_stays",
                fields=[
                    "public_id",
                    "account",
                    "channel",
                    "operation_number",
                    "currency",
                    "amount_asked",
                    "idempotency_key",
                    "request",
                    "created_at",
                ],
            ),
            payments.legal_beginning(),
            payments.legal_transition(),
            payments.written_once(
                ["amount_received", "paid_at", "settled_at", "provider_session_id", "provider_payment_id"]
            ),
            payments.items_follow_state(),
            payments.asks_for_its_items("NEW.id"),
            till.is_in_the_till(),
            ledger.conservation("NEW.id", condition=pgtrigger.Q(new__amount_received__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number that people see: `P-00418902`."""
        return f"P-{self.pk:08d}"

    @property
    def is_live(self) -> bool:
        """Whether the attempt still holds its bills."""
        return self.state in LIVE_STATES


class PaymentItem(models.Model):
    """What was chosen, frozen: an invoice, what is asked for it, and the surcharge it has once that is paid.

    `live` follows the payment's state by trigger; its partial unique index is the rule of one live attempt per invoice.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="items", verbose_name="pago")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payment_items", verbose_name="factura")
    amount = MoneyField("importe")
    surcharge = MoneyField("recargo")
    live = models.BooleanField("en curso", default=False, editable=False)

    class Meta:
        verbose_name = "factura elegida"
        verbose_name_plural = "facturas elegidas"
        constraints = [
            models.UniqueConstraint(fields=["payment", "invoice"], name="payment_item_once"),
            models.UniqueConstraint(fields=["invoice"], condition=Q(live=True), name="invoice_one_live_attempt"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_item_asks_something"),
            models.CheckConstraint(condition=Q(surcharge__gte=0), name="payment_item_surcharge_not_negative"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="selection_stays", fields=["payment", "invoice", "amount", "surcharge"]),
            payments.item_is_live_as_its_payment(),
            payments.asks_for_its_items("NEW.payment_id"),
        ]

    def __str__(self) -> str:
        return f"Factura elegida {self.pk}"


class Allocation(AppendOnly):
    """Money of a payment put on an invoice, and the surcharge that this fixed on it. A reversal is a row of its own:
    it takes back the whole amount of an earlier one, and of its surcharge what the invoice no longer needs.

    `reason` tells the money that the payment brought for the bill from credit spent on it later (`credit_use`) and from
    what refunds and disputes took away and put back.

    Its insert trigger moves `Invoice.applied` and `Invoice.surcharge`, and with the row lock that this takes, one
    allocation after another.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations", verbose_name="pago")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="allocations", verbose_name="factura")
    amount = MoneyField("importe")
    surcharge = MoneyField("recargo fijado", default=ZERO)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="reversed_by", null=True, blank=True, verbose_name="anula a"
    )
    reason = models.CharField(
        "motivo", max_length=10, choices=AllocationReason, default=AllocationReason.PAID, db_default="paid"
    )
    credit_use = models.ForeignKey(
        CreditUse,
        on_delete=models.PROTECT,
        related_name="allocations",
        null=True,
        blank=True,
        db_index=False,
        verbose_name="uso de saldo a favor",
    )
    created_at = models.DateTimeField("imputado", default=timezone.now, editable=False)

    class Meta(AppendOnly.Meta):
        verbose_name = "imputación"
        verbose_name_plural = "imputaciones"
        indexes = [
            BrinIndex(fields=["created_at"], name="allocation_by_day", autosummarize=True),
            models.Index(
                fields=["created_at"], name="allocation_returned", condition=Q(reason=AllocationReason.RETURN)
            ),
            models.Index(
                fields=["reason", "id"], name="allocation_not_paid", condition=~Q(reason=AllocationReason.PAID)
            ),
            models.Index(fields=["credit_use"], name="allocation_by_use", condition=Q(credit_use__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(reason__in=AllocationReason.values), name="allocation_reason_known"),
            models.CheckConstraint(
                condition=Q(reason=AllocationReason.CREDIT, credit_use__isnull=False)
                | (~Q(reason=AllocationReason.CREDIT) & Q(credit_use=None)),
                name="allocation_of_credit_names_its_use",
            ),
            models.CheckConstraint(
                condition=Q(reverses=None, amount__gt=0, surcharge__gte=0)
                | Q(reverses__isnull=False, amount__lt=0, surcharge__lte=0),
                name="allocation_negative_only_to_reverse",
            ),
        ]
        triggers = [
            *AppendOnly.Meta.triggers,
            ledger.reversal_mirrors_its_allocation(),
            ledger.allocation_moves_its_invoice(),
            ledger.conservation("NEW.payment_id"),
        ]

    def __str__(self) -> str:
        return f"Imputación {self.pk}"


class PaymentEvent(AppendOnly):
    """One transition of a payment and its cause. `cause` names the act; `detail` what it knew."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="events", verbose_name="pago")
    from_state = models.CharField("de", max_length=10, choices=PaymentState, blank=True)
    to_state = models.CharField("a", max_length=10, choices=PaymentState)
    cause = models.CharField("causa", max_length=60)
    detail = models.JSONField("detalle", default=dict, blank=True)
    at = models.DateTimeField("momento", default=timezone.now, editable=False)

    class Meta(AppendOnly.Meta):
        verbose_name = "movimiento del pago"
        verbose_name_plural = "movimientos de los pagos"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"Movimiento {self.pk}"
