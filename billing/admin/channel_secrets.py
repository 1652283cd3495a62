"""What the office does about the secrets of a collection channel: issues one, keeps one, retires one.

The text of a secret is in one answer, that to its issuing, and nowhere else: no session, message, log or history.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from billing.channels.secrets import SecretUnfitError, issue_secret, keep_secret, retire_secret
from billing.models import ChannelSecret, CollectionChannel
from oficina.shared.dates import day_and_clock
from oficina.shared.office.act_pages import ActForm, Step, act_page, record_address, record_to_act_on, step_of

MAY_ISSUE = "billing.add_channelsecret"
MAY_RETIRE = "billing.change_channelsecret"

_SHOWN = "forms_that_issued_a_secret"
_REMEMBERED = 20


@dataclass(frozen=True, kw_only=True)
class SecretRow:
    """A secret as the office knows it: how it ends, until when it verifies, who made and who retired it."""

    secret: ChannelSecret
    words: str
    can_be_retired: bool


class KeptSecretForm(ActForm):
    """A secret that the channel chose. It is never sent back to the page."""

    secret = forms.CharField(
        label="Secreto del canal",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=False),
        help_text="Empieza con whsec_ y son de 24 a 64 bytes en base64. Después no se vuelve a mostrar.",
        error_messages={"required": "Pegá el secreto que te dio el canal."},
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


def address_of(channel: CollectionChannel) -> str:
    """Where the channel tells what it received."""
    return f"{settings.UTILITY.base_url}{reverse('collection_webhook', args=[channel.slug])}"


def secrets_of(channel: CollectionChannel) -> list[SecretRow]:
    """Its secrets, the newest first, without their text."""
    now = timezone.now()
    listed = channel.secrets.defer("encrypted").select_related("created_by", "retired_by").order_by("-pk")
    return [
        SecretRow(
            secret=secret,
            words=_words(secret, now),
            can_be_retired=secret.valid_until is None or secret.valid_until > now,
        )
        for secret in listed
    ]


@sensitive_variables("text")
def issue(listed: ModelAdmin[CollectionChannel], request: HttpRequest, pk: int) -> HttpResponse:
    """What issuing means, and then the secret, in this one answer. The same form again issues no other."""
    channel = record_to_act_on(listed, request, pk, MAY_ISSUE)
    form = ActForm(request.POST or None)
    page = "admin/acts/issue_secret.html"
    context: dict[str, Any] = {
        "title": f"Emitir un secreto para {channel}",
        "usable": channel.secrets.defer("encrypted").usable(at=timezone.now()),
        "told_at": address_of(channel),
        "go_on": "Emitir el secreto",
    }
    if not form.is_valid():
        return act_page(request, listed, channel, page, form=form, **context)
    shown: list[str] = request.session.get(_SHOWN, [])
    if form.cleaned_data["key"] in shown:
        messages.warning(request, "Ese secreto ya se mostró. Si se perdió, retiralo y emití otro.")
        return HttpResponseRedirect(record_address(channel))
    with transaction.atomic():
        secret, text = issue_secret(channel, by=cast("User", request.user), at=timezone.now())
        listed.log_change(cast("Any", request), channel, f"Secreto emitido, termina en {secret.ending}")
    request.session[_SHOWN] = [*shown, form.cleaned_data["key"]][-_REMEMBERED:]
    return act_page(request, listed, channel, page, form=None, secret=secret, text=text, **context)


@sensitive_variables("form", "chosen")
def keep(listed: ModelAdmin[CollectionChannel], request: HttpRequest, pk: int) -> HttpResponse:
    """A secret that the channel chose itself; then back to the channel."""
    channel = record_to_act_on(listed, request, pk, MAY_ISSUE)
    form = KeptSecretForm(request.POST or None)
    if form.is_valid():
        try:
            secret = keep_secret(channel, form.cleaned_data["secret"], by=cast("User", request.user), at=timezone.now())
        except SecretUnfitError:
            form.add_error("secret", "No es un secreto: tiene que ser whsec_ y de 24 a 64 bytes en base64.")
        else:
            listed.log_change(cast("Any", request), channel, f"Secreto guardado, termina en {secret.ending}")
            messages.success(request, f"Guardamos el secreto que termina en {secret.ending}.")
            return HttpResponseRedirect(record_address(channel))
    title = f"Guardar un secreto que eligió {channel}"
    return act_page(
        request, listed, channel, "admin/acts/keep_secret.html", form=form, title=title, go_on="Guardar el secreto"
    )


def retire(listed: ModelAdmin[CollectionChannel], request: HttpRequest, pk: int, secret_pk: int) -> HttpResponse:
    """From when on, the question with what it means for the channel, and the act; then back to the channel."""
    channel = record_to_act_on(listed, request, pk, MAY_RETIRE)
    secret = get_object_or_404(channel.secrets.defer("encrypted"), pk=secret_pk)
    form = RetireForm(request.POST or None)
    step = step_of(request)
    if form.is_valid() and step is Step.DO:
        until = timezone.now() + form.days()
        with transaction.atomic():
            retired = retire_secret(secret, by=cast("User", request.user), at=until)
            ends = day_and_clock(retired.valid_until or until)
            words = f"Secreto retirado, termina en {secret.ending}: vale hasta {ends}"
            listed.log_change(cast("Any", request), channel, words)
        messages.success(request, f"El secreto que termina en {secret.ending} vale hasta {ends}.")
        return HttpResponseRedirect(record_address(channel))
    context: dict[str, Any] = {"title": f"Retirar el secreto que termina en {secret.ending}"}
    if form.is_valid() and step is Step.ASK:
        until = timezone.now() + form.days()
        others = channel.secrets.usable(at=until).exclude(pk=secret.pk).exists()
        context |= {"asks": True, "when": dict(RetireForm.WHEN)[form.cleaned_data["when"]].lower(), "others": others}
        context |= {"confirm": "Sí, retirarlo", "grave": True}
    return act_page(request, listed, channel, "admin/acts/retire_secret.html", form=form, secret=secret, **context)


def _words(secret: ChannelSecret, now: datetime) -> str:
    if secret.valid_until is None:
        return "Vale"
    ends = day_and_clock(secret.valid_until)
    return f"Vale hasta {ends}" if secret.valid_until > now else f"Retirado: valió hasta {ends}"
