"""Payments that customers report."""

import io
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone
from PIL import Image

from accounts.models import AccountLink
from billing.enums import PaymentChannel
from billing.models import Invoice, PaymentReport
from billing.payment_reports.acts import PaidElsewhere, report_payment
from oficina.shared.dates import today
from oficina.shared.enums import UploadMediaType
from oficina.shared.uploads import CleanUpload


def paid_elsewhere(
    *,
    channel: str = PaymentChannel.RAPIPAGO,
    operation_number: str = "00123",
    amount: Decimal = Decimal("1000.00"),
    paid_on: date | None = None,
) -> PaidElsewhere:
    """1,000 pesos at Rapipago, two days ago."""
    return PaidElsewhere(
        channel=channel,
        operation_number=operation_number,
        amount=amount,
        paid_on=paid_on or today() - timedelta(days=2),
    )


def reported(
    link: AccountLink,
    invoice: Invoice,
    *,
    paid: PaidElsewhere | None = None,
    proof: CleanUpload | None = None,
    note: str = "",
) -> PaymentReport:
    """The holder of this link says that a bill of its account was paid elsewhere."""
    return report_payment(link, invoice, paid or paid_elsewhere(), note=note, proof=proof, now=timezone.now())


def photograph(name: str = "ticket.png") -> CleanUpload:
    """A small picture, as it is kept."""
    written = io.BytesIO()
    Image.new("RGB", (60, 90), "white").save(written, "PNG")
    return CleanUpload(name=name, media_type=UploadMediaType.PNG, content=written.getvalue())
