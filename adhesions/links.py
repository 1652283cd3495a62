"""That whoever adheres an account still acts for it."""

from accounts.models import AccountLink
from adhesions.refusals import LinkEnded


def hold_link(link: AccountLink) -> None:
    """Nobody ends the link until the caller's transaction ends. Raises LinkEnded.

    Call it before the account is locked: what ends a link locks it first, and then what its adhesions need.
    """
    if not AccountLink.objects.select_for_update(no_key=True).active().filter(pk=link.pk).exists():
        raise LinkEnded
