"""The policies of the office: when each holds, what it finances, and what it costs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import InlineModelAdmin
from django.db import IntegrityError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404

from billing.enums import InvoiceKind
from oficina.shared.dates import short_date, today
from oficina.shared.office.columns import NOTHING, pesos_column
from oficina.shared.office.records import OfficeAdmin
from payment_plans.admin.policy_forms import COPIED, OptionForm, OptionFormSet, PolicyForm, rate_cap_words
from payment_plans.admin.policy_preview import EXAMPLE, DebtForm, simulated, simulated_options
from payment_plans.models import PaymentPlan, PlanPolicy, PolicyOption
from payment_plans.policies import begin_policy
from payment_plans.presentation import rate_words

if TYPE_CHECKING:
    from django.contrib.admin import TabularInline
else:  # Unfold has no annotations; its classes are Django's, drawn its way
    from unfold.admin import TabularInline

_COPY_OF = "copia-de"
_COLOURS = {"now": "success", "later": "info", "over": "default"}
_WORDS = {"now": "Rige", "later": "Todavía no rige", "over": "Ya no rige"}
_MEANWHILE = (
    "No se guardó: mientras la escribías alguien hizo un plan con esta política, o empezó otra en esas fechas. "
    "Mirala de nuevo."
)


class OptionInline(TabularInline[PolicyOption, PlanPolicy]):
    """The numbers of instalments that the policy offers. TEA and CFT are worked out from what was saved."""

    model = PolicyOption
    form = OptionForm
    formset = OptionFormSet
    fields = ("instalments", "annual_rate", "effective_rate", "financial_cost")
    readonly_fields = ("effective_rate", "financial_cost")
    show_title = False  # a line says by its columns what it is
    verbose_name_plural = "Cuotas que ofrece"

    @admin.display(description="TEA")
    def effective_rate(self, option: PolicyOption) -> str:
        return rate_words(option.terms.effective_annual_rate) if option.pk else NOTHING

    @admin.display(description="CFT")
    def financial_cost(self, option: PolicyOption) -> str:
        schedule = simulated(option, EXAMPLE, on=today()) if option.pk else None
        return rate_words(schedule.total_financial_cost) if schedule else NOTHING

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each with its policy, by which its cost is worked out."""
        return super().get_queryset(request).select_related("policy")

    def get_extra(self, request: HttpRequest, obj: PlanPolicy | None = None, **kwargs: Any) -> int:  # noqa: ARG002  Django's signature
        """Lines to fill in: of a new version, those of the policy that it begins with."""
        if obj is not None:
            return 0
        return len(_options_to_copy(request)) or 3

    def has_add_permission(self, request: HttpRequest, obj: PlanPolicy | None = None) -> bool:
        """As long as no plan was made by it."""
        return super().has_add_permission(request, obj) and not is_used(obj)

    def has_change_permission(self, request: HttpRequest, obj: PlanPolicy | None = None) -> bool:
        """As long as no plan was made by it."""
        return super().has_change_permission(request, obj) and not is_used(obj)

    def has_delete_permission(self, request: HttpRequest, obj: PlanPolicy | None = None) -> bool:
        """As long as no plan was made by it."""
        return super().has_delete_permission(request, obj) and not is_used(obj)


@admin.register(PlanPolicy)
class PlanPolicyAdmin(OfficeAdmin[PlanPolicy]):
    """A policy by which plans were made stays as it is: a change is a new version, and only its end may be set."""

    form = PolicyForm
    inlines = (OptionInline,)
    list_display = ("name", "state_shown", "valid_from_shown", "valid_until_shown", "minimum_shown", "options_shown")
    ordering = ("-valid_from",)
    search_help_text = "Palabras del nombre"
    change_form_outer_before_template = "admin/plan_policy.html"
    fieldsets = (
        ("Vigencia", {"fields": ("name", ("valid_from", "valid_until"))}),
        ("Qué deuda", {"fields": ("kinds", ("minimum_days_overdue", "minimum_debt"), "plans_at_once")}),
        ("Condiciones", {"fields": (("down_payment", "vat_rate"), "rounds_to", ("days_to_first", "payoff_days"))}),
        ("Caducidad", {"fields": ("lapses_after", "grace_days", "days_after_last")}),
    )
    minimum_shown = pesos_column("minimum_debt", "deuda mínima")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlanPolicy]:
        """Each with its options, which are few."""
        return super().get_queryset(request).prefetch_related("options")

    def found_by(self, typed: str) -> Q:
        return Q(name__icontains=typed)

    def get_fieldsets(self, request: HttpRequest, obj: PlanPolicy | None = None) -> Any:
        """With the kinds in words where they are not to be chosen."""
        chosen = obj is None or (self.has_change_permission(request, obj) and not is_used(obj))
        when, which, *rest = super().get_fieldsets(request, obj)
        return [when, which if chosen else (which[0], {"fields": ("kinds_shown", *which[1]["fields"][1:])}), *rest]

    def get_readonly_fields(self, request: HttpRequest, obj: PlanPolicy | None = None) -> tuple[str, ...]:  # noqa: ARG002  Django's signature
        """All but the end, once a plan was made by it."""
        return ("kinds_shown", "valid_from", *COPIED) if is_used(obj) else ("kinds_shown",)

    def has_delete_permission(self, request: HttpRequest, obj: PlanPolicy | None = None) -> bool:
        """One that has not begun."""
        may: bool = request.user.has_perm("payment_plans.delete_planpolicy")
        return may and obj is not None and obj.valid_from > today() and not is_used(obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What a new version begins with, or else what the model says."""
        copied = _policy_to_copy(request)
        return {name: getattr(copied, name) for name in COPIED} if copied else {}

    def get_formset_kwargs(
        self, request: HttpRequest, obj: PlanPolicy, inline: InlineModelAdmin[Any, PlanPolicy], prefix: str
    ) -> dict[str, Any]:
        """With the options of the policy that a new version begins with."""
        given: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        if request.method == "GET" and (copied := _options_to_copy(request)):
            given["initial"] = copied
        return given

    def save_model(
        self,
        request: HttpRequest,
        obj: PlanPolicy,
        form: forms.ModelForm[PlanPolicy],
        change: bool,  # noqa: FBT001  Django's signature
    ) -> None:
        """A new one through the act, which ends the one before."""
        if change:
            super().save_model(request, obj, form, change)
            return
        ended = begin_policy(obj)
        if ended is not None and ended.valid_until is not None:
            messages.info(request, f"La política {ended} rige hasta el {short_date(ended.valid_until)}.")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """With the most that the law allows. Whoever was overtaken by a plan or by another policy is told."""
        told = {**(extra_context or {}), "rate_cap": rate_cap_words()}
        try:
            answer: HttpResponse = super().changeform_view(request, object_id, form_url, told)
        except IntegrityError:
            messages.error(request, _MEANWHILE)
            return HttpResponseRedirect(request.get_full_path())
        return answer

    def about(self, request: HttpRequest, row: PlanPolicy) -> Mapping[str, object]:
        """What a debt would cost by it, and the way to a new version."""
        asked = DebtForm(request.GET)
        return {
            "debt_form": asked,
            "debt": asked.debt,
            "simulated": simulated_options(row, asked.debt, on=today()),
            "is_used": is_used(row),
            "new_version": f"?{_COPY_OF}={row.pk}" if self.has_add_permission(request) else "",
        }

    @admin.display(description="estado")
    def state_shown(self, policy: PlanPolicy) -> tuple[str, str]:
        state = _state(policy)
        return state, _WORDS[state]

    state_shown.label = _COLOURS  # type: ignore[attr-defined]  # what Unfold reads to colour it

    @admin.display(description="qué financia")
    def kinds_shown(self, policy: PlanPolicy) -> str:
        return ", ".join(InvoiceKind(kind).label for kind in policy.kinds)

    @admin.display(description="desde")
    def valid_from_shown(self, policy: PlanPolicy) -> str:
        return short_date(policy.valid_from)

    @admin.display(description="hasta")
    def valid_until_shown(self, policy: PlanPolicy) -> str:
        return short_date(policy.valid_until) if policy.valid_until else NOTHING

    @admin.display(description="cuotas y TNA")
    def options_shown(self, policy: PlanPolicy) -> str:
        return ", ".join(f"{option.instalments} al {rate_words(option.annual_rate)}" for option in policy.options.all())


def is_used(policy: PlanPolicy | None) -> bool:
    """Whether a plan was made by it."""
    return policy is not None and PaymentPlan.objects.filter(policy=policy.pk).exists()


def _state(policy: PlanPolicy) -> str:
    if policy.valid_from > today():
        return "later"
    return "over" if policy.valid_until is not None and policy.valid_until < today() else "now"


def _policy_to_copy(request: HttpRequest) -> PlanPolicy | None:
    key = request.GET.get(_COPY_OF, "")
    return get_object_or_404(PlanPolicy, pk=key) if key.isdecimal() and len(key) < 19 else None


def _options_to_copy(request: HttpRequest) -> list[dict[str, Any]]:
    copied = _policy_to_copy(request)
    options = copied.options.all() if copied else []
    return [{"instalments": option.instalments, "annual_rate": option.annual_rate} for option in options]
