"""Claims on bills, and what people attach."""

import io

from django.utils import timezone
from PIL import Image

from accounts.models import AccountLink
from billing.claims.acts import Complaint, claim_bill
from billing.enums import ClaimReason
from billing.models import Claim, Invoice
from oficina.shared.enums import UploadMediaType
from oficina.shared.uploads import CleanUpload

COMPLAINT = Complaint(reason=ClaimReason.CONSUMPTION, text="La casa estuvo vacía todo octubre.")


def claimed(
    link: AccountLink,
    invoice: Invoice,
    complaint: Complaint = COMPLAINT,
    *,
    attachment: CleanUpload | None = None,
) -> Claim:
    """A claim of whoever holds the link, made now."""
    return claim_bill(link, invoice, complaint, attachment=attachment, now=timezone.now())


def picture_bytes() -> bytes:
    """A photograph as a telephone sends it."""
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "#2a6f97").save(written, "PNG")
    return written.getvalue()


def photographed_meter() -> CleanUpload:
    """The same, as forms give it."""
    return CleanUpload(name="medidor.png", media_type=UploadMediaType.PNG, content=picture_bytes())
