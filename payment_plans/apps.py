from django.apps import AppConfig


class PaymentPlansConfig(AppConfig):
    """Debt that is paid in instalments: the office's policies, the plans and their life."""

    name = "payment_plans"
    verbose_name = "Planes de pago"
