"""What a debt would cost by a policy: for whoever sets the rates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django import forms
from django.http import QueryDict

from oficina.shared.office.widgets import office_text
from payment_plans.financing import DebtTooSmallError, Instalment, Schedule, finance
from payment_plans.models import PlanPolicy, PolicyOption

EXAMPLE = Decimal("100000.00")
"""The debt in pesos of which a page tells the cost until somebody asks for another."""


class DebtForm(forms.Form):
    """Of how much debt the cost is asked."""

    deuda = forms.DecimalField(
        label="Deuda, en pesos",
        min_value=Decimal("1.00"),
        max_digits=12,
        decimal_places=2,
        localize=True,
        error_messages={
            "required": "Escribí de cuánto es la deuda.",
            "invalid": "Escribí un importe, como 100.000,00.",
        },
    )

    def __init__(self, asked: QueryDict) -> None:
        super().__init__(asked if "deuda" in asked else {"deuda": "100000"})
        office_text(self.fields["deuda"])

    @property
    def debt(self) -> Decimal:
        """What was asked for, or else the example."""
        return self.cleaned_data["deuda"] if self.is_valid() else EXAMPLE


@dataclass(frozen=True, kw_only=True)
class SimulatedOption:
    """An option of a policy, and the instalments of a debt by it; none when the debt has too few cents."""

    option: PolicyOption
    schedule: Schedule | None

    @property
    def last(self) -> Instalment | None:
        """The last instalment, which takes what rounding left."""
        return self.schedule.instalments[-1] if self.schedule else None


def simulated_options(policy: PlanPolicy, debt: Decimal, *, on: date) -> Sequence[SimulatedOption]:
    """What a debt in pesos would cost by each option of a policy, made into a plan on a local date."""
    options = policy.options.select_related("policy")
    return [SimulatedOption(option=option, schedule=simulated(option, debt, on=on)) for option in options]


def simulated(option: PolicyOption, debt: Decimal, *, on: date) -> Schedule | None:
    """The instalments of a debt in pesos by one option; None when it has too few cents."""
    try:
        return finance(debt, option.terms, begins_on=on)
    except DebtTooSmallError:
        return None
