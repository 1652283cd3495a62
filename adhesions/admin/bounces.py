"""Which mail servers report mails that came back, and what they reported."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone

from adhesions.bounces.sources import add_bounce_source, change_bounce_source
from adhesions.enums import BounceKind
from adhesions.models import BounceReport, BounceSecret, BounceSource
from adhesions.refusals import BounceSourceExists
from oficina.shared.office.act_pages import list_address, record_address
from oficina.shared.office.columns import linked_column, state_column
from oficina.shared.office.records import OfficeAdmin, ReadOnlyAdmin
from oficina.shared.office.secret_pages import SECRETS_TEMPLATE, SecretPages

_COLOURS = {BounceKind.PERMANENT: "danger", BounceKind.TRANSIENT: "warning"}


def _told_at(source: BounceSource) -> str:
    return f"{settings.UTILITY.base_url}{reverse('bounce_webhook', args=[source.slug])}"


_SECRETS = SecretPages[BounceSource](
    secrets=BounceSecret,
    new_secret=lambda source: BounceSecret(source=source),
    secrets_of=lambda source: BounceSecret.objects.filter(source=source),
    told_at=_told_at,
    tells="los mails que vuelven",
)


class BounceSourceForm(forms.ModelForm[BounceSource]):
    """Which mail server it is, and what the office calls it."""

    class Meta:
        model = BounceSource
        fields = ("slug", "name", "active")
        error_messages = {"slug": {"invalid": "Usá minúsculas, números y guiones."}}


@admin.register(BounceSource)
class BounceSourceAdmin(OfficeAdmin[BounceSource]):
    """The sources, and with which secrets they sign. A secret is shown once, when it is issued, and never again."""

    form = BounceSourceForm
    list_display = ("name", "slug", "active", "usable", "created_at")
    list_filter = ("active",)
    ordering = ("name",)
    search_help_text = "Nombre o identificador"
    change_form_outer_before_template = SECRETS_TEMPLATE

    def found_by(self, typed: str) -> Q:
        return Q(name__icontains=typed) | Q(slug=typed.lower())

    def get_queryset(self, request: HttpRequest) -> QuerySet[BounceSource]:
        """Each with how many secrets verify what it reports now."""
        usable = Count("secrets", filter=Q(secrets__in=BounceSecret.objects.usable(at=timezone.now())))
        return super().get_queryset(request).annotate(usable_secrets=usable)

    @admin.display(description="secretos que valen")
    def usable(self, source: BounceSource) -> int:
        count: int = getattr(source, "usable_secrets")  # noqa: B009  annotated above
        return count

    def get_fields(self, request: HttpRequest, obj: BounceSource | None = None) -> tuple[str, ...]:  # noqa: ARG002  Django's signature
        """Of one that exists only the name and whether it is heard change."""
        return ("slug", "name") if obj is None else ("name", "active", "slug", "created_at")

    def get_readonly_fields(self, request: HttpRequest, obj: BounceSource | None = None) -> tuple[str, ...]:  # noqa: ARG002  Django's signature
        return () if obj is None else ("slug", "created_at")

    def save_model(
        self,
        request: HttpRequest,  # noqa: ARG002  Django's signature
        obj: BounceSource,
        form: forms.ModelForm[BounceSource],
        change: bool,  # noqa: FBT001
    ) -> None:
        """Through the acts."""
        given = form.cleaned_data
        if change:
            change_bounce_source(obj, name=given["name"], active=given["active"])
        else:
            obj.pk = add_bounce_source(slug=given["slug"], name=given["name"]).pk

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Whoever was overtaken by somebody else is told, and finds the source."""
        try:
            return super().add_view(request, form_url, extra_context)
        except BounceSourceExists:
            messages.warning(request, "Otra persona lo creó recién. Quedó como lo creó ella.")
            return HttpResponseRedirect(list_address(BounceSource))

    def response_add(
        self,
        request: HttpRequest,
        obj: BounceSource,
        post_url_continue: str | None = None,  # noqa: ARG002  Django's signature
    ) -> HttpResponse:
        """On to its page, where its secret is issued."""
        messages.success(request, f"Creamos el origen {obj}. Para que pueda avisar, emitile un secreto.")
        return HttpResponseRedirect(record_address(obj))

    def get_urls(self) -> list[URLPattern]:
        """With what is done about its secrets."""
        return [*_SECRETS.addresses(self), *super().get_urls()]

    def about(self, request: HttpRequest, row: BounceSource) -> Mapping[str, object]:
        """Its address and its secrets."""
        return _SECRETS.about(request, row)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,  # noqa: FBT001, FBT002  Django's signature
        change: bool = False,  # noqa: FBT001, FBT002
        form_url: str = "",
        obj: BounceSource | None = None,
    ) -> HttpResponse:
        """With one way to save: a new one leads to its page, where it is given a secret."""
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, add, change, form_url, obj)


@admin.register(BounceReport)
class BounceReportAdmin(ReadOnlyAdmin[BounceReport]):
    """Each mail with a bill that came back, as its mail server told. What found no mail is in the inbox only."""

    list_display = ("bounced_at", "delivery_shown", "email", "kind_shown", "reason")
    list_filter = ("kind", "bounced_at")
    list_select_related = ("delivery",)
    search_help_text = "Mail que no la recibió"
    fields = ("delivery_shown", "email", "kind", "reason", "bounced_at", "created_at", "event_shown")
    readonly_fields = ("delivery_shown", "email", "event_shown")
    delivery_shown = linked_column("delivery", "envío")
    event_shown = linked_column("event", "aviso")
    kind_shown = state_column("kind", "tipo", _COLOURS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[BounceReport]:
        """Without the body of what told it."""
        return super().get_queryset(request).select_related("delivery", "event").defer("event__body")

    def found_by(self, typed: str) -> Q:
        return Q(delivery__email=typed.lower())

    @admin.display(description="mail")
    def email(self, report: BounceReport) -> str:
        return report.delivery.email
