from django.apps import AppConfig


class PaymentPlansConfig(AppConfig):
    """Debt that is paid in instalments: the office's policies, the plans and their life."""

    name = "payment_plans"
    verbose_name = "Planes de pago"

    def ready(self) -> None:
        """Registers what happens to plans when something changes below."""
        from payment_plans.following import follow  # noqa: PLC0415  models exist only from here on

        follow()
