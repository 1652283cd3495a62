"""The office writes help: what a topic says from now or from a day on, with a look at it before."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from unfold.widgets import INPUT_CLASSES, TEXTAREA_CLASSES, UnfoldAdminSplitDateTimeWidget

from accounts.models import User
from oficina.shared.office.records import OfficeAdmin, ReadOnlyInline
from tramites.help.publishing import publish_help
from tramites.help.screens import SCREENS
from tramites.models import HelpText, HelpTopic
from tramites.publishing import Words

_PREVIEW = "_preview"
_MARKDOWN = (
    "Una línea en blanco separa los párrafos. `- ` hace una lista, `1. ` pasos, `**así**` resalta, y"
    " `[Mis cuentas](/mis-cuentas/)` lleva a esa página."
)


class HelpForm(forms.ModelForm[HelpTopic]):
    """A topic and what it is to say. An empty moment is now."""

    title = forms.CharField(label="Título", max_length=120, widget=forms.TextInput({"class": " ".join(INPUT_CLASSES)}))
    body = forms.CharField(
        label="Texto", help_text=_MARKDOWN, widget=forms.Textarea({"class": " ".join(TEXTAREA_CLASSES), "rows": 14})
    )
    asked_as = forms.CharField(
        label="Cómo lo pregunta la gente",
        required=False,
        help_text="Otras palabras con las que se busca, una pregunta por línea. No se muestran.",
        widget=forms.Textarea({"class": " ".join(TEXTAREA_CLASSES), "rows": 5}),
    )
    shown = forms.BooleanField(label="Se muestra", required=False, initial=True)
    published_at = forms.SplitDateTimeField(
        label="Vigente desde",
        required=False,
        help_text="Vacío: desde ahora. Hasta ese momento se sigue viendo el texto anterior.",
        widget=UnfoldAdminSplitDateTimeWidget(),
    )
    screens = forms.MultipleChoiceField(
        label="Pantallas que explica",
        required=False,
        choices=[(screen.name, screen.label) for screen in SCREENS],
        widget=forms.CheckboxSelectMultiple(),
        help_text="Ahí, «¿Cómo se usa esta pantalla?» trae a este tema.",
    )

    class Meta:
        model = HelpTopic
        fields = ("slug", "section", "position", "screens")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = self.instance.texts.order_by("-published_at", "-number").first() if self.instance.pk else None
        if last is not None:
            said = {"title": last.title, "body": last.body, "asked_as": last.asked_as, "shown": last.shown}
            self.initial = {**self.initial, **said}

    def clean_published_at(self) -> Any:
        """Raises ValidationError for a moment that has passed: history is not rewritten."""
        when = self.cleaned_data["published_at"]
        if when is not None and when < timezone.now():
            raise forms.ValidationError("Elegí un momento que todavía no pasó, o dejalo vacío.", code="past")
        return when


class HelpTextInline(ReadOnlyInline[HelpText, HelpTopic]):
    """Each text that the topic ever had."""

    model = HelpText
    verbose_name_plural = "historia de los textos"
    fields = ("number", "title", "published_at", "shown", "written_by", "written_at", "body")


@admin.register(HelpTopic)
class HelpTopicAdmin(OfficeAdmin[HelpTopic]):
    """A topic is withdrawn by a text that is not shown; nothing of it is lost."""

    form = HelpForm
    inlines = (HelpTextInline,)
    list_display = ("title_shown", "section", "position", "published_shown")
    list_filter = ("section",)
    search_help_text = "Palabras del título o del texto"
    fields = ("slug", "section", "position", "title", "body", "asked_as", "screens", "shown", "published_at")
    change_form_before_template = "admin/help_preview.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[HelpTopic]:
        """Each with its texts, which are few."""
        return super().get_queryset(request).prefetch_related("texts")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:  # noqa: ARG002  Django's signature
        """By part, and in each as people see them."""
        return ("section", "position", "pk")

    def found_by(self, typed: str) -> Q:
        texts = HelpText.objects.filter(Q(title__icontains=typed) | Q(body__icontains=typed))
        return Q(pk__in=texts.values("topic"))

    def get_readonly_fields(self, request: HttpRequest, obj: HelpTopic | None = None) -> tuple[str, ...]:  # noqa: ARG002  Django's signature
        """People keep the address of a topic."""
        return ("slug",) if obj else ()

    @admin.display(description="tema")
    def title_shown(self, topic: HelpTopic) -> str:
        return str(_latest(topic, lambda text: text.title) or topic.slug)

    @admin.display(description="último texto")
    def published_shown(self, topic: HelpTopic) -> Any:
        return _latest(topic, lambda text: text.published_at)

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
            return _preview(request)
        answer: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)
        return answer

    def save_model(
        self,
        request: HttpRequest,
        obj: HelpTopic,
        form: forms.ModelForm[HelpTopic],
        change: bool,  # noqa: ARG002, FBT001  Django's signature
    ) -> None:
        """Through the act, which keeps what was said before."""
        given = form.cleaned_data
        words = Words(title=given["title"], body=given["body"], asked_as=given["asked_as"], shown=given["shown"])
        by, now = cast("User", request.user), timezone.now()
        text = publish_help(obj, words, by=by, now=now, from_=given["published_at"])
        if text is not None and text.published_at > now:
            messages.info(request, "El texto nuevo se va a ver desde el momento que elegiste.")


def _latest(topic: HelpTopic, told: Callable[[HelpText], object]) -> object:
    texts = sorted(topic.texts.all(), key=lambda text: (text.published_at, text.number))
    return told(texts[-1]) if texts else None


def _preview(request: HttpRequest) -> HttpResponse:
    typed = request.POST
    topic = HelpTopic(section=typed.get("section", ""))
    text = HelpText(topic=topic, title=typed.get("title", ""), body=typed.get("body", ""))
    context = {"text": text, "screen": None, "base": "base_public.html"}
    return render(request, "tramites/help_topic.html", context)
