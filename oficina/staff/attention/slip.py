"""The slip that whoever came to the counter takes along: who came, and what was done for them."""

from urllib.parse import urlsplit

from django.conf import settings

from accounts.account_numbers import format_account_number
from accounts.documents import show_document
from accounts.models import Attention
from oficina.shared.dates import clock, local_day, short_date
from oficina.shared.pdf import render_pdf


def attention_slip(attention: Attention) -> bytes:
    """The slip as PDF, of an attention loaded with its account and who attended."""
    return render_pdf("documents/attention.html", slip_context(attention))


def slip_context(attention: Attention) -> dict[str, object]:
    """Everything that `documents/attention.html` shows."""
    account = attention.account
    document = show_document(attention.document) if attention.document.isdecimal() else attention.document
    return {
        "utility": settings.UTILITY,
        "portal_host": urlsplit(settings.BASE_URL).netloc,
        "account_number": format_account_number(account.number),
        "attention": attention,
        "attended_on": short_date(local_day(attention.began_at)),
        "facts": [
            ("Quién vino", attention.visitor_name),
            (attention.get_document_kind_display(), document),
            ("Relación con el titular", attention.get_relation_display()),
            ("Cuenta", f"{account.service_address}, {account.locality}"),
            ("Motivo", attention.reason),
            ("Atendió", attention.by.full_name),
            ("Hora", _hours(attention)),
        ],
        "steps": [(clock(step.at), step.get_deed_display(), step.said) for step in attention.steps.order_by("pk")],
    }


def _hours(attention: Attention) -> str:
    began = f"{clock(attention.began_at)} h"
    return f"de {began} a {clock(attention.ended_at)} h" if attention.ended_at else f"desde las {began}"
