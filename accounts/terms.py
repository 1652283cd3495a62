"""What people agree to, in numbered versions; each agreement is kept with its version, person, time and IP.

Source: Código Civil y Comercial, art. 984 to 989 (contracts of adhesion must be shown, clear and provable).
"""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.enums import TermsPurpose
from accounts.models import TermsAcceptance, TermsVersion, User

FIRST_TERMS = Path(__file__).parent / "first_terms"
FIRST_TITLES = {
    TermsPurpose.REGISTRATION: "Términos y condiciones de la Oficina Virtual",
    TermsPurpose.DIGITAL_BILL: "Términos y condiciones de Factura digital",
    TermsPurpose.DIRECT_DEBIT: "Términos y condiciones de Débito automático",
    TermsPurpose.PAYMENT_PLAN: "Términos y condiciones de los planes de pago",
}


def current_terms(purpose: TermsPurpose) -> TermsVersion:
    """The version in force now. Raises TermsVersion.DoesNotExist when nothing was published for this purpose."""
    published = TermsVersion.objects.filter(purpose=purpose, published_at__lte=timezone.now())
    return published.order_by("-version")[:1].get()


def accept_terms(
    user: User,
    purpose: TermsPurpose,
    ip: str | None,
    *,
    terms: TermsVersion | None = None,
    accepted_at: datetime | None = None,
) -> TermsAcceptance:
    """Keep that the person accepted, from this address. Part of the caller's transaction.

    `terms` is the version that the person was shown; without it, the one in force. `accepted_at` is the instant (UTC);
    without it, now.
    """
    accepted = terms or current_terms(purpose)
    return TermsAcceptance.objects.create(
        user=user, terms=accepted, ip_address=ip, accepted_at=accepted_at or timezone.now()
    )


def owes_acceptance(user: User, purpose: TermsPurpose) -> bool:
    """Whether a version is in force that this person never accepted."""
    return not TermsAcceptance.objects.filter(user=user, terms=current_terms(purpose)).exists()


class TermsPublishedMeanwhileError(Exception):
    """Since somebody began to write a version, another one was published."""


def last_published_id() -> int:
    """What tells one moment from another in which more was published, of whatever purpose."""
    return TermsVersion.objects.aggregate(last=Max("pk"))["last"] or 0


def refuse_meanwhile(seen_id: int) -> None:
    """Let nobody else publish until the caller's transaction ends.

    Raises TermsPublishedMeanwhileError when anything was published since `last_published_id` gave `seen_id`.
    """
    _hold_publishing()
    if last_published_id() != seen_id:
        raise TermsPublishedMeanwhileError


def publish_terms(
    purpose: TermsPurpose, *, title: str, body: str, published_at: datetime | None = None
) -> TermsVersion:
    """Publish the next version of a purpose, in force from an instant (UTC), at once without one."""
    with transaction.atomic():
        _hold_publishing()
        last = TermsVersion.objects.filter(purpose=purpose).order_by("-version").first()
        return TermsVersion.objects.create(
            purpose=purpose,
            version=(last.version if last else 0) + 1,
            title=title,
            body=body,
            published_at=published_at or timezone.now(),
        )


def _hold_publishing() -> None:
    """Versions are numbered without holes, so they are published one after the other. Nobody may update a version, so
    there is no row to lock.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('terms are published'))")


def publish_first_terms(using: str = DEFAULT_DB_ALIAS, **_kwargs: object) -> None:
    """After each migration: publishes version 1 of every purpose that has no version yet.

    A receiver of `post_migrate`, so that a new database is never without terms; later versions are the office's.
    """
    if TermsVersion._meta.db_table not in connections[using].introspection.table_names():
        return
    with transaction.atomic(using=using):
        for purpose, title in FIRST_TITLES.items():
            if TermsVersion.objects.using(using).filter(purpose=purpose).exists():
                continue
            text = (FIRST_TERMS / f"{purpose.value}.txt").read_text(encoding="utf-8")
            body = text.format_map(settings.UTILITY.model_dump())
            TermsVersion.objects.using(using).create(purpose=purpose, version=1, title=title, body=body)
