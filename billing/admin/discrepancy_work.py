"""What the office does about discrepancies: takes them, gives them to a colleague, notes, resolves, reopens."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.models import User
from accounts.office_people import office_people_who_may
from billing.discrepancies import (
    RESOLVE,
    assign_discrepancy,
    note_discrepancy,
    reopen_discrepancy,
    resolve_discrepancies,
    resolve_discrepancy,
)
from billing.enums import DiscrepancyResolution
from billing.models import Discrepancy, DiscrepancyEntry
from billing.refusals import (
    AssigneeMayNotResolve,
    DiscrepanciesOfSeveralKinds,
    DiscrepancyAlreadyResolved,
    DiscrepancyAssignedMeanwhile,
    DiscrepancyNotResolved,
)
from oficina.shared.office.act_pages import (
    ActForm,
    ActPage,
    Step,
    as_asked,
    list_act_page,
    list_address,
    record_address,
    record_to_act_on,
    step_of,
)

_TEXT_LENGTH = DiscrepancyEntry._meta.get_field("text").max_length
_RESOLVED_MEANWHILE = "Otra persona la resolvió recién. Quedó lo que escribió ella."


class ResolutionForm(ActForm):
    """How it was resolved: one of a few ways, and in words."""

    resolved_as = forms.ChoiceField(
        label="Cómo se resolvió",
        choices=DiscrepancyResolution.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Elegí cómo se resolvió.", "invalid_choice": "Elegí una de las opciones."},
    )
    resolution = forms.CharField(
        label="Qué viste y qué se hizo",
        max_length=_TEXT_LENGTH,
        widget=forms.Textarea,
        help_text="Queda con tu nombre. Resolverla no mueve plata.",
        error_messages={"required": "Contá qué se hizo."},
    )

    @property
    def resolved_as_label(self) -> str:
        """The chosen way as people read it."""
        return DiscrepancyResolution(self.cleaned_data["resolved_as"]).label


class ManyResolutionForm(ResolutionForm):
    """The same about several."""

    chosen = forms.RegexField(
        r"\A[0-9]{1,18}(,[0-9]{1,18}){0,99}\Z",
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid"), "Volvé a la lista y elegí hasta cien."),
    )

    def keys(self) -> list[int]:
        """Which."""
        return [int(key) for key in self.cleaned_data["chosen"].split(",")]


class ReopeningForm(ActForm):
    """Why."""

    why = forms.CharField(
        label="Motivo",
        max_length=_TEXT_LENGTH,
        widget=forms.Textarea,
        help_text="Lo que se decidió antes queda en su historia.",
        error_messages={"required": "Escribí por qué se reabre."},
    )


class NoteForm(forms.Form):
    """What somebody saw or did."""

    text = forms.CharField(max_length=_TEXT_LENGTH)


def assign(listed: ModelAdmin[Discrepancy], request: HttpRequest, pk: int) -> HttpResponse:
    """Gives it to whoever was chosen, or takes it back, and goes back to it."""
    found = record_to_act_on(listed, request, pk, RESOLVE)
    people = office_people_who_may(RESOLVE)
    to, seen = (_person(people, request.POST.get(name, "")) for name in ("para", "tenia"))
    try:
        assign_discrepancy(found, to, seen=seen.pk if seen else None, by=_who(request))
    except DiscrepancyAlreadyResolved:
        messages.warning(request, _RESOLVED_MEANWHILE)
    except DiscrepancyAssignedMeanwhile as refusal:
        whose = refusal.assignee.full_name if refusal.assignee else "nadie"
        messages.warning(request, f"Mientras tanto cambió: ahora la tiene {whose}. Si querés, asignala de nuevo.")
    except AssigneeMayNotResolve:
        messages.error(request, "Esa persona no puede resolver diferencias.")
    else:
        done = f"Asignada a {to.full_name}" if to else "Quedó sin asignar"
        listed.log_change(cast("Any", request), found, done)
        messages.success(request, f"{done}.")
    return HttpResponseRedirect(record_address(found))


def note(listed: ModelAdmin[Discrepancy], request: HttpRequest, pk: int) -> HttpResponse:
    """Keeps a note and goes back to it."""
    found = record_to_act_on(listed, request, pk, RESOLVE)
    form = NoteForm(request.POST)
    if form.is_valid():
        note_discrepancy(found, form.cleaned_data["text"], by=_who(request))
        listed.log_change(cast("Any", request), found, "Nota agregada")
        messages.success(request, "Guardamos tu nota.")
    else:
        messages.error(request, f"Escribí la nota, de hasta {_TEXT_LENGTH} letras.")
    return HttpResponseRedirect(record_address(found))


def resolve(listed: ModelAdmin[Discrepancy], request: HttpRequest, pk: int) -> HttpResponse:
    """The form, the question, and the act; then back to it."""
    found = record_to_act_on(listed, request, pk, RESOLVE)
    form = ResolutionForm(request.POST or None)
    return _RESOLVING.answer(listed, request, found, form, possible=found.is_open, title="Resolver la diferencia")


def reopen(listed: ModelAdmin[Discrepancy], request: HttpRequest, pk: int) -> HttpResponse:
    """The form, the question, and the act; then back to it."""
    found = record_to_act_on(listed, request, pk, RESOLVE)
    form = ReopeningForm(request.POST or None)
    return _REOPENING.answer(listed, request, found, form, possible=not found.is_open, title="Reabrir la diferencia")


def resolve_many(listed: ModelAdmin[Discrepancy], request: HttpRequest) -> HttpResponse:
    """One decision about those that were chosen in the list, all of one kind; then back to the list."""
    if not request.user.has_perm(RESOLVE):
        raise PermissionDenied
    form = ManyResolutionForm(request.POST or None, initial={"chosen": request.GET.get("cuales", "")})
    step = step_of(request)
    if form.is_valid() and step is Step.DO:
        _resolve_many(listed, request, form)
        return HttpResponseRedirect(list_address(Discrepancy))
    context: dict[str, Any] = {}
    if form.is_valid() and step is Step.ASK:
        kinds = Discrepancy.objects.filter(pk__in=form.keys()).values_list("kind", flat=True)
        context = {"asks": True, "count": len(form.keys()), "several": len(set(kinds)) > 1, "form": as_asked(form)}
        context |= {"confirm": "" if context["several"] else "Sí, resolverlas", "way": form.resolved_as_label}
    shown = {"form": form, "title": "Resolver varias diferencias", "grave": False, **context}
    return list_act_page(request, listed, "admin/acts/resolve_discrepancies.html", **shown)


def take_chosen(listed: ModelAdmin[Discrepancy], request: HttpRequest, chosen: QuerySet[Discrepancy]) -> None:
    """Gives those chosen that nobody has to whoever asks."""
    taken = 0
    for found in chosen.filter(assigned_to=None, resolved_at=None).order_by("pk")[:100]:
        try:
            assign_discrepancy(found, _who(request), seen=None, by=_who(request))
        except (DiscrepancyAlreadyResolved, DiscrepancyAssignedMeanwhile):
            continue
        listed.log_change(cast("Any", request), found, f"Asignada a {_who(request).full_name}")
        taken += 1
    words = "Tomaste 1 diferencia." if taken == 1 else f"Tomaste {taken} diferencias."
    messages.success(request, words if taken else "Ninguna estaba libre: ya las tiene alguien, o están resueltas.")


def _resolve(listed: ModelAdmin[Discrepancy], request: HttpRequest, found: Discrepancy, form: ResolutionForm) -> None:
    way = DiscrepancyResolution(form.cleaned_data["resolved_as"])
    try:
        resolve_discrepancy(found, way, form.cleaned_data["resolution"], by=_who(request))
    except DiscrepancyAlreadyResolved:
        messages.warning(request, _RESOLVED_MEANWHILE)
    else:
        listed.log_change(cast("Any", request), found, f"Resuelta: {way.label}")
        messages.success(request, "Quedó resuelta, con tu nombre.")


def _reopen(listed: ModelAdmin[Discrepancy], request: HttpRequest, found: Discrepancy, form: ReopeningForm) -> None:
    try:
        reopen_discrepancy(found, form.cleaned_data["why"], by=_who(request))
    except DiscrepancyNotResolved:
        messages.warning(request, "Ya estaba abierta.")
    else:
        listed.log_change(cast("Any", request), found, "Reabierta")
        messages.success(request, "La reabrimos. Lo que se había decidido está en su historia.")


def _resolve_many(listed: ModelAdmin[Discrepancy], request: HttpRequest, form: ManyResolutionForm) -> None:
    way = DiscrepancyResolution(form.cleaned_data["resolved_as"])
    try:
        resolved = resolve_discrepancies(form.keys(), way, form.cleaned_data["resolution"], by=_who(request))
    except DiscrepanciesOfSeveralKinds:
        messages.error(request, "Son de tipos distintos, así que no se resolvió ninguna. Elegí las de un solo tipo.")
        return
    for found in resolved:
        listed.log_change(cast("Any", request), found, f"Resuelta: {way.label}")
    words = "Resolvimos 1 diferencia." if len(resolved) == 1 else f"Resolvimos {len(resolved)} diferencias."
    left = len(set(form.keys())) - len(resolved)
    if left:
        words += " La otra ya estaba resuelta." if left == 1 else f" Las otras {left} ya estaban resueltas."
    messages.success(request, words)


def _person(people: QuerySet[User], key: str) -> User | None:
    if not (key.isdecimal() and len(key) < 19):
        return None
    return people.filter(pk=int(key)).first() or User.objects.filter(pk=int(key)).first()


def _who(request: HttpRequest) -> User:
    return cast("User", request.user)


def _asked_of_resolution(form: ResolutionForm) -> dict[str, object]:
    return {"way": form.resolved_as_label, "resolution": form.cleaned_data["resolution"]}


_RESOLVING = ActPage(
    template="admin/acts/resolve_discrepancy.html", confirm="Sí, resolverla", do=_resolve, grave=False,
    asked=_asked_of_resolution,
)  # fmt: skip
_REOPENING = ActPage(template="admin/acts/reopen_discrepancy.html", confirm="Sí, reabrirla", do=_reopen, grave=False)
