from django.apps import AppConfig


class AdhesionsConfig(AppConfig):
    """What an account adheres to: the bill by mail, and its payment by direct debit."""

    name = "adhesions"
    verbose_name = "Adhesiones"

    def ready(self) -> None:
        """Registers what happens to adhesions when something changes below."""
        from accounts.hooks import on_link_end  # noqa: PLC0415  models exist only from here on
        from adhesions.debit import mandates  # noqa: PLC0415
        from adhesions.debit.announcing import announce_debits  # noqa: PLC0415
        from adhesions.debit.following import bills_were_paid, bills_were_voided  # noqa: PLC0415
        from adhesions.digital import leaving  # noqa: PLC0415
        from adhesions.digital.planning import plan_new_bills  # noqa: PLC0415
        from billing.hooks import InvoiceChange, on_invoices  # noqa: PLC0415

        on_link_end(leaving.end_with_link)
        on_link_end(mandates.end_with_link)
        on_invoices(InvoiceChange.IMPORTED, announce_debits)
        on_invoices(InvoiceChange.IMPORTED, plan_new_bills)
        on_invoices(InvoiceChange.SETTLED, bills_were_paid)
        on_invoices(InvoiceChange.VOIDED, bills_were_voided)
