"""The pages of those who report by webhook: who they are, and with which secrets they sign."""

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils import timezone

from oficina.shared.office.act_pages import list_address, record_address
from oficina.shared.office.records import OfficeAdmin
from oficina.shared.office.secret_pages import SECRETS_TEMPLATE, SecretPages
from oficina.shared.webhooks.secret_model import WebhookSecretQuerySet
from oficina.shared.webhooks.sender_model import WebhookSender
from oficina.shared.webhooks.senders import SenderExists, add_sender, change_sender


class SenderAdmin[Sender: WebhookSender](OfficeAdmin[Sender]):
    """The senders of a table, one way to save them, and their secrets. A secret is shown once, when it is issued.

    `pages` are those of their secrets; `stays` names what besides the slug is chosen for a new one and never changes;
    `made` begins the sentence that tells of a new one: «Creamos el canal».
    """

    pages: ClassVar[SecretPages[Any]]
    stays: ClassVar[tuple[str, ...]] = ()
    made: ClassVar[str]

    list_filter: ClassVar[tuple[str, ...]] = ("active",)
    ordering = ("name",)
    search_help_text = "Nombre o identificador"
    change_form_outer_before_template = SECRETS_TEMPLATE

    def found_by(self, typed: str) -> Q:
        return Q(name__icontains=typed) | Q(slug=typed.lower())

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sender]:
        """Each with how many secrets verify what it tells now."""
        secrets = cast("WebhookSecretQuerySet[Any]", self.pages.secrets._default_manager.all())
        usable = Count("secrets", filter=Q(secrets__in=secrets.usable(at=timezone.now())))
        return cast("QuerySet[Sender]", super().get_queryset(request).annotate(usable_secrets=usable))

    @admin.display(description="secretos que valen")
    def usable(self, sender: Sender) -> int:
        count: int = vars(sender)["usable_secrets"]
        return count

    def get_fields(self, request: HttpRequest, obj: Sender | None = None) -> tuple[str, ...]:  # noqa: ARG002  Django's signature
        """What a new one is stays; of one that exists only the name and whether it is heard change."""
        if obj is None:
            return ("slug", "name", *self.stays)
        return ("name", "active", "slug", *self.stays, "created_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Sender | None = None) -> tuple[str, ...]:  # noqa: ARG002  Django's signature
        return () if obj is None else ("slug", *self.stays, "created_at")

    def save_model(
        self,
        request: HttpRequest,  # noqa: ARG002  Django's signature
        obj: Sender,
        form: forms.ModelForm[Sender],  # noqa: ARG002  Django's signature
        change: bool,  # noqa: FBT001  Django's signature
    ) -> None:
        """Through the acts."""
        if change:
            change_sender(obj, name=obj.name, active=obj.active)
        else:
            add_sender(obj)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Whoever was overtaken by somebody else is told, and finds theirs."""
        try:
            return super().add_view(request, form_url, extra_context)
        except SenderExists:
            messages.warning(request, "Otra persona lo creó recién. Quedó como lo creó ella.")
            return HttpResponseRedirect(list_address(self.model))

    def response_add(
        self,
        request: HttpRequest,
        obj: Sender,
        post_url_continue: str | None = None,  # noqa: ARG002  Django's signature
    ) -> HttpResponse:
        """On to its page, where its secret is issued."""
        messages.success(request, f"{self.made} {obj}. Para que pueda avisar, emitile un secreto.")
        return HttpResponseRedirect(record_address(obj))

    def get_urls(self) -> list[URLPattern]:
        """With what is done about its secrets."""
        return [*self.pages.addresses(self), *super().get_urls()]

    def about(self, request: HttpRequest, row: Sender) -> Mapping[str, object]:
        """Its address and its secrets."""
        return self.pages.about(request, row)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,  # noqa: FBT001, FBT002  Django's signature
        change: bool = False,  # noqa: FBT001, FBT002  Django's signature
        form_url: str = "",
        obj: Sender | None = None,
    ) -> HttpResponse:
        """With one way to save: a new one leads to its page, where it is given a secret."""
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, add, change, form_url, obj)
