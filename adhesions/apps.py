from django.apps import AppConfig


class AdhesionsConfig(AppConfig):
    """What an account adheres to: the bill by mail."""

    name = "adhesions"
    verbose_name = "Adhesiones"

    def ready(self) -> None:
        """Registers what happens to adhesions when something changes below."""
        from accounts.hooks import on_link_end  # noqa: PLC0415  models exist only from here on
        from adhesions.digital.leaving import end_with_link  # noqa: PLC0415

        on_link_end(end_with_link)
