from django.apps import AppConfig


class PaymentPlansConfig(AppConfig):
    """Debt that is paid in instalments: the office's policies, the plans and their life."""

    name = "payment_plans"
    verbose_name = "Planes de pago"

    def ready(self) -> None:
        """Registers what happens to plans when something changes below, and how their paper is checked."""
        from billing.verification import register_teller  # noqa: PLC0415  models exist only from here on
        from payment_plans.documents.verification import tell_plan  # noqa: PLC0415
        from payment_plans.following import follow  # noqa: PLC0415

        follow()
        register_teller("payment_plans.paymentplan", tell_plan)
