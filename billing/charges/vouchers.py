"""The comprobantes of charges, among the documents that the utility issues."""

from billing.charges.voucher_document import render_voucher, tell_voucher
from billing.models import ChargeVoucher
from billing.stored_documents import DocumentKind

CHARGE_VOUCHERS = DocumentKind(
    model=ChargeVoucher,
    file_name="comprobante",
    related=("charge__account",),
    draw=render_voucher,
    tell=tell_voucher,
)
