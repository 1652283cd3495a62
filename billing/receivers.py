"""Who gets the mails about a payment."""

from accounts.models import AccountLink, User
from billing.enums import DESK_CHANNELS
from billing.models import Payment


def receivers_of(payment: Payment) -> list[User]:
    """Whoever paid. Of a payment at the utility's own counter, which knows no person, everybody who has the account
    linked and may see its bills; of money received elsewhere nobody. Whoever closed their user since is left out.
    """
    if payment.payer is not None:
        return [payment.payer] if payment.payer.is_active else []
    if payment.channel not in DESK_CHANNELS:
        return []
    links = AccountLink.objects.active().proven().filter(account=payment.account_id, user__is_active=True)
    return [link.user for link in links.select_related("user").order_by("pk")]
