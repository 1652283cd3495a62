from django.apps import AppConfig


class AdhesionsConfig(AppConfig):
    """What an account adheres to: the bill by mail, and its payment by direct debit."""

    name = "adhesions"
    verbose_name = "Adhesiones"

    def ready(self) -> None:
        """Registers what happens to adhesions when something changes below."""
        from adhesions.following import follow  # noqa: PLC0415  models exist only from here on

        follow()
