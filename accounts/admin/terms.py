"""What people agree to. A published version is never edited: a change of words is a new version."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from accounts.admin.search import people_found_by
from accounts.models import TermsAcceptance, TermsVersion
from accounts.terms import TermsPublishedMeanwhileError, last_published_id, publish_terms, refuse_meanwhile
from oficina.shared.office.columns import linked_column
from oficina.shared.office.records import OfficeAdmin, ReadOnlyAdmin


class PublishForm(forms.ModelForm[TermsVersion]):
    """The next version of a purpose. It knows what was published when its page was drawn, so that a form which is sent
    twice, or by two people, publishes once.
    """

    seen = forms.IntegerField(widget=forms.HiddenInput, initial=last_published_id)

    class Meta:
        model = TermsVersion
        fields = ("purpose", "title", "body", "published_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "published_at" in self.fields:
            when = self.fields["published_at"]
            when.required, when.initial = False, None
            when.help_text = "Vacío: rige desde ahora. Quien no la aceptó la ve la próxima vez que ingresa."

    def clean_published_at(self) -> Any:
        """Raises ValidationError for a moment that has passed: nobody agreed to it then."""
        when = self.cleaned_data["published_at"]
        if when is not None and when < timezone.now():
            raise forms.ValidationError("Elegí un momento que todavía no pasó, o dejalo vacío.", code="past")
        return when or timezone.now()

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError when another version was published since; sent again, the form publishes after it."""
        given = super().clean() or self.cleaned_data
        try:
            refuse_meanwhile(given.get("seen", 0))
        except TermsPublishedMeanwhileError:
            sent_again = QueryDict(mutable=True)
            sent_again.update(self.data)
            sent_again["seen"] = str(last_published_id())
            self.data = sent_again
            raise forms.ValidationError(
                "Mientras escribías se publicó otra versión. Mirala en la lista; si igual querés publicar esta, guardá"
                " de nuevo.",
                code="meanwhile",
            ) from None
        return given


@admin.register(TermsVersion)
class TermsVersionAdmin(OfficeAdmin[TermsVersion]):
    """Versions are published, never edited."""

    form = PublishForm
    list_display = ("__str__", "title", "published_at")
    list_filter = ("purpose",)
    search_help_text = "Palabras del título"
    fields = ("purpose", "version", "title", "body", "published_at", "seen")

    def found_by(self, typed: str) -> Q:
        return Q(title__icontains=typed)

    def has_change_permission(self, request: HttpRequest, obj: TermsVersion | None = None) -> bool:  # noqa: ARG002  Django's signature
        """Never: people accepted these words."""
        return False

    def get_fields(self, request: HttpRequest, obj: TermsVersion | None = None) -> tuple[str, ...]:
        """A new one gets its number by itself."""
        shown = tuple(str(name) for name in super().get_fields(request, obj))
        return tuple(name for name in shown if name != ("seen" if obj else "version"))

    def save_model(
        self,
        request: HttpRequest,  # noqa: ARG002  Django's signature
        obj: TermsVersion,
        form: forms.ModelForm[TermsVersion],
        change: bool,  # noqa: ARG002, FBT001  Django's signature
    ) -> None:
        """Through the act, which numbers it."""
        given = form.cleaned_data
        published = publish_terms(
            given["purpose"], title=given["title"], body=given["body"], published_at=given["published_at"]
        )
        obj.pk, obj.version = published.pk, published.version


@admin.register(TermsAcceptance)
class TermsAcceptanceAdmin(ReadOnlyAdmin[TermsAcceptance]):
    """Who accepted which version, when and from where."""

    list_display = ("user_shown", "terms_shown", "accepted_at", "ip_address")
    list_filter = ("terms__purpose",)
    list_select_related = ("user", "terms")
    search_help_text = "Mail, nombre o documento"
    user_shown = linked_column("user", "usuario")
    terms_shown = linked_column("terms", "términos")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TermsAcceptance]:
        """Without the text of the terms."""
        return super().get_queryset(request).defer("terms__body")

    def found_by(self, typed: str) -> Q:
        return Q(user__in=people_found_by(typed))
