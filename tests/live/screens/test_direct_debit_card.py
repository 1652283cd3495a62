"""Direct debit with a card: what its page says before there is a mandate."""

from datetime import timedelta

from django.utils import timezone

from adhesions.enums import CardSetupRefusal, CardSetupState
from adhesions.models import CardSetup
from tests.factories.accounts import ServiceAccountFactory
from tests.factories.debits import card_setup
from tests.live import journey
from tests.live.portal import Portal
from tests.live.screens.doing import base
from tests.live.tour import Tour


def test_screens_of_saving_a_card(portal: Portal, tour: Tour) -> None:
    link = journey.customer_of(ServiceAccountFactory.create())
    journey.log_in(tour.page, link.user)
    own = f"{base(link)}debito-automatico/"
    tour.see(f"{own}?medio=tarjeta", "direct_debit", "to join with a card")
    opened = card_setup(link, CardSetupState.OPENED)
    # Asked about in the future, so that nobody asks the provider while the page is looked at.
    CardSetup.objects.filter(pk=opened.pk).update(checked_at=timezone.now() + timedelta(hours=1))
    tour.see(f"{own}tarjeta/{opened.public_id}/", "direct_debit_card", "waiting for the provider")
    tour.see(f"{own}tarjeta/{opened.public_id}/?cancelado=1", "direct_debit_card", "turned back")
    abandoned = card_setup(link, CardSetupState.ABANDONED)
    tour.see(f"{own}tarjeta/{abandoned.public_id}/", "direct_debit_card", "abandoned")
    for refusal in (CardSetupRefusal.FOREIGN, CardSetupRefusal.ALREADY_DEBITED):
        refused = card_setup(link, CardSetupState.REFUSED, refusal=refusal)
        tour.see(f"{own}tarjeta/{refused.public_id}/", "direct_debit_card", f"refused: {refusal}")

    assert tour.faults == []
    assert tour.seen == {"direct_debit", "direct_debit_card"}
