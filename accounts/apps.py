from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    """Who a person is, and which service accounts they may act for."""

    name = "accounts"
    verbose_name = "Usuarios y cuentas"

    def ready(self) -> None:
        """Keeps a new database from being without terms."""
        from accounts.terms import publish_first_terms  # noqa: PLC0415  models exist only from here on

        post_migrate.connect(publish_first_terms, sender=self)
