"""The receipt of a payment: issued when it settles, drawn and mailed by the worker."""

from procrastinate.contrib.django import app

from billing.models import Receipt

DELIVER_RECEIPT_TASK = "billing.deliver_receipt"


def schedule_receipt(receipt: Receipt) -> None:
    """Have the receipt drawn, kept and mailed to whoever paid. Part of the caller's transaction."""
    app.configure_task(DELIVER_RECEIPT_TASK).defer(receipt_id=receipt.pk)
