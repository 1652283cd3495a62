from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who a person is, and which service accounts they may act for."""

    name = "accounts"
    verbose_name = "Usuarios y cuentas"
