from django.apps import AppConfig


class TramitesConfig(AppConfig):
    """What the office tells people: help for now, then procedures and places of payment."""

    name = "tramites"
    verbose_name = "Trámites y ayuda"
