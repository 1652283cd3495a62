"""The page on which the office gives somebody roles, or takes them back."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404

from accounts.access import logged_in_user
from accounts.models import User
from accounts.office_roles import (
    GIVES_ROLES,
    LastAdministrator,
    NotWhoWorksHere,
    RolesBeyondOwn,
    beyond_own,
    set_roles,
)
from oficina.shared.office.act_pages import Step, record_address, step_of
from oficina.staff.pages import office_answer, office_page
from oficina.staff.roles import ROLES

_NAMES = [role.name for role in ROLES]


class RolesForm(forms.Form):
    """Which roles somebody has from now on."""

    roles = forms.MultipleChoiceField(choices=[(name, name) for name in _NAMES], required=False)


@office_page(GIVES_ROLES)
def person_roles(request: HttpRequest, pk: int) -> HttpResponse:
    """The roles with what each is for, the question, and the act; then back to the person."""
    person = get_object_or_404(User.objects.filter(is_active=True), pk=pk)
    has = set(person.groups.values_list("name", flat=True))
    form = RolesForm(request.POST if request.method == "POST" else None)  # no role is an answer too
    chosen = set(form.cleaned_data["roles"]) if form.is_valid() else has
    step = step_of(request) if form.is_valid() else Step.FILL
    if step is Step.DO:
        _set(request, person, has, chosen)
        return HttpResponseRedirect(record_address(person))
    return office_answer(
        request,
        "office/people/roles.html",
        title=f"Roles de {person.full_name}",
        person=person,
        back=record_address(person),
        asks=step is Step.ASK,
        chosen=_in_order(chosen),
        given=_in_order(chosen - has),
        taken=_in_order(has - chosen),
        offered=_offered(request, chosen),
    )


def _offered(request: HttpRequest, chosen: set[str]) -> list[dict[str, object]]:
    """Each role as the form shows it. What somebody has who may not be given it by this person stays as it is."""
    beyond = beyond_own(Group.objects.filter(name__in=_NAMES), logged_in_user(request))
    return [{"role": role, "chosen": role.name in chosen, "beyond": role.name in beyond} for role in ROLES]


def _set(request: HttpRequest, person: User, had: set[str], names: set[str]) -> None:
    roles = Group.objects.filter(name__in=names)
    try:
        changed = set_roles(person, list(roles), by=logged_in_user(request))
    except RolesBeyondOwn as refusal:
        messages.error(request, f"No cambiamos nada: no podés dar ni quitar {_words(refusal.names)}.")
    except LastAdministrator:
        messages.error(
            request, "No cambiamos nada: es la única persona que administra la oficina. Primero dale ese rol a otra."
        )
    except NotWhoWorksHere:
        messages.error(request, "No cambiamos nada: esta persona no puede ingresar.")
    else:
        _tell(request, person, had, names, changed=changed)


def _tell(request: HttpRequest, person: User, had: set[str], names: set[str], *, changed: bool) -> None:
    if not changed:
        messages.info(request, "No había nada para cambiar: ya tenía esos roles.")
        return
    words = f"Roles en la oficina: {_words(_in_order(names))}. Antes: {_words(_in_order(had))}."
    admin.site.get_model_admin(User).log_change(cast("Any", request), person, words)
    messages.success(request, f"Listo. {person.full_name}: {_words(_in_order(names))}.")


def _in_order(names: set[str]) -> list[str]:
    return [name for name in _NAMES if name in names] + sorted(names - set(_NAMES))


def _words(names: Iterable[str]) -> str:
    return ", ".join(names) or "sin rol"
