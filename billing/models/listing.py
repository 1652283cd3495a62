"""A history that is too long to be printed while somebody waits: asked for, drawn by a job, kept for a while."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import AccountLink, User
from billing.enums import LISTING_UNDER_WAY, ListingKind, ListingState
from oficina.shared.ids import public_id


class ListingQuerySet(models.QuerySet["Listing"]):
    """The words in which listings are asked for."""

    def of(self, link: AccountLink) -> Self:
        """Those asked for through this link: another person's are not theirs, even about the same account."""
        return self.filter(link=link)

    def asked_for_by(self, user: User) -> Self:
        """Those of a person, about any account."""
        return self.filter(link__user=user)

    def kept(self, *, at: datetime) -> Self:
        """Those whose time is not over."""
        return self.filter(expires_at__gt=at)

    def under_way(self) -> Self:
        """Those that will be there soon."""
        return self.filter(state__in=LISTING_UNDER_WAY)

    def without_pdf(self) -> Self:
        """The document itself left in the database."""
        return self.defer("pdf")


class Listing(models.Model):
    """One history of one account, filtered as it was shown, as PDF.

    `chosen` is the filter, as the address says it (`billing.listings.history_filter`). `rows` is how many there were
    when it was asked for, `drawn` how many are drawn so far. Instants are UTC.
    """

    public_id = models.CharField("identificador", max_length=20, unique=True, default=public_id, editable=False)
    link = models.ForeignKey(AccountLink, on_delete=models.PROTECT, related_name="listings", verbose_name="vínculo")
    kind = models.CharField("historial", max_length=10, choices=ListingKind)
    chosen = models.JSONField("filtro", default=dict, blank=True)
    state = models.CharField("estado", max_length=7, choices=ListingState, default=ListingState.QUEUED)
    rows = models.PositiveIntegerField("renglones")
    drawn = models.PositiveIntegerField("renglones dibujados", default=0)
    pdf = models.BinaryField("PDF", null=True, editable=False)
    requested_at = models.DateTimeField("pedido", default=timezone.now, editable=False)
    expires_at = models.DateTimeField("vence")

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name = "listado"
        verbose_name_plural = "listados"
        constraints = [
            models.UniqueConstraint(
                fields=["link", "kind", "chosen"],
                condition=Q(state__in=LISTING_UNDER_WAY),
                name="listing_once_under_way",
            ),
            models.CheckConstraint(condition=Q(kind__in=ListingKind.values), name="listing_kind_known"),
            models.CheckConstraint(condition=Q(state__in=ListingState.values), name="listing_state_known"),
            models.CheckConstraint(
                condition=Q(state=ListingState.DONE, pdf__isnull=False) | (~Q(state=ListingState.DONE) & Q(pdf=None)),
                name="listing_done_with_its_pdf",
            ),
        ]

    def __str__(self) -> str:
        return f"Listado {self.pk}"

    @property
    def is_under_way(self) -> bool:
        """Whether it will be there soon."""
        return self.state in LISTING_UNDER_WAY

    def has_expired(self, *, at: datetime) -> bool:
        """Whether its time is over: it is not handed out any more."""
        return self.expires_at <= at
