"""The office writes texts: what a subject says from now or from a day on, with a look at it before."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from unfold.widgets import INPUT_CLASSES, TEXTAREA_CLASSES, UnfoldAdminSplitDateTimeWidget

from accounts.models import User
from oficina.shared.office.records import OfficeAdmin, ReadOnlyInline
from tramites.models import PublishedText
from tramites.publishing import Words, publish

_PREVIEW = "_preview"
MARKDOWN = (
    "Una línea en blanco separa los párrafos. `- ` hace una lista, `1. ` pasos, `**así**` resalta, y"
    " `[Mis cuentas](/mis-cuentas/)` lleva a esa página."
)


def line(label: str, *, most: int, help_text: str = "", required: bool = True) -> forms.CharField:
    """One line of text, as Unfold draws it."""
    widget = forms.TextInput({"class": " ".join(INPUT_CLASSES)})
    return forms.CharField(label=label, max_length=most, help_text=help_text, required=required, widget=widget)


def lines(label: str, *, rows: int, help_text: str = "", required: bool = True) -> forms.CharField:
    """Several lines of text, as Unfold draws them."""
    widget = forms.Textarea({"class": " ".join(TEXTAREA_CLASSES), "rows": rows})
    return forms.CharField(label=label, help_text=help_text, required=required, widget=widget)


class PublishedForm[Subject: Model](forms.ModelForm[Subject]):
    """A subject and what it is to say. An empty moment is now."""

    SAYS: ClassVar[type[Words]] = Words

    title = line("Título", most=120)
    body = lines("Texto", rows=14, help_text=MARKDOWN)
    asked_as = lines(
        "Cómo lo pregunta la gente",
        rows=5,
        required=False,
        help_text="Otras palabras con las que se busca, una pregunta por línea. No se muestran.",
    )
    shown = forms.BooleanField(label="Se muestra", required=False, initial=True)
    published_at = forms.SplitDateTimeField(
        label="Vigente desde",
        required=False,
        help_text="Vacío: desde ahora. Hasta ese momento se sigue viendo el texto anterior.",
        widget=UnfoldAdminSplitDateTimeWidget(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texts = self.instance.texts if self.instance.pk else None  # type: ignore[attr-defined]  # each subject has them
        last = texts.order_by("-published_at", "-number").first() if texts else None
        if last is not None:
            self.initial = {**self.initial, **{each.name: getattr(last, each.name) for each in fields(self.SAYS)}}

    def clean_published_at(self) -> Any:
        """Raises ValidationError for a moment that has passed: history is not rewritten."""
        when = self.cleaned_data["published_at"]
        if when is not None and when < timezone.now():
            raise forms.ValidationError("Elegí un momento que todavía no pasó, o dejalo vacío.", code="past")
        return when

    def words(self) -> Words:
        """What was typed."""
        return self.SAYS(**{each.name: self.cleaned_data[each.name] for each in fields(self.SAYS)})


class PublishedTextInline[Text: PublishedText, Subject: Model](ReadOnlyInline[Text, Subject]):
    """Each text that the subject ever had."""

    verbose_name_plural = "historia de los textos"
    fields: ClassVar[tuple[str, ...]] = (
        "number", "title", "published_at", "shown", "written_by", "written_at", "body",
    )  # fmt: skip


class PublishedAdmin[Subject: Model, Text: PublishedText](OfficeAdmin[Subject]):
    """A subject is withdrawn by a text that is not shown; nothing of it is lost."""

    texts: type[Text]
    search_help_text = "Palabras del título o del texto"
    change_form_before_template = "admin/text_preview.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subject]:
        """Each with its texts, which are few."""
        return super().get_queryset(request).prefetch_related("texts")

    def found_by(self, typed: str) -> Q:
        texts = self.texts._default_manager.filter(Q(title__icontains=typed) | Q(body__icontains=typed))
        return Q(pk__in=texts.values(self.texts.SUBJECT))

    def get_readonly_fields(self, request: HttpRequest, obj: Subject | None = None) -> tuple[str, ...]:  # noqa: ARG002  Django's signature
        """People keep the address of a subject."""
        return ("slug",) if obj else ()

    @admin.display(description="título")
    def title_shown(self, subject: Subject) -> str:
        return str(_latest(subject, lambda text: text.title) or subject)

    @admin.display(description="último texto")
    def published_shown(self, subject: Subject) -> Any:
        return _latest(subject, lambda text: text.published_at)

    def preview(self, request: HttpRequest, typed: QueryDict) -> HttpResponse:
        """How what was typed would look."""
        raise NotImplementedError

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form; or, when that was asked for, how what it says would look."""
        if request.method == "POST" and _PREVIEW in request.POST:
            if not (self.has_add_permission(request) or self.has_change_permission(request)):
                raise PermissionDenied
            return self.preview(request, request.POST)
        answer: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)
        return answer

    def save_model(
        self,
        request: HttpRequest,
        obj: Subject,
        form: forms.ModelForm[Subject],
        change: bool,  # noqa: ARG002, FBT001  Django's signature
    ) -> None:
        """Through the act, which keeps what was said before."""
        typed = cast("PublishedForm[Subject]", form)
        by, now = cast("User", request.user), timezone.now()
        text = publish(self.texts, obj, typed.words(), by=by, now=now, from_=typed.cleaned_data["published_at"])
        if text is not None and text.published_at > now:
            messages.info(request, "El texto nuevo se va a ver desde el momento que elegiste.")


def _latest(subject: Model, told: Callable[[PublishedText], object]) -> object:
    texts = sorted(subject.texts.all(), key=lambda text: (text.published_at, text.number))  # type: ignore[attr-defined]
    return told(texts[-1]) if texts else None
