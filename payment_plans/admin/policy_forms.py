"""What the office fills in about a policy and the numbers of instalments that it offers."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.db.models import Q

from oficina.shared.dates import short_date, today
from oficina.shared.money import figure
from oficina.shared.office.widgets import office_figure
from payment_plans.models import PlanPolicy, PolicyOption
from payment_plans.models.policy import FINANCED_KINDS

COPIED = (
    "name", "minimum_debt", "kinds", "minimum_days_overdue", "down_payment", "rounds_to", "vat_rate", "plans_at_once",
    "days_to_first", "grace_days", "lapses_after", "days_after_last", "payoff_days",
)  # fmt: skip
"""What a new version of a policy begins with."""
_COUNTS = {"plans_at_once", "days_to_first", "lapses_after", "payoff_days"}
_SHARES = {"down_payment", "vat_rate"}
_WHOLE = 100


class PolicyForm(forms.ModelForm[PlanPolicy]):
    """When it holds, which debt it finances, and on what terms."""

    kinds = forms.MultipleChoiceField(
        label="Qué financia",
        choices=FINANCED_KINDS,
        widget=forms.CheckboxSelectMultiple(),
        error_messages={
            "required": "Elegí al menos un tipo de factura.",
            "invalid_choice": "Elegí al menos un tipo de factura.",
        },
    )

    class Meta:
        model = PlanPolicy
        fields = ("valid_from", "valid_until", *COPIED)
        localized_fields = ("minimum_debt", "down_payment", "vat_rate")  # with a comma, as people here write
        widgets: ClassVar = {name: office_figure() for name in localized_fields}
        help_texts = {
            "valid_from": "Si otra política rige ese día, termina el día antes.",
            "valid_until": "Vacío: hasta que empiece otra.",
            "minimum_debt": "En pesos. Con menos deuda que esta no se ofrece ningún plan.",
            "down_payment": "De la deuda. Cero: sin anticipo.",
            "vat_rate": "Cero: el interés no lleva IVA.",
            "days_to_first": "Si no se paga en ese plazo, el plan queda sin efecto.",
            "grace_days": "Lo que tardan los lugares de pago en avisar: recién después una cuota cuenta como impaga.",
            "days_after_last": "Aunque sea una sola la que falta.",
        }

    def clean_valid_from(self) -> date:
        """Raises ValidationError for a day on which people may have made plans by another policy."""
        begins: date = self.cleaned_data["valid_from"]
        if begins < today() and begins != self.initial.get("valid_from"):
            raise forms.ValidationError("Elegí una fecha desde hoy.", code="past")
        return begins

    def clean(self) -> dict[str, Any]:
        """Says in words what the database holds too."""
        given = super().clean() or self.cleaned_data
        for name in _COUNTS & given.keys():
            if given[name] is not None and given[name] < 1:
                self.add_error(name, "Tiene que ser 1 o más.")
        for name in _SHARES & given.keys():
            if given[name] is not None and not 0 <= given[name] < _WHOLE:
                self.add_error(name, "Tiene que ser 0 o más, y menos de 100.")
        if given.get("minimum_debt") is not None and given["minimum_debt"] < 0:
            self.add_error("minimum_debt", "No puede ser negativa.")
        begins, ends = given.get("valid_from", self.instance.valid_from), given.get("valid_until")
        if begins is not None:
            self._check_dates(begins, ends)
        return given

    def _check_dates(self, begins: date, ends: date | None) -> None:
        """That it ends after it begins, and does not hold together with another one."""
        if ends is not None and ends < begins:
            self.add_error("valid_until", "Tiene que ser el día en que empieza o uno posterior.")
            return
        other = _policy_at_the_same_time(self.instance, begins, ends)
        if other is None:
            return
        if other.valid_from >= begins:
            words = f"El {short_date(other.valid_from)} empieza {other}: esta tiene que terminar antes."
            self.add_error("valid_until", words)
        else:
            self.add_error(None, f"Ese día rige {other}, que empezó el {short_date(other.valid_from)}.")

    def validate_constraints(self) -> None:
        """But for the dates, since a new policy ends the one before: `clean` looked at them."""
        try:
            self.instance.validate_constraints(exclude={"valid_from", "valid_until"})
        except forms.ValidationError as violated:
            self.add_error(None, violated)


class OptionForm(forms.ModelForm[PolicyOption]):
    """A number of instalments and what it costs."""

    class Meta:
        model = PolicyOption
        fields = ("instalments", "annual_rate")
        localized_fields = ("annual_rate",)
        widgets: ClassVar = {"annual_rate": office_figure()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # the heading of its column is no label
            field.widget.attrs["aria-label"] = str(field.label)


class OptionFormSet(forms.BaseInlineFormSet[PolicyOption, PlanPolicy, forms.ModelForm[PolicyOption]]):
    """All that a policy offers."""

    def clean(self) -> None:
        """Raises ValidationError for a policy by which nobody could make a plan."""
        super().clean()
        filled = [form for form in self.forms if form.instance.pk or form.has_changed()]
        if len(filled) == len(self.deleted_forms):
            raise forms.ValidationError("Poné al menos una cantidad de cuotas.", code="nothing")


def rate_cap_words() -> str:
    """The most that the law lets a policy charge."""
    return f"Tope de la TNA: {figure(settings.UTILITY.payment_plan_rate_cap)} % (Ley 24.240, artículo 31)."


def _policy_at_the_same_time(policy: PlanPolicy, begins: date, ends: date | None) -> PlanPolicy | None:
    """The first other one that would hold together with this. One that a new policy ends is none."""
    others = PlanPolicy.objects.exclude(pk=policy.pk).filter(Q(valid_until=None) | Q(valid_until__gte=begins))
    if ends is not None:
        others = others.filter(valid_from__lte=ends)
    if not policy.pk:
        others = others.filter(valid_from__gte=begins)
    return others.order_by("valid_from").first()
