"""Which person may act for which account."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.enums import LinkEvidence
from accounts.models.service_account import ServiceAccount
from accounts.triggers import proof_is_due_since_a_change, proof_is_not_put_off
from oficina.shared.ids import public_id


class AccountLinkQuerySet(models.QuerySet["AccountLink"]):
    """The words in which links are asked for."""

    def active(self) -> Self:
        """Links that hold now."""
        return self.filter(unlinked_at=None)

    def proven(self) -> Self:
        """Links that see everything: the holder has not changed, or the person showed a bill issued since."""
        return self.filter(must_prove_since=None)

    def with_account(self) -> Self:
        """Each with its account, but for the outline of the parcel, which may be long and is for the map only."""
        return self.select_related("account").defer("account__parcel")

    def managed_last(self) -> Self:
        """The account a person managed last comes first."""
        return self.order_by(models.F("managed_at").desc(nulls_last=True), "-linked_at")


class AccountLink(models.Model):
    """A person acts for an account, from `linked_at` until `unlinked_at`. Ended links stay as history.

    `public_id` is the `<ref>` of every page about the account: it is this person's alone.

    `must_prove_since` is the instant (UTC) of the first change of holder since which the person has shown no bill.
    Until they show one they act no more, and see nothing of the account but what they paid themselves.
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
    must_prove_since = models.DateTimeField("tiene que acreditar desde", null=True, blank=True)
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
        triggers = [proof_is_due_since_a_change(), proof_is_not_put_off()]

    def __str__(self) -> str:
        return f"Vínculo {self.pk}"

    @property
    def name(self) -> str:
        """What its owner calls the account: the alias, or the holder, or where it is for whoever must not know them."""
        account = self.account
        return self.alias or (account.service_address if self.must_prove_since else account.holder_name)
