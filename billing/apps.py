from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Bills, payments and where each peso went."""

    name = "billing"
    verbose_name = "Facturación y pagos"

    def ready(self) -> None:
        """Tells which documents billing issues."""
        from billing.charges.vouchers import CHARGE_VOUCHERS  # noqa: PLC0415  models exist only from here on
        from billing.debt_certificates import DEBT_CERTIFICATES  # noqa: PLC0415
        from billing.receipts import RECEIPTS  # noqa: PLC0415
        from billing.stored_documents import register_document  # noqa: PLC0415

        for kind in (RECEIPTS, DEBT_CERTIFICATES, CHARGE_VOUCHERS):
            register_document(kind)
