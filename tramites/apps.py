from django.apps import AppConfig


class TramitesConfig(AppConfig):
    """What the office tells people: help, procedures, places of payment, and its answers in the chat."""

    name = "tramites"
    verbose_name = "Trámites y ayuda"

    def ready(self) -> None:
        """Registers what happens to conversations when something changes below."""
        from tramites.following import follow  # noqa: PLC0415  models exist only from here on

        follow()
