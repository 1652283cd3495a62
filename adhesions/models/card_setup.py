"""That somebody is at the provider's page, or was, to save the card that their mandate will be charged to."""

from typing import Final, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import AccountLink, TermsVersion
from adhesions.enums import CARD_SETUP_UNDECIDED, CardSetupRefusal, CardSetupState
from adhesions.models.debit import DirectDebit
from adhesions.triggers import legal_card_setup_moves
from oficina.shared.ids import public_id
from oficina.shared.money import MoneyField

_UNNAMED: Final = (CardSetupState.BEGUN, CardSetupState.ABANDONED, CardSetupState.REFUSED)
"""States in which the provider may never have answered."""

_NAMED: Final = Q(session_id__isnull=False) & ~Q(page_address="")


class CardSetupQuerySet(models.QuerySet["CardSetup"]):
    """The words in which card setups are asked for."""

    def undecided(self) -> Self:
        """Those of which it is not known yet what came of them."""
        return self.filter(state__in=CARD_SETUP_UNDECIDED)


class CardSetup(models.Model):
    """One visit to the provider's page to save a card, and what the person agreed to before they left: the version of
    the terms, from which address, and the most that a debit may take, in pesos.

    `request` is sent as it was saved, under `idempotency_key`, however often it takes to get an answer: `session_id`
    and `page_address` are in it. `checked_at` is when the provider was asked last.
    """

    public_id = models.CharField("referencia", max_length=20, unique=True, default=public_id, editable=False)
    link = models.ForeignKey(AccountLink, on_delete=models.PROTECT, related_name="card_setups", verbose_name="vínculo")
    terms = models.ForeignKey(TermsVersion, on_delete=models.PROTECT, related_name="+", verbose_name="términos")
    ip_address = models.GenericIPAddressField("dirección IP", null=True, blank=True)
    cap = MoneyField("tope por débito", null=True, blank=True)
    request = models.JSONField("pedido al proveedor")
    begun_at = models.DateTimeField("inicio", default=timezone.now, editable=False)
    expires_at = models.DateTimeField("vence")
    state = models.CharField("estado", max_length=10, choices=CardSetupState, default=CardSetupState.BEGUN)
    refusal = models.CharField("motivo del rechazo", max_length=20, choices=CardSetupRefusal, blank=True)
    session_id = models.CharField("sesión del proveedor", max_length=255, unique=True, null=True, blank=True)
    page_address = models.URLField("página del proveedor", max_length=2000, blank=True)
    mandate = models.OneToOneField(
        DirectDebit,
        on_delete=models.PROTECT,
        related_name="card_setup",
        null=True,
        blank=True,
        verbose_name="adhesión",
    )
    checked_at = models.DateTimeField("consultado", null=True, blank=True)
    decided_at = models.DateTimeField("resuelto", null=True, blank=True)

    objects = CardSetupQuerySet.as_manager()

    class Meta:
        verbose_name = "tarjeta a guardar"
        verbose_name_plural = "tarjetas a guardar"
        indexes = [
            models.Index(
                fields=["checked_at"], name="card_setup_to_ask_about", condition=Q(state__in=CARD_SETUP_UNDECIDED)
            )
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CardSetupState.values), name="card_setup_state_known"),
            models.CheckConstraint(condition=Q(cap=None) | Q(cap__gt=0), name="card_setup_cap_allows_something"),
            models.CheckConstraint(
                condition=Q(session_id=None, page_address="", state__in=_UNNAMED)
                | _NAMED & ~Q(state=CardSetupState.BEGUN),
                name="card_setup_opened_has_a_page",
            ),
            models.CheckConstraint(
                condition=Q(state=CardSetupState.DONE, mandate__isnull=False)
                | ~Q(state=CardSetupState.DONE) & Q(mandate=None),
                name="card_setup_done_made_a_mandate",
            ),
            models.CheckConstraint(
                condition=Q(state=CardSetupState.REFUSED, refusal__in=CardSetupRefusal.values)
                | ~Q(state=CardSetupState.REFUSED) & Q(refusal=""),
                name="card_setup_refused_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state__in=CARD_SETUP_UNDECIDED, decided_at=None)
                | ~Q(state__in=CARD_SETUP_UNDECIDED) & Q(decided_at__isnull=False),
                name="card_setup_decided_at_some_time",
            ),
        ]
        triggers = legal_card_setup_moves()

    def __str__(self) -> str:
        return f"T-{self.pk:08d}"

    @property
    def idempotency_key(self) -> str:
        """Under which the request is sent, so that all of its repetitions are one visit."""
        return f"card-setup-{self.public_id}"

    @property
    def is_undecided(self) -> bool:
        """Whether something may still come of it."""
        return self.state in CARD_SETUP_UNDECIDED
