"""What the office writes down of whoever comes to the counter."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.attending import Visitor
from accounts.counter_links import Shown
from accounts.documents import DocumentRefusedError, read_document
from accounts.enums import DocumentKind, Relation
from accounts.fields import DOCUMENT_ERRORS
from accounts.models import Attention, CounterLink
from accounts.phones import PhoneRefusedError, read_phone
from billing.claims.acts import Complaint
from billing.enums import ClaimReason
from billing.models import Claim
from oficina.shared.office.act_pages import ActForm

_DIGITS = {DocumentKind.DNI, DocumentKind.CUIT}


def _text(model: Any, name: str) -> int:
    length: int = model._meta.get_field(name).max_length
    return length


class SeenForm(ActForm):
    """The document that somebody showed, and what they are to the holder."""

    document_kind = forms.ChoiceField(label="Documento que mostró", choices=DocumentKind.choices)
    document = forms.CharField(
        label="Número del documento",
        max_length=20,
        help_text="Como figura en el documento que tenés en la mano.",
        error_messages={"required": "Escribí el número del documento que mostró."},
    )
    relation = forms.ChoiceField(label="Relación con el titular", choices=Relation.choices)

    def clean(self) -> dict[str, Any]:
        """A DNI or CUIT is one; of other documents, letters and digits."""
        given = super().clean() or self.cleaned_data
        typed = given.get("document", "")
        if typed and given.get("document_kind") in _DIGITS:
            try:
                given["document"] = read_document(typed)
            except DocumentRefusedError as refused:
                words = DOCUMENT_ERRORS[refused.fault].format(digits=refused.digits)
                self.add_error("document", ValidationError(words, code=refused.fault))
        elif typed:
            given["document"] = "".join(filter(str.isalnum, typed)).upper()
            if not given["document"]:
                self.add_error("document", ValidationError("Escribí el número del documento que mostró."))
        return given


class AttentionForm(SeenForm):
    """Who came, and what for."""

    visitor_name = forms.CharField(
        label="Nombre y apellido de quien vino",
        max_length=_text(Attention, "visitor_name"),
        error_messages={"required": "Escribí el nombre de quien vino."},
    )
    phone = forms.CharField(label="Teléfono (si quiere dejarlo)", required=False, max_length=30)
    reason = forms.CharField(
        label="¿A qué vino?",
        max_length=_text(Attention, "reason"),
        error_messages={"required": "Escribí a qué vino."},
    )
    field_order = ("visitor_name", "document_kind", "document", "relation", "phone", "reason", "key")

    def clean_phone(self) -> str:
        """The digits of a telephone of Argentina, or nothing."""
        typed: str = self.cleaned_data["phone"]
        try:
            return read_phone(typed) if typed.strip() else ""
        except PhoneRefusedError:
            raise ValidationError("Escribí el teléfono con código de área, por ejemplo 261 555 0147.") from None

    def visitor(self) -> Visitor:
        """Who came, as a valid form says."""
        given = self.cleaned_data
        return Visitor(
            name=given["visitor_name"],
            document_kind=DocumentKind(given["document_kind"]),
            document=given["document"],
            relation=Relation(given["relation"]),
            phone=given["phone"],
        )


class CounterLinkForm(SeenForm):
    """For whom the account is linked, and by which document."""

    email = forms.EmailField(
        label="Mail de la persona",
        help_text="Si ya tiene usuario con este mail, la cuenta queda vinculada. Si no, le llega una invitación.",
        error_messages={"required": "Escribí su mail.", "invalid": "Ese mail no está bien escrito. Revisalo."},
    )
    reason = forms.CharField(
        label="Motivo, si no es titular",
        required=False,
        max_length=_text(CounterLink, "reason"),
        help_text="Qué mostró para actuar por la cuenta: un poder, una declaratoria, un contrato.",
    )
    field_order = ("email", "document_kind", "document", "relation", "reason", "key")

    def clean_email(self) -> str:
        """As mails are kept."""
        email: str = self.cleaned_data["email"]
        return email.lower()

    def clean(self) -> dict[str, Any]:
        """Whoever is not the holder needs a reason."""
        given = super().clean()
        if given.get("relation") != Relation.HOLDER and not given.get("reason", "").strip():
            self.add_error("reason", ValidationError("Escribí qué mostró para actuar por la cuenta."))
        return given

    def shown(self) -> Shown:
        """What a valid form says was seen."""
        given = self.cleaned_data
        return Shown(
            document_kind=DocumentKind(given["document_kind"]),
            document=given["document"],
            relation=Relation(given["relation"]),
            reason=given["reason"].strip(),
        )


class CounterClaimForm(ActForm):
    """What whoever came says is wrong with a bill."""

    reason = forms.ChoiceField(
        label="¿Qué está mal?",
        choices=ClaimReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Elegí qué está mal."},
    )
    text = forms.CharField(
        label="Qué cuenta la persona",
        max_length=_text(Claim, "text"),
        widget=forms.Textarea,
        error_messages={"required": "Escribí con sus palabras qué está mal."},
    )

    def complaint(self) -> Complaint:
        """What a valid form says."""
        return Complaint(reason=ClaimReason(self.cleaned_data["reason"]), text=self.cleaned_data["text"])


class StepForm(ActForm):
    """Something else that was done."""

    said = forms.CharField(
        label="Qué hiciste",
        max_length=200,
        error_messages={"required": "Escribí qué hiciste."},
    )


class OutcomeForm(ActForm):
    """How the attention ended."""

    outcome = forms.CharField(
        label="Cómo quedó (sale en la constancia)", required=False, max_length=1000, widget=forms.Textarea
    )
