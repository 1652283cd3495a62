"""On what the utility finances debt: what the office decides, with the dates from which it holds."""

from datetime import date
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value

from billing.enums import InvoiceKind
from oficina.shared.money import CENT, ZERO, MoneyField, figure
from payment_plans.enums import ROUNDINGS
from payment_plans.financing import Terms
from payment_plans.triggers import options_frozen_once_used, policy_frozen_once_used

FINANCED_KINDS = [kind for kind in InvoiceKind.choices if kind[0] != InvoiceKind.INSTALMENT]
"""Kinds of bills that a plan may take up, with their labels."""


def service_bills() -> list[str]:
    """What a policy finances unless it says otherwise."""
    return [InvoiceKind.SERVICE.value]


class PlanPolicyQuerySet(models.QuerySet["PlanPolicy"]):
    """The words in which policies are asked for."""

    def in_force(self, *, on: date) -> Self:
        """The one by which plans are made on a local date; constraints see that there are not two."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=on), valid_from__lte=on)


class PlanPolicy(models.Model):
    """By which plans are made from `valid_from` to `valid_until`, local dates, both whole.

    A bill qualifies if it is of one of `kinds` and its first due date passed `minimum_days_overdue` days ago or more;
    where that is empty, also before it falls due. Pesos: `minimum_debt`, and `rounds_to`, of which instalments are
    multiples. Per cent: `down_payment` of the debt, and the VAT that interest bears.

    `days_to_first` days after a plan is made its first payment falls due. `grace_days` later it is held unpaid, as any
    instalment: places of payment report with delay. A plan lapses with `lapses_after` unpaid instalments, or with any
    of them `days_after_last` days after the last one. A document that pays all the rest early is good for
    `payoff_days` days. Plans keep the policy by which they were made, which then stays as it is but for its end.
    """

    name = models.CharField("nombre", max_length=80)
    valid_from = models.DateField("vigente desde")
    valid_until = models.DateField("vigente hasta", null=True, blank=True)
    minimum_debt = MoneyField("deuda mínima", default=ZERO)
    kinds = ArrayField(
        models.CharField(max_length=10, choices=FINANCED_KINDS),
        verbose_name="qué financia",
        default=service_bills,
    )
    minimum_days_overdue = models.PositiveSmallIntegerField(
        "días desde el vencimiento",
        null=True,
        blank=True,
        default=1,
        help_text="Con cuántos días de vencida entra una factura. Vacío: también las que no vencieron.",
    )
    down_payment = models.DecimalField("anticipo (%)", max_digits=5, decimal_places=2, default=ZERO)
    rounds_to = models.DecimalField(
        "redondeo de las cuotas", max_digits=5, decimal_places=2, choices=ROUNDINGS, default=CENT
    )
    vat_rate = models.DecimalField("IVA del interés (%)", max_digits=5, decimal_places=2, default=ZERO)
    plans_at_once = models.PositiveSmallIntegerField("planes a la vez por cuenta", default=1)
    days_to_first = models.PositiveSmallIntegerField("días para la primera cuota", default=10)
    grace_days = models.PositiveSmallIntegerField("días de espera de avisos de pago", default=3)
    lapses_after = models.PositiveSmallIntegerField("caduca con cuántas cuotas impagas", default=2)
    days_after_last = models.PositiveSmallIntegerField("caduca a los cuántos días de la última cuota", default=60)
    payoff_days = models.PositiveSmallIntegerField("días para pagar todo junto", default=5)

    objects = PlanPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = "política de planes de pago"
        verbose_name_plural = "políticas de planes de pago"
        ordering = ["-valid_from"]
        constraints = [
            ExclusionConstraint(
                name="plan_policy_one_at_a_time",
                expressions=[
                    (
                        Func(
                            F("valid_from"),
                            F("valid_until"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    )
                ],
                violation_error_message="Hay otra política en esas fechas: terminá antes la anterior.",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="plan_policy_ends_later"
            ),
            models.CheckConstraint(condition=Q(minimum_debt__gte=0), name="plan_policy_minimum_not_negative"),
            models.CheckConstraint(
                condition=Q(kinds__contained_by=[kind for kind, _ in FINANCED_KINDS]) & Q(kinds__len__gte=1),
                name="plan_policy_finances_bills",
            ),
            models.CheckConstraint(
                condition=Q(down_payment__gte=0) & Q(down_payment__lt=100), name="plan_policy_down_payment_a_share"
            ),
            models.CheckConstraint(
                condition=Q(rounds_to__in=[unit for unit, _ in ROUNDINGS]), name="plan_policy_rounding_known"
            ),
            models.CheckConstraint(condition=Q(vat_rate__gte=0) & Q(vat_rate__lt=100), name="plan_policy_vat_a_rate"),
            models.CheckConstraint(
                condition=Q(plans_at_once__gte=1) & Q(lapses_after__gte=1) & Q(payoff_days__gte=1),
                name="plan_policy_counts_from_one",
            ),
        ]
        triggers = [policy_frozen_once_used("valid_until", "name")]

    def __str__(self) -> str:
        return self.name


class PolicyOption(models.Model):
    """A number of instalments that a policy offers, at `annual_rate`, the TNA in per cent."""

    policy = models.ForeignKey(PlanPolicy, on_delete=models.CASCADE, related_name="options", verbose_name="política")
    instalments = models.PositiveSmallIntegerField("cuotas")
    annual_rate = models.DecimalField("TNA (%)", max_digits=6, decimal_places=2)

    class Meta:
        verbose_name = "opción de cuotas"
        verbose_name_plural = "opciones de cuotas"
        ordering = ["instalments"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "instalments"], name="policy_option_once"),
            models.CheckConstraint(
                condition=Q(instalments__gte=1) & Q(instalments__lte=120), name="policy_option_some_instalments"
            ),
            models.CheckConstraint(condition=Q(annual_rate__gte=0), name="policy_option_rate_not_negative"),
        ]
        triggers = [options_frozen_once_used()]

    def __str__(self) -> str:
        return f"{self.instalments} cuotas, TNA {figure(self.annual_rate)} %"

    def clean(self) -> None:
        """No rate above what the law lets anybody charge."""
        cap = settings.UTILITY.payment_plan_rate_cap
        if self.annual_rate is not None and self.annual_rate > cap:
            raise ValidationError(
                {"annual_rate": f"La TNA no puede superar {figure(cap)} %: es el tope de la Ley 24.240, artículo 31."}
            )

    @property
    def terms(self) -> Terms:
        """On what it finances a debt."""
        return terms_of(self.policy, self.instalments, self.annual_rate)


def terms_of(policy: PlanPolicy, instalments: int, annual_rate: Decimal) -> Terms:
    """On what a policy finances a debt in a number of instalments, at a TNA in per cent."""
    return Terms(
        instalments=instalments,
        annual_rate=annual_rate,
        days_to_first=policy.days_to_first,
        down_payment=policy.down_payment,
        vat_rate=policy.vat_rate,
        rounds_to=policy.rounds_to,
    )
