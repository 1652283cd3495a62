"""Accounts that the office links for whoever shows who they are: what was seen, and invitations by mail."""

from datetime import timedelta
from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.enums import DocumentKind, Relation
from accounts.models.link import AccountLink
from accounts.models.service_account import ServiceAccount
from oficina.shared.append_only import AppendOnly

INVITATION_LASTS = timedelta(days=7)


class SeenDocument(models.Model):
    """What somebody of the office saw of whoever asked for a link. `holder_document` is what the account told of its
    holder then, digits only, perhaps empty. Whoever is not the holder has a `reason`.
    """

    document_kind = models.CharField("documento que mostró", max_length=8, choices=DocumentKind)
    document = models.CharField("número de documento", max_length=20)
    holder_document = models.CharField("documento del titular", max_length=11, blank=True)
    relation = models.CharField("relación con el titular", max_length=8, choices=Relation)
    reason = models.CharField("motivo", max_length=200, blank=True)

    class Meta:
        abstract = True


def _seen_rules(prefix: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(condition=~Q(document=""), name=f"{prefix}_document_seen"),
        models.CheckConstraint(condition=Q(document_kind__in=DocumentKind.values), name=f"{prefix}_kind_known"),
        models.CheckConstraint(condition=Q(relation__in=Relation.values), name=f"{prefix}_relation_known"),
        models.CheckConstraint(
            condition=Q(relation=Relation.HOLDER) | ~Q(reason=""), name=f"{prefix}_of_another_for_a_reason"
        ),
    ]


class CounterLink(SeenDocument, AppendOnly):
    """Why a link was made by the office, at an instant (UTC), and by whom."""

    link = models.OneToOneField(
        AccountLink, on_delete=models.PROTECT, related_name="counter_link", verbose_name="vínculo"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="quién lo vio"
    )
    made_at = models.DateTimeField("momento", default=timezone.now)

    class Meta(AppendOnly.Meta):
        verbose_name = "vínculo hecho en el mostrador"
        verbose_name_plural = "vínculos hechos en el mostrador"
        permissions: ClassVar = [("link_at_counter", "Puede vincular a quien muestra su documento")]
        constraints: ClassVar = _seen_rules("counter_link")

    def __str__(self) -> str:
        return f"Vínculo en el mostrador {self.pk}"


class LinkInvitationQuerySet(models.QuerySet["LinkInvitation"]):
    """The words in which invitations are asked for."""

    def open(self) -> Self:
        """Those that were neither used nor replaced; their time may be over."""
        return self.filter(used_at=None, replaced_at=None)


class LinkInvitation(SeenDocument):
    """Whoever proves this mail within seven days may link the account, once. The address in the mail holds a code of
    which only `digest` is kept. `replaced_at` (UTC) is when a newer one was sent to the same mail.
    """

    account = models.ForeignKey(
        ServiceAccount, on_delete=models.PROTECT, related_name="link_invitations", verbose_name="cuenta"
    )
    email = models.EmailField("mail")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="quién lo vio"
    )
    digest = models.CharField("huella del código", max_length=64, unique=True, editable=False)
    sent_at = models.DateTimeField("enviada", default=timezone.now)
    expires_at = models.DateTimeField("vence")
    used_at = models.DateTimeField("usada", null=True, blank=True)
    replaced_at = models.DateTimeField("reemplazada", null=True, blank=True)
    link = models.OneToOneField(
        AccountLink,
        on_delete=models.PROTECT,
        related_name="invitation",
        null=True,
        blank=True,
        verbose_name="vínculo",
    )

    objects = LinkInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitación a vincular"
        verbose_name_plural = "invitaciones a vincular"
        constraints: ClassVar = [
            *_seen_rules("link_invitation"),
            models.UniqueConstraint(
                fields=["account", "email"],
                condition=Q(used_at=None, replaced_at=None),
                name="link_invitation_one_open",
            ),
            models.CheckConstraint(condition=Q(email__regex=r"^[^A-Z]+$"), name="link_invitation_mail_in_lower_case"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("sent_at")), name="link_invitation_lasts"),
            models.CheckConstraint(
                condition=Q(used_at=None, link=None)
                | Q(used_at__isnull=False, link__isnull=False, replaced_at=None, used_at__lte=F("expires_at")),
                name="link_invitation_used_in_time",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["email"], name="link_invitation_by_mail")]
        triggers: ClassVar = [
            pgtrigger.ReadOnly(name="invitation_stays", exclude=["used_at", "replaced_at", "link"]),
            pgtrigger.Protect(
                name="ended_for_good",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__used_at__isnull=False) | pgtrigger.Q(old__replaced_at__isnull=False),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"Invitación {self.pk}"
