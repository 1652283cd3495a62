"""What the guidance does when something changes below."""

from accounts.hooks import on_user_close
from tramites.chat.ending import close_with_user


def follow() -> None:
    """Register the handlers, in the order in which they run. Again changes nothing."""
    on_user_close(close_with_user)
