"""The office writes procedures and names their categories."""

import re
from dataclasses import fields
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import is_valid_path

from oficina.shared.office.records import OfficeAdmin
from tramites.admin.published import MARKDOWN, PublishedAdmin, PublishedForm, PublishedTextInline, line, lines
from tramites.models import Procedure, ProcedureCategory, ProcedureText
from tramites.models.procedure import MANAGED_AT
from tramites.procedures.publishing import ProcedureWords

_NO_ADDRESS = "Escribí una dirección que empiece con https:// o una página de la Oficina Virtual, como /mis-cuentas/."


class ProcedureForm(PublishedForm[Procedure]):
    """A procedure and what it is to say."""

    SAYS = ProcedureWords

    summary = line("En una línea", most=200)
    body = lines("Cómo se hace", rows=14, help_text=MARKDOWN)
    who = lines("Quién puede pedirlo", rows=3, help_text="Como el texto: con párrafos, listas y enlaces.")
    requirements = lines("Requisitos", rows=8, required=False, help_text="Uno por línea. Se imprimen con casilleros.")
    cost = line("Cuánto cuesta", most=200)
    duration = line("Cuánto tarda", most=200)
    managed_at = line(
        "Dónde se gestiona",
        most=500,
        required=False,
        help_text="La dirección de «Gestioná tu trámite». Vacío: se pide en las oficinas.",
    )
    chat_offered = forms.BooleanField(label="Ofrece el asistente", required=False)

    class Meta:
        model = Procedure
        fields = ("slug", "category", "position")

    def clean_managed_at(self) -> str:
        """Raises ValidationError for what is neither a page of another system, encrypted, nor one of the portal."""
        typed: str = self.cleaned_data["managed_at"]
        if not typed:
            return ""
        if not re.match(MANAGED_AT, typed):
            raise ValidationError(_NO_ADDRESS, code="address")
        if typed.startswith("/"):
            if not is_valid_path(typed.partition("?")[0].partition("#")[0]):
                raise ValidationError("No hay una página así en la Oficina Virtual.", code="page")
        else:
            URLValidator(schemes=["https"], message=_NO_ADDRESS)(typed)
        return typed


class ProcedureTextInline(PublishedTextInline[ProcedureText, Procedure]):
    """Each text that the procedure ever had."""

    model = ProcedureText
    fields: ClassVar[tuple[str, ...]] = (
        "number", "title", "published_at", "shown", "written_by", "written_at", "summary", "who", "requirements",
        "cost", "duration", "managed_at", "body",
    )  # fmt: skip


@admin.register(Procedure)
class ProcedureAdmin(PublishedAdmin[Procedure, ProcedureText]):
    """Procedures of Trámites."""

    texts = ProcedureText
    form = ProcedureForm
    inlines = (ProcedureTextInline,)
    list_display = ("title_shown", "category", "position", "published_shown")
    list_filter = ("category",)
    list_select_related = ("category",)
    fields = (
        "slug", "category", "position", "title", "summary", "who", "requirements", "cost", "duration", "body",
        "managed_at", "chat_offered", "asked_as", "shown", "published_at",
    )  # fmt: skip

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:  # noqa: ARG002  Django's signature
        """As people see them."""
        return ("category__position", "category__name", "position", "pk")

    def preview(self, request: HttpRequest, typed: QueryDict) -> HttpResponse:
        """The page of the procedure. Its ways on lead where they will."""
        key = typed.get("category", "")
        category = ProcedureCategory.objects.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None
        procedure = Procedure(slug=typed.get("slug", "") or "tramite", category=category or ProcedureCategory())
        given: dict[str, Any] = {each.name: typed.get(each.name, "") for each in fields(ProcedureWords)}
        managed_at = given["managed_at"] if re.match(MANAGED_AT, given["managed_at"]) else ""
        switches = {"shown": True, "chat_offered": bool(given["chat_offered"])}
        text = ProcedureText(procedure=procedure, **{**given, **switches, "managed_at": managed_at})
        return render(request, "tramites/procedure.html", {"text": text, "base": "base_public.html"})


@admin.register(ProcedureCategory)
class ProcedureCategoryAdmin(OfficeAdmin[ProcedureCategory]):
    """The parts of Trámites. One without procedures is not shown to anybody."""

    list_display = ("name", "position", "procedures_shown")
    search_help_text = "Nombre"
    fields = ("name", "position")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProcedureCategory]:
        """Each with its procedures, which are few."""
        return super().get_queryset(request).prefetch_related("procedures")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:  # noqa: ARG002  Django's signature
        """As people see them."""
        return ("position", "name")

    def found_by(self, typed: str) -> Q:
        return Q(name__icontains=typed)

    @admin.display(description="trámites")
    def procedures_shown(self, category: ProcedureCategory) -> str:
        return str(len(category.procedures.all()))
