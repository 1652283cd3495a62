"""Checks what texts of the office link to and keeps what came of it; it tells what failed twice in a row."""

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction
from django.urls import Resolver404, resolve

from tramites.enums import LinkFault
from tramites.links.asking import Reply, Web
from tramites.links.finding import linked_from
from tramites.models import HelpText, LinkCheck, ProcedureText

CHECKED_AGAIN_AFTER: Final = timedelta(hours=12)
"""A job that runs twice in a night asks nobody twice, and counts no failure twice."""


def check_links(*, now: datetime, web: Web) -> None:
    """Ask for each address that a text in force links to, and forget those that none does any more."""
    addresses = set(linked_from(at=now))
    recent = LinkCheck.objects.filter(checked_at__gt=now - CHECKED_AGAIN_AFTER).values_list("address", flat=True)
    for address in sorted(addresses - set(recent)):
        reply = web.ask(address) if urlsplit(address).scheme else _own_page(address, now)
        _keep(address, reply, now)
    LinkCheck.objects.exclude(address__in=addresses).delete()


def _own_page(address: str, now: datetime) -> Reply:
    """Whether the portal has a page; for a topic or a procedure, one that is published."""
    missing = Reply(fault=LinkFault.NO_SUCH_PAGE)
    if not address.startswith("/") or address.startswith("//"):
        return missing
    try:
        page = resolve(urlsplit(address).path)
    except Resolver404:
        return missing
    slug = page.kwargs.get("slug")
    match page.url_name:
        case "help_topic":
            exists = HelpText.objects.in_force(at=now).filter(topic__slug=slug).exists()
        case "procedure":
            exists = ProcedureText.objects.in_force(at=now).filter(procedure__slug=slug).exists()
        case _:
            exists = True
    return Reply() if exists else missing


def _keep(address: str, reply: Reply, now: datetime) -> None:
    with transaction.atomic():
        kept, _new = LinkCheck.objects.select_for_update().get_or_create(address=address)
        kept.checked_at, kept.status = now, reply.status
        if reply.fault is None:
            kept.fault, kept.failures, kept.broken_since = "", 0, None
        else:
            kept.fault, kept.failures = reply.fault, kept.failures + 1
            kept.broken_since = kept.broken_since or now
        kept.save()
