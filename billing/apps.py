from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Bills, payments and where each peso went."""

    name = "billing"
    verbose_name = "Facturación y pagos"
