"""That whoever adheres an account still acts for it, and has proven it since it changed hands."""

from accounts.models import AccountLink
from adhesions.refusals import LinkEnded


def hold_link(link: AccountLink) -> None:
    """Nobody ends the link until the caller's transaction ends. Raises LinkEnded, also while a proof is due.

    Call it once the account is locked, as what ends a link does.
    """
    if not AccountLink.objects.select_for_update(no_key=True).active().proven().filter(pk=link.pk).exists():
        raise LinkEnded
