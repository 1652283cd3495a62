"""Pages on which the office does something about a record: a form, then a question that says what will happen, then the
act. All three are one address.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from operator import attrgetter
from typing import Any

from django import forms
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.widgets import INPUT_CLASSES, TEXTAREA_CLASSES, UnfoldAdminRadioSelectWidget

from oficina.shared.ids import ALPHABET, PUBLIC_ID_LENGTH, public_id

_CONFIRMED, _BACK = "confirmado", "corregir"


class Step(Enum):
    """How far somebody is: they fill the form in, are asked whether they are sure, or said yes."""

    FILL = auto()
    ASK = auto()
    DO = auto()


def step_of(request: HttpRequest) -> Step:
    """What this request is about. A form that is not valid is filled in again, whatever was pressed."""
    if request.method != "POST" or _BACK in request.POST:
        return Step.FILL
    return Step.DO if _CONFIRMED in request.POST else Step.ASK


class ActForm(forms.Form):
    """A form of the office that looks like the others there. `key` names this filling-in, so that a form which is sent
    twice is one act.
    """

    key = forms.RegexField(
        rf"\A[{ALPHABET.lower()}]{{{PUBLIC_ID_LENGTH}}}\Z",
        widget=forms.HiddenInput,
        initial=public_id,
        error_messages=dict.fromkeys(
            ("required", "invalid"), "Esta página es vieja. Volvé al registro y empezá de nuevo."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _dress(field)


def as_asked(form: ActForm, **settled: str) -> ActForm:
    """The fields of the question: what was typed, and instead of it what was settled since, so that yes is said to what
    is shown and to nothing else.
    """
    form.data = {**{name: form.data.get(name, "") for name in form.fields}, **settled}
    return form


def _dress(field: forms.Field) -> None:
    widget = field.widget
    if isinstance(widget, forms.RadioSelect):
        radio = UnfoldAdminRadioSelectWidget()
        radio.choices = widget.choices
        radio.is_required = field.required
        field.widget = radio
    elif isinstance(widget, forms.Textarea):
        widget.attrs |= {"class": " ".join(TEXTAREA_CLASSES), "rows": 3}
    elif not widget.is_hidden:
        widget.attrs["class"] = " ".join(INPUT_CLASSES)


def record_to_act_on[Record: Model](
    listed: ModelAdmin[Record], request: HttpRequest, pk: int, permission: str
) -> Record:
    """The record of `listed` with this key. Raises Http404; PermissionDenied for whoever may not see it, or not do what
    `permission` allows.
    """
    record = get_object_or_404(listed.get_queryset(request), pk=pk)
    if not (listed.has_view_permission(request, record) and request.user.has_perm(permission)):
        raise PermissionDenied
    return record


def may_act_on_list(listed: ModelAdmin[Any], request: HttpRequest, permission: str) -> None:
    """Raises PermissionDenied for whoever may not see the list, or not do what `permission` allows."""
    if not (listed.has_view_permission(request) and request.user.has_perm(permission)):
        raise PermissionDenied


@dataclass(frozen=True, kw_only=True)
class ActPage[Record: Model, Form: ActForm]:
    """An act of the office that is filled in, asked about and done.

    `template` extends `admin/acts/act.html`. `asked` is what the question shows of a valid form, by default all that
    was typed. `do` tells by a message what came of it; it may find that somebody was quicker. `confirm` is the button
    that says yes, `grave` its colour.
    """

    template: str
    confirm: str
    do: Callable[[ModelAdmin[Record], HttpRequest, Record, Form], None]
    asked: Callable[[Form], Mapping[str, object]] = attrgetter("cleaned_data")
    grave: bool = True

    def answer(
        self,
        listed: ModelAdmin[Record],
        request: HttpRequest,
        record: Record,
        form: Form,
        *,
        possible: bool,
        **context: object,
    ) -> HttpResponse:
        """The form, the question, or the way back to the record once it is done. While nothing is `possible` there is
        no form, and the template says why.
        """
        step = step_of(request)
        if form.is_valid() and step is Step.DO:
            self.do(listed, request, record, form)
            return HttpResponseRedirect(record_address(record))
        if form.is_valid() and step is Step.ASK:
            context |= {"asks": True, **self.asked(form)}
        context |= {"confirm": self.confirm, "grave": self.grave}
        return act_page(request, listed, record, self.template, form=form if possible else None, **context)


def act_page(
    request: HttpRequest, listed: ModelAdmin[Any], record: Model, template: str, **context: object
) -> TemplateResponse:
    """A page about a record of `listed`, with the way back to it (`back`)."""
    own = {
        **listed.admin_site.each_context(request),
        "opts": listed.opts,
        "original": record,
        "back": record_address(record),
        **context,
    }
    return TemplateResponse(request, template, own)


def list_act_page(request: HttpRequest, listed: ModelAdmin[Any], template: str, **context: object) -> TemplateResponse:
    """A page about no record of `listed` yet: something that will make one. The way back (`back`) is the list."""
    own = {
        **listed.admin_site.each_context(request),
        "opts": listed.opts,
        "back": list_address(listed.model),
        **context,
    }
    return TemplateResponse(request, template, own)


def list_address(model: type[Model]) -> str:
    """The address of the list of a table."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def record_address(record: Model) -> str:
    """The address of a record's own page."""
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])
