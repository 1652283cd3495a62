"""The office writes help."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from tramites.admin.published import PublishedAdmin, PublishedForm, PublishedTextInline
from tramites.help.screens import SCREENS
from tramites.models import HelpText, HelpTopic


class HelpForm(PublishedForm[HelpTopic]):
    """A topic and what it is to say."""

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


class HelpTextInline(PublishedTextInline[HelpText, HelpTopic]):
    """Each text that the topic ever had."""

    model = HelpText


@admin.register(HelpTopic)
class HelpTopicAdmin(PublishedAdmin[HelpTopic, HelpText]):
    """Topics of Ayuda."""

    texts = HelpText
    form = HelpForm
    inlines = (HelpTextInline,)
    list_display = ("title_shown", "section", "position", "published_shown")
    list_filter = ("section",)
    fields = ("slug", "section", "position", "title", "body", "asked_as", "screens", "shown", "published_at")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:  # noqa: ARG002  Django's signature
        """By part, and in each as people see them."""
        return ("section", "position", "pk")

    def preview(self, request: HttpRequest, typed: QueryDict) -> HttpResponse:
        """The page of the topic."""
        topic = HelpTopic(section=typed.get("section", ""))
        text = HelpText(topic=topic, title=typed.get("title", ""), body=typed.get("body", ""))
        context = {"text": text, "screen": None, "base": "base_public.html"}
        return render(request, "tramites/help_topic.html", context)
