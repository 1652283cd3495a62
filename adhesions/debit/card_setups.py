"""From the consent to a mandate on a card, by way of the provider's page where its holder saves it.

The network is never inside a transaction: what the person agreed to and the exact request are saved first, then the
provider is called, then its answer is saved. A card that was saved becomes a mandate once, whoever sees it first: the
person who comes back, in any tab, or the job that asks about those who did not.
"""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from procrastinate.contrib.django import app

from accounts.account_numbers import format_account_number
from accounts.models import AccountLink
from adhesions.debit.card_setup_mails import tell_not_adhered
from adhesions.debit.mandates import FORGET_CARD_TASK, Consent, give_card_mandate
from adhesions.debit.refusals import AlreadyDebited, CardExpired, CardOfAnotherCountry
from adhesions.enums import CardSetupRefusal, CardSetupState
from adhesions.links import hold_link
from adhesions.models import CardSetup, DirectDebit
from adhesions.refusals import LinkEnded
from billing.gateway.configured import saved_cards_gateway
from billing.gateway.errors import ProviderRefusedError, ProviderUnavailableError, UnknownCheckoutError
from billing.gateway.reports import CheckoutStatus
from billing.gateway.saved_cards import CardSetupOrder, CardSetupReport, SavedCard
from billing.locks import lock_account
from oficina.shared.ids import public_id
from oficina.shared.money import CURRENCY

REFRESH: Final = timedelta(seconds=3)
"""How long an answer of the provider is fresh enough for a page that somebody is looking at."""

_TIME_TO_SAVE: Final = timedelta(minutes=5)
"""A page that closes sooner than this is not offered again."""

_TIME_TO_ASK: Final = timedelta(minutes=5)
"""A request that was never answered is repeated this long, while the provider still takes its `expires_at`."""

_WAIT: Final = timedelta(minutes=2)
"""Since somebody was asked about a visit, until the job asks again."""

_BATCH: Final = 200

_REFUSALS: Final = {
    CardOfAnotherCountry: CardSetupRefusal.FOREIGN,
    CardExpired: CardSetupRefusal.EXPIRED,
    AlreadyDebited: CardSetupRefusal.ALREADY_DEBITED,
    LinkEnded: CardSetupRefusal.LINK_ENDED,
}

_log = logging.getLogger(__name__)


def begin_card_setup(link: AccountLink, consent: Consent, *, now: datetime) -> CardSetup:
    """Have the provider open a page where the person of this link saves a card: `page_address`, while it is opened.

    Asked twice, at once or again, for the same terms and cap, it is one visit as long as there is time left in it; it
    is then as the provider says now, so it may be decided. Never inside a transaction. Raises LinkEnded, AlreadyDebited
    and ProviderUnavailableError: then the visit stays begun, and asking again goes on with it.
    """
    setup = _save_setup(link, consent, now)
    try:
        return finish_card_setup(setup, now=now)
    except ProviderUnavailableError:
        setup.refresh_from_db()
        if setup.state == CardSetupState.BEGUN:  # the other click of a double one may have had its answer
            raise
        return setup


def finish_card_setup(setup: CardSetup, *, now: datetime) -> CardSetup:
    """The visit as the provider says it is now: with its page, with the mandate that the saved card was made into, or
    with why there is none. Never inside a transaction. At once or again, it makes one mandate.

    Raises ProviderUnavailableError.
    """
    if setup.state == CardSetupState.BEGUN:
        return _open(setup, now)
    if setup.state != CardSetupState.OPENED or setup.session_id is None:
        return setup
    try:
        report = saved_cards_gateway().retrieve_setup(setup.session_id)
    except UnknownCheckoutError:
        _log.warning("card setup %s: the provider does not know it", setup.public_id)
        return _decide(setup, CardSetupState.REFUSED, now, CardSetupRefusal.PROVIDER)
    if report.status == CheckoutStatus.OPEN:
        return setup
    if report.status == CheckoutStatus.EXPIRED:
        return _decide(setup, CardSetupState.ABANDONED, now)
    if report.card is None:
        _log.warning("card setup %s: complete, and without a card", setup.public_id)
        return _decide(setup, CardSetupState.REFUSED, now, CardSetupRefusal.PROVIDER)
    return _adhere(setup, report.card, now)


def refresh_card_setup(setup: CardSetup, *, now: datetime) -> CardSetup:
    """The visit as it is now, for a page that shows it: the provider is asked, but not more than every few seconds, and
    a provider that does not answer changes nothing.
    """
    if setup.is_undecided and _claim(setup, not_since=now - REFRESH, now=now):
        try:
            return finish_card_setup(setup, now=now)
        except ProviderUnavailableError:
            _log.warning("card setup %s: the provider did not answer", setup.public_id)
    return CardSetup.objects.select_related("link", "mandate").get(pk=setup.pk)


def finish_card_setups(*, now: datetime) -> int:
    """Finish the visits of those who never came back; tells how many it asked about. Never inside a transaction.

    Whoever saved a card had agreed to the debit before they left, so it is made all the same. Two workers never ask
    about the same one. Stops when the provider does not answer.
    """
    asked = 0
    due = CardSetup.objects.undecided().filter(Q(checked_at=None) | Q(checked_at__lte=now - _WAIT))
    for setup in list(due.select_related("link").order_by("checked_at", "pk")[:_BATCH]):
        if not _claim(setup, not_since=now - _WAIT, now=now):
            continue
        asked += 1
        try:
            finish_card_setup(setup, now=now)
        except ProviderUnavailableError:
            _log.warning("the provider does not answer; cards to be saved wait")
            break
        except Exception:  # noqa: BLE001  one that cannot be finished must not keep the others waiting
            _log.exception("card setup %s", setup.public_id)
    return asked


def _save_setup(link: AccountLink, consent: Consent, now: datetime) -> CardSetup:
    """The visit to go on with, or a new one, saved with its exact request before anybody is called."""
    with transaction.atomic(durable=True):
        account = lock_account(link.account_id)
        hold_link(link)
        existing = DirectDebit.objects.live().of(link).first()
        if existing is not None:
            raise AlreadyDebited(existing)
        same = CardSetup.objects.filter(link=link, terms=consent.terms, cap=consent.cap).filter(
            Q(state=CardSetupState.BEGUN, begun_at__gt=now - _TIME_TO_ASK)
            | Q(state=CardSetupState.OPENED, expires_at__gt=now + _TIME_TO_SAVE)
        )
        found = same.select_related("link").order_by("-pk").first()
        if found is not None:
            return found
        reference = public_id()
        back = f"{settings.BASE_URL}{reverse('direct_debit_card', args=[link.public_id, reference])}"
        expires_at = (now + timedelta(minutes=settings.UTILITY.checkout_minutes)).replace(microsecond=0)
        order = CardSetupOrder(
            reference=reference,
            description=f"Débito automático, cuenta {format_account_number(account.number)}",
            currency=CURRENCY,
            customer_email=link.user.email,
            success_url=back,
            cancel_url=f"{back}?cancelado=1",
            expires_at=expires_at,
        )
        return CardSetup.objects.create(
            public_id=reference,
            link=link,
            terms=consent.terms,
            ip_address=consent.ip,
            cap=consent.cap,
            request=saved_cards_gateway().setup_request(order),
            begun_at=now,
            expires_at=expires_at,
            checked_at=now,
        )


def _open(setup: CardSetup, now: datetime) -> CardSetup:
    """Send the saved request, for the first time or again. Nobody was given the address of a page whose request was not
    answered in time, so nobody is there.
    """
    if setup.begun_at <= now - _TIME_TO_ASK:
        return _decide(setup, CardSetupState.ABANDONED, now)
    try:
        report = saved_cards_gateway().create_setup(setup.request, key=setup.idempotency_key)
    except ProviderRefusedError as refusal:
        _log.warning("card setup %s: the provider refused to open its page: %s", setup.public_id, refusal.code)
        return _decide(setup, CardSetupState.REFUSED, now, CardSetupRefusal.PROVIDER)
    return _name(setup, report)


def _name(setup: CardSetup, report: CardSetupReport) -> CardSetup:
    with transaction.atomic():
        locked = _lock(setup)
        if locked.state == CardSetupState.BEGUN:
            locked.state, locked.session_id, locked.page_address = CardSetupState.OPENED, report.session_id, report.url
            locked.save(update_fields=["state", "session_id", "page_address"])
    return locked


def _adhere(setup: CardSetup, card: SavedCard, now: datetime) -> CardSetup:
    """Make the mandate that the person agreed to before they left, unless it is made; or keep why there is none."""
    with transaction.atomic():
        locked = _lock(setup)
        if not locked.is_undecided:
            return locked
        consent = Consent(terms=locked.terms, ip=locked.ip_address, cap=locked.cap, given_at=locked.begun_at)
        try:
            locked.mandate = give_card_mandate(locked.link, card, consent, now=now)
        except (CardOfAnotherCountry, CardExpired, AlreadyDebited, LinkEnded) as refusal:
            app.configure_task(FORGET_CARD_TASK).defer(method_id=card.method_id)
            return _close(locked, CardSetupState.REFUSED, now, _REFUSALS[type(refusal)])
        return _close(locked, CardSetupState.DONE, now)


def _decide(
    setup: CardSetup, state: CardSetupState, now: datetime, refusal: CardSetupRefusal | None = None
) -> CardSetup:
    with transaction.atomic():
        locked = _lock(setup)
        return _close(locked, state, now, refusal) if locked.is_undecided else locked


def _close(
    locked: CardSetup, state: CardSetupState, now: datetime, refusal: CardSetupRefusal | None = None
) -> CardSetup:
    locked.state, locked.refusal, locked.decided_at = state, refusal or "", now
    locked.save(update_fields=["state", "refusal", "mandate", "decided_at"])
    if refusal is not None and locked.session_id is not None:  # whoever never left reads it where they are
        tell_not_adhered(locked)
    return locked


def _lock(setup: CardSetup) -> CardSetup:
    """The visit as it is now, locked after its account."""
    lock_account(setup.link.account_id)
    found = CardSetup.objects.select_for_update(no_key=True, of=("self",))
    return found.select_related("link__user", "link__account", "terms").get(pk=setup.pk)


def _claim(setup: CardSetup, *, not_since: datetime, now: datetime) -> bool:
    """Whether the caller is the one to ask the provider now: nobody did since that instant. Marks it as asked."""
    unasked = Q(checked_at=None) | Q(checked_at__lte=not_since)
    return bool(CardSetup.objects.undecided().filter(unasked, pk=setup.pk).update(checked_at=now))
