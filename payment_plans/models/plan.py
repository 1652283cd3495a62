"""That a debt is paid in instalments: what was agreed, what it takes up, and how it went on."""

from datetime import date
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import AccountLink, ServiceAccount, TermsAcceptance
from billing.models import Invoice
from oficina.shared.append_only import AppendOnly
from oficina.shared.dates import local_day
from oficina.shared.ids import public_id, verification_code
from oficina.shared.legal_moves import legal_moves
from oficina.shared.money import MoneyField
from payment_plans.enums import CLOSED, ENDS, LIVE, NoticeKind, PlanEnd, PlanState
from payment_plans.financing import DOWN_PAYMENT, Instalment, Schedule, Terms
from payment_plans.models.policy import PlanPolicy, terms_of
from payment_plans.transitions import PLAN_TRANSITIONS
from payment_plans.triggers import (
    adds_up,
    agreed_for_good,
    made_by_its_policy,
    one_live_plan,
    paid_by_its_document,
)


class PaymentPlanQuerySet(models.QuerySet["PaymentPlan"]):
    """The words in which plans are asked for."""

    def of(self, link: AccountLink) -> Self:
        """Those of the account of this link, whoever made them: the plan is about the account's debt."""
        return self.filter(account=link.account_id)

    def live(self) -> Self:
        """Those that wait for their first payment or are in force."""
        return self.filter(state__in=LIVE)

    def waiting(self) -> Self:
        """Those that begin with their first payment."""
        return self.filter(state=PlanState.WAITING)

    def in_force(self) -> Self:
        """Those whose instalments stand in the place of their bills."""
        return self.filter(state=PlanState.IN_FORCE)


class PaymentPlan(models.Model):
    """`debt` pesos of an account's bills, paid as `total` pesos in `instalments` instalments, besides a down payment
    where the policy asks for one, at `annual_rate`, the TNA in per cent. Made at `created_at`, at that day's prices.

    `total_financial_cost` is the CFT, in per cent, that was shown. `document`, digits only, `phone` and `email` are
    what the person who made it gave to be found by. A plan is never edited: it goes on, or it ends.

    Whoever holds the paper with its instalments checks `verification_code` at `/verificar/`.
    """

    public_id = models.CharField("referencia", max_length=20, unique=True, default=public_id, editable=False)
    verification_code = models.CharField(
        "código de verificación", max_length=12, unique=True, default=verification_code, editable=False
    )
    account = models.ForeignKey(
        ServiceAccount, on_delete=models.PROTECT, related_name="payment_plans", verbose_name="cuenta"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payment_plans", verbose_name="quien lo hizo"
    )
    acceptance = models.OneToOneField(
        TermsAcceptance, on_delete=models.PROTECT, related_name="payment_plan", verbose_name="aceptación"
    )
    policy = models.ForeignKey(PlanPolicy, on_delete=models.PROTECT, related_name="plans", verbose_name="política")
    instalments = models.PositiveSmallIntegerField("cuotas")
    annual_rate = models.DecimalField("TNA (%)", max_digits=6, decimal_places=2)
    total_financial_cost = models.DecimalField("CFT (%)", max_digits=12, decimal_places=2)
    debt = MoneyField("deuda")
    total = MoneyField("total")
    document = models.CharField("DNI, CUIT o CUIL", max_length=11)
    phone = models.CharField("teléfono", max_length=20)
    email = models.EmailField("mail", help_text="En minúsculas.")
    state = models.CharField("estado", max_length=10, choices=PlanState, default=PlanState.WAITING)
    end_reason = models.CharField("motivo del fin", max_length=20, choices=PlanEnd, blank=True)
    end_note = models.CharField("explicación del fin", max_length=300, blank=True)
    created_at = models.DateTimeField("hecho", default=timezone.now)
    began_at = models.DateTimeField("vigente desde", null=True, blank=True)
    closed_at = models.DateTimeField("terminado", null=True, blank=True)

    objects = PaymentPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "plan de pago"
        verbose_name_plural = "planes de pago"
        permissions = [("cancel_paymentplan", "Puede cancelar planes de pago")]
        indexes = [
            models.Index(fields=["account", "-created_at"], name="payment_plan_by_account"),
            models.Index(fields=["document"], name="payment_plan_by_document"),
            models.Index(fields=["state"], condition=Q(state__in=LIVE), name="payment_plan_live"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state=PlanState.WAITING), name="payment_plan_one_waits"
            ),
            models.CheckConstraint(condition=Q(state__in=PlanState.values), name="payment_plan_state_known"),
            models.CheckConstraint(condition=Q(debt__gt=0) & Q(total__gte=F("debt")), name="payment_plan_of_a_debt"),
            models.CheckConstraint(condition=Q(email=models.functions.Lower("email")), name="payment_plan_mail_lower"),
            models.CheckConstraint(
                condition=Q(document__regex=r"^(\d{7,8}|\d{11})$") & ~Q(phone="") & ~Q(email=""),
                name="payment_plan_can_be_reached",
            ),
            models.CheckConstraint(
                condition=Q(
                    *(Q(state=state, end_reason__in=reasons) for state, reasons in ENDS.items()), _connector=Q.OR
                )
                | ~Q(state__in=CLOSED) & Q(end_reason=""),
                name="payment_plan_ends_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state=PlanState.CANCELLED) | ~Q(end_note=""), name="payment_plan_cancelled_is_explained"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[PlanState.WAITING, PlanState.ENDED], began_at=None)
                | Q(began_at__isnull=False, began_at__gte=F("created_at"))
                & ~Q(state__in=[PlanState.WAITING, PlanState.ENDED]),
                name="payment_plan_began_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE, closed_at=None)
                | Q(closed_at__isnull=False, closed_at__gte=F("created_at")) & ~Q(state__in=LIVE),
                name="payment_plan_closed_at_some_time",
            ),
        ]
        triggers = [
            *agreed_for_good("state", "end_reason", "end_note", "began_at", "closed_at"),
            made_by_its_policy(),
            legal_moves("plan", PLAN_TRANSITIONS),
            adds_up("NEW.id"),
        ]

    def __str__(self) -> str:
        return f"PP-{self.pk:08d}"

    @property
    def terms(self) -> Terms:
        """On what its debt is financed."""
        return terms_of(self.policy, self.instalments, self.annual_rate)

    @property
    def begins_on(self) -> date:
        """The local date from which it is financed."""
        return local_day(self.created_at)

    @property
    def schedule(self) -> Schedule:
        """Its instalments as they were agreed."""
        agreed = tuple(part.agreed for part in self.parts.order_by("number"))
        return Schedule(debt=self.debt, begins_on=self.begins_on, terms=self.terms, instalments=agreed)

    @property
    def is_waiting(self) -> bool:
        """It begins with its first payment; until then its bills are owed."""
        return self.state == PlanState.WAITING

    @property
    def is_in_force(self) -> bool:
        """Its instalments stand in the place of its bills."""
        return self.state == PlanState.IN_FORCE

    @property
    def is_live(self) -> bool:
        """It waits or is in force."""
        return self.state in LIVE


class PlanBill(AppendOnly):
    """A bill in a plan: what paid it at the prices of the plan's day, in pesos, and its surcharge, in all, by then."""

    plan = models.ForeignKey(PaymentPlan, on_delete=models.PROTECT, related_name="bills", verbose_name="plan")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="in_plans", verbose_name="factura")
    amount = MoneyField("importe")
    surcharge_when_paid = MoneyField("recargo")

    class Meta(AppendOnly.Meta):
        verbose_name = "factura de un plan"
        verbose_name_plural = "facturas de planes"
        constraints = [
            models.UniqueConstraint(fields=["plan", "invoice"], name="plan_bill_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(surcharge_when_paid__gte=0), name="plan_bill_owes_something"
            ),
        ]
        triggers = [*AppendOnly.Meta.triggers, one_live_plan(), adds_up("NEW.plan_id")]

    def __str__(self) -> str:
        return f"Factura {self.invoice_id} de {self.plan}"


class PlanPart(AppendOnly):
    """Pesos of a plan that one document, `invoice`, pays: capital, its interest, and the VAT of that."""

    capital = MoneyField("capital")
    interest = MoneyField("interés")
    vat = MoneyField("IVA")

    class Meta(AppendOnly.Meta):
        abstract = True

    @property
    def amount(self) -> Decimal:
        """What is paid, in pesos."""
        return self.capital + self.interest + self.vat


class PlanInstalment(PlanPart):
    """One payment of a plan as it was agreed, due on the local date `due_on`. Number 0 is the down payment."""

    plan = models.ForeignKey(PaymentPlan, on_delete=models.PROTECT, related_name="parts", verbose_name="plan")
    number = models.PositiveSmallIntegerField("número")
    due_on = models.DateField("vencimiento")
    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, related_name="plan_instalment", verbose_name="documento"
    )

    class Meta(PlanPart.Meta):
        verbose_name = "cuota"
        verbose_name_plural = "cuotas"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_instalment_number"),
            models.CheckConstraint(
                condition=Q(capital__gt=0) & Q(interest__gte=0) & Q(vat__gte=0), name="plan_instalment_pays_capital"
            ),
        ]
        triggers = [*AppendOnly.Meta.triggers, paid_by_its_document(), adds_up("NEW.plan_id")]

    def __str__(self) -> str:
        return "Anticipo" if self.is_down_payment else f"Cuota {self.number}"

    @property
    def is_down_payment(self) -> bool:
        """It is paid before the instalments, and bears no interest."""
        return self.number == DOWN_PAYMENT

    @property
    def agreed(self) -> Instalment:
        """It, as the arithmetic knows it."""
        return Instalment(
            number=self.number, due_on=self.due_on, capital=self.capital, interest=self.interest, vat=self.vat
        )


class PlanPayoff(PlanPart):
    """All that was still to be paid of a plan in force, at once and without the interest that had not accrued, `saved`
    pesos less. Its document can be paid until the local date `good_until`.
    """

    plan = models.ForeignKey(PaymentPlan, on_delete=models.PROTECT, related_name="payoffs", verbose_name="plan")
    saved = MoneyField("interés que se ahorra")
    good_until = models.DateField("se puede pagar hasta")
    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, related_name="plan_payoff", verbose_name="documento"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="quien lo pidió"
    )
    created_at = models.DateTimeField("pedido", default=timezone.now)

    class Meta(PlanPart.Meta):
        verbose_name = "pago anticipado de un plan"
        verbose_name_plural = "pagos anticipados de planes"
        constraints = [
            models.CheckConstraint(
                condition=Q(capital__gt=0) & Q(interest__gte=0) & Q(vat__gte=0) & Q(saved__gte=0),
                name="plan_payoff_pays_capital",
            )
        ]
        triggers = [*AppendOnly.Meta.triggers, paid_by_its_document()]

    def __str__(self) -> str:
        return f"Pago anticipado de {self.plan}"


class PlanStep(AppendOnly):
    """That a plan came to a state, when, for which reason, and by whom when a person did it."""

    plan = models.ForeignKey(PaymentPlan, on_delete=models.PROTECT, related_name="steps", verbose_name="plan")
    state = models.CharField("estado", max_length=10, choices=PlanState)
    reason = models.CharField("motivo", max_length=20, choices=PlanEnd, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="quien",
    )
    at = models.DateTimeField("momento", default=timezone.now)

    class Meta(AppendOnly.Meta):
        verbose_name = "paso de un plan"
        verbose_name_plural = "pasos de planes"
        ordering = ["pk"]
        indexes = [models.Index(fields=["at"], name="plan_step_by_time")]
        constraints = [models.CheckConstraint(condition=Q(state__in=PlanState.values), name="plan_step_state_known")]

    def __str__(self) -> str:
        return f"{self.plan}: {self.get_state_display()}"


class PlanNotice(AppendOnly):
    """That whoever made a plan was told by mail of one of its instalments."""

    instalment = models.ForeignKey(
        PlanInstalment, on_delete=models.PROTECT, related_name="notices", verbose_name="cuota"
    )
    kind = models.CharField("tipo", max_length=10, choices=NoticeKind)
    created_at = models.DateTimeField("avisado", default=timezone.now)

    class Meta(AppendOnly.Meta):
        verbose_name = "aviso de una cuota"
        verbose_name_plural = "avisos de cuotas"
        constraints = [
            models.UniqueConstraint(fields=["instalment", "kind"], name="plan_notice_once"),
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="plan_notice_kind_known"),
        ]

    def __str__(self) -> str:
        return f"Aviso de {self.instalment}"
