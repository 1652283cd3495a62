from django.apps import AppConfig


class AdhesionsConfig(AppConfig):
    """What an account adheres to: the bill by mail."""

    name = "adhesions"
    verbose_name = "Adhesiones"
