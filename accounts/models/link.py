"""Which person may act for which account."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.enums import LinkEvidence
from accounts.models.service_account import ServiceAccount
from oficina.shared.ids import public_id


class AccountLinkQuerySet(models.QuerySet["AccountLink"]):
    """The words in which links are asked for."""

    def active(self) -> Self:
        """Links that hold now."""
        return self.filter(unlinked_at=None)

    def with_account(self) -> Self:
        """Each with its account, but for the outline of the parcel, which may be long and is for the map only."""
        return self.select_related("account").defer("account__parcel")

    def managed_last(self) -> Self:
        """The account a person managed last comes first."""
        return self.order_by(models.F("managed_at").desc(nulls_last=True), "-linked_at")


class AccountLink(models.Model):
    """A person acts for an account, from `linked_at` until `unlinked_at`. Ended links stay as history.

    `public_id` is the `<ref>` of every page about the account: it is this person's alone.
    """

    public_id = models.CharField("referencia", max_length=20, unique=True, default=public_id, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="links", verbose_name="usuario"
    )
    account = models.ForeignKey(ServiceAccount, on_delete=models.PROTECT, related_name="links", verbose_name="cuenta")
    alias = models.CharField("alias", max_length=40, blank=True)
    evidence = models.CharField("prueba", max_length=20, choices=LinkEvidence)
    linked_at = models.DateTimeField("vinculada", default=timezone.now)
    unlinked_at = models.DateTimeField("desvinculada", null=True, blank=True)
    managed_at = models.DateTimeField("gestionada por última vez", null=True, blank=True)

    objects = AccountLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "vínculo"
        verbose_name_plural = "vínculos"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "account"], condition=models.Q(unlinked_at=None), name="link_one_active"
            ),
            models.CheckConstraint(
                condition=models.Q(unlinked_at=None) | models.Q(unlinked_at__gte=models.F("linked_at")),
                name="link_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"Vínculo {self.pk}"

    @property
    def name(self) -> str:
        """What its owner calls the account: the alias, or the holder."""
        return self.alias or self.account.holder_name
