"""What the office does about the secrets with which others sign what they report: issues one, keeps one, retires one.

The text of a secret is in one answer, that to its issuing, and nowhere else: no session, message, log or history.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from oficina.shared.dates import day_and_clock
from oficina.shared.office.act_pages import ActForm, Step, act_page, record_address, record_to_act_on, step_of
from oficina.shared.webhooks.secret_model import WebhookSecret, WebhookSecretQuerySet
from oficina.shared.webhooks.secrets import SecretUnfitError, issue_secret, keep_secret, retire_secret

SECRETS_TEMPLATE: Final = "admin/webhook_secrets.html"
"""What a sender's own page shows of its secrets."""

_SHOWN = "forms_that_issued_a_secret"
_REMEMBERED = 20


@dataclass(frozen=True, kw_only=True)
class SecretRow:
    """A secret as the office knows it: how it ends, until when it verifies, who made and who retired it.

    `retired_at` is the page that retires it, empty when it was retired.
    """

    secret: WebhookSecret
    words: str
    retired_at: str


class KeptSecretForm(ActForm):
    """A secret that the sender chose. It is never sent back to the page."""

    secret = forms.CharField(
        label="Secreto",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=False),
        help_text="Empieza con whsec_ y son de 24 a 64 bytes en base64. Después no se vuelve a mostrar.",
        error_messages={"required": "Pegá el secreto que te dieron."},
    )


class RetireForm(ActForm):
    """From when on it verifies nothing."""

    WHEN = (
        ("0", "Ahora mismo"),
        ("1", "En 24 horas"),
        ("7", "En 7 días"),
    )
    when = forms.ChoiceField(
        label="Deja de valer",
        choices=WHEN,
        initial="0",
        widget=forms.RadioSelect,
        error_messages={"required": "Elegí cuándo deja de valer."},
    )

    def days(self) -> timedelta:
        """How long it still verifies."""
        return timedelta(days=int(self.cleaned_data["when"]))


@dataclass(frozen=True, kw_only=True)
class SecretPages[Sender: Model]:
    """What is done about the secrets of the senders of one table.

    `new_secret` is an unsaved secret of a sender, `told_at` the address at which it reports, and `tells` what it
    reports, for a sentence: «lo que cobra».
    """

    secrets: type[WebhookSecret]
    new_secret: Callable[[Sender], WebhookSecret]
    secrets_of: Callable[[Sender], WebhookSecretQuerySet[Any]]
    told_at: Callable[[Sender], str]
    tells: str

    @property
    def may_issue(self) -> str:
        """The permission to issue and to keep a secret."""
        return f"{self.secrets._meta.app_label}.add_{self.secrets._meta.model_name}"

    @property
    def may_retire(self) -> str:
        """The permission to retire one."""
        return f"{self.secrets._meta.app_label}.change_{self.secrets._meta.model_name}"

    def addresses(self, listed: ModelAdmin[Sender]) -> list[URLPattern]:
        """Of the pages of the senders of `listed`."""
        guarded = listed.admin_site.admin_view
        hidden = sensitive_post_parameters("secret")
        table = _table(listed.model)
        return [
            path("<int:pk>/emitir-secreto/", guarded(partial(self.issue, listed)), name=f"{table}_issue"),
            path("<int:pk>/guardar-secreto/", hidden(guarded(partial(self.keep, listed))), name=f"{table}_keep"),
            path(
                "<int:pk>/secretos/<int:secret_pk>/retirar/",
                guarded(partial(self.retire, listed)),
                name=f"{table}_retire",
            ),
        ]

    def about(self, request: HttpRequest, sender: Sender) -> Mapping[str, object]:
        """For a sender's own page: where it reports, its secrets, the newest first and without their text, and where to
        do something about them, for whoever may.
        """
        now = timezone.now()
        listed = self.secrets_of(sender).defer("encrypted").select_related("created_by", "retired_by").order_by("-pk")
        rows = [
            SecretRow(
                secret=secret,
                words=_words(secret, now),
                retired_at=""
                if secret.valid_until is not None and secret.valid_until <= now
                else _address(sender, "retire", secret.pk),
            )
            for secret in listed
        ]
        may_issue = request.user.has_perm(self.may_issue)
        return {
            "told_at": self.told_at(sender),
            "secrets": rows,
            "issued_at": _address(sender, "issue") if may_issue else "",
            "kept_at": _address(sender, "keep") if may_issue else "",
            "may_retire": request.user.has_perm(self.may_retire),
        }

    @sensitive_variables("text")
    def issue(self, listed: ModelAdmin[Sender], request: HttpRequest, pk: int) -> HttpResponse:
        """What issuing means, and then the secret, in this one answer. The same form again issues no other."""
        sender = record_to_act_on(listed, request, pk, self.may_issue)
        form = ActForm(request.POST or None)
        page = "admin/acts/issue_secret.html"
        context: dict[str, Any] = {
            "title": f"Emitir un secreto para {sender}",
            "usable": self.secrets_of(sender).defer("encrypted").usable(at=timezone.now()),
            "told_at": self.told_at(sender),
            "go_on": "Emitir el secreto",
        }
        if not form.is_valid():
            return act_page(request, listed, sender, page, form=form, **context)
        shown: list[str] = request.session.get(_SHOWN, [])
        if form.cleaned_data["key"] in shown:
            messages.warning(request, "Ese secreto ya se mostró. Si se perdió, retiralo y emití otro.")
            return HttpResponseRedirect(record_address(sender))
        with transaction.atomic():
            secret, text = issue_secret(self.new_secret(sender), by=_who(request), at=timezone.now())
            listed.log_change(cast("Any", request), sender, f"Secreto emitido, termina en {secret.ending}")
        request.session[_SHOWN] = [*shown, form.cleaned_data["key"]][-_REMEMBERED:]
        return act_page(request, listed, sender, page, form=None, secret=secret, text=text, **context)

    @sensitive_variables("form", "chosen")
    def keep(self, listed: ModelAdmin[Sender], request: HttpRequest, pk: int) -> HttpResponse:
        """A secret that the sender chose itself; then back to the sender."""
        sender = record_to_act_on(listed, request, pk, self.may_issue)
        form = KeptSecretForm(request.POST or None)
        if form.is_valid():
            chosen = form.cleaned_data["secret"]
            try:
                secret = keep_secret(self.new_secret(sender), chosen, by=_who(request), at=timezone.now())
            except SecretUnfitError:
                form.add_error("secret", "No es un secreto: tiene que ser whsec_ y de 24 a 64 bytes en base64.")
            else:
                listed.log_change(cast("Any", request), sender, f"Secreto guardado, termina en {secret.ending}")
                messages.success(request, f"Guardamos el secreto que termina en {secret.ending}.")
                return HttpResponseRedirect(record_address(sender))
        title = f"Guardar un secreto que eligió {sender}"
        page = "admin/acts/keep_secret.html"
        return act_page(request, listed, sender, page, form=form, title=title, go_on="Guardar el secreto")

    def retire(self, listed: ModelAdmin[Sender], request: HttpRequest, pk: int, secret_pk: int) -> HttpResponse:
        """From when on, the question with what it means for the sender, and the act; then back to the sender."""
        sender = record_to_act_on(listed, request, pk, self.may_retire)
        secret = get_object_or_404(self.secrets_of(sender).defer("encrypted"), pk=secret_pk)
        form = RetireForm(request.POST or None)
        step = step_of(request)
        if form.is_valid() and step is Step.DO:
            until = timezone.now() + form.days()
            with transaction.atomic():
                retired = retire_secret(secret, by=_who(request), at=until)
                ends = day_and_clock(retired.valid_until or until)
                words = f"Secreto retirado, termina en {secret.ending}: vale hasta {ends}"
                listed.log_change(cast("Any", request), sender, words)
            messages.success(request, f"El secreto que termina en {secret.ending} vale hasta {ends}.")
            return HttpResponseRedirect(record_address(sender))
        context: dict[str, Any] = {"title": f"Retirar el secreto que termina en {secret.ending}", "tells": self.tells}
        if form.is_valid() and step is Step.ASK:
            until = timezone.now() + form.days()
            others = self.secrets_of(sender).usable(at=until).exclude(pk=secret.pk).exists()
            context |= {"asks": True, "when": dict(RetireForm.WHEN)[form.cleaned_data["when"]].lower()}
            context |= {"others": others, "confirm": "Sí, retirarlo", "grave": True}
        return act_page(request, listed, sender, "admin/acts/retire_secret.html", form=form, secret=secret, **context)


def _who(request: HttpRequest) -> AbstractBaseUser:
    return cast("AbstractBaseUser", request.user)


def _table(model: type[Model]) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}"


def _address(sender: Model, act: str, *keys: int) -> str:
    return reverse(f"admin:{_table(type(sender))}_{act}", args=[sender.pk, *keys])


def _words(secret: WebhookSecret, now: datetime) -> str:
    if secret.valid_until is None:
        return "Vale"
    ends = day_and_clock(secret.valid_until)
    return f"Vale hasta {ends}" if secret.valid_until > now else f"Retirado: valió hasta {ends}"
