"""Models of the billing app, one subject a module."""

from billing.models import watched  # noqa: F401  what the log of changes tells of these tables
from billing.models.channel import ChannelSecret, CollectionChannel, CollectionOperation
from billing.models.charge import Charge
from billing.models.charge_voucher import ChargeVoucher
from billing.models.claim import Claim
from billing.models.cover import Cover
from billing.models.credit import CreditEntry
from billing.models.credit_use import CreditUse
from billing.models.debt_certificate import DebtCertificate
from billing.models.discrepancy import Discrepancy, DiscrepancyEntry
from billing.models.dispute import Dispute
from billing.models.event_work import OfficeEventAction, Reprocessing
from billing.models.invoice import Invoice, InvoiceLine
from billing.models.invoice_series import InvoiceSeries
from billing.models.late_interest import LateInterestPolicy
from billing.models.listing import Listing
from billing.models.payment import Allocation, Payment, PaymentEvent, PaymentItem
from billing.models.payment_report import PaymentReport
from billing.models.receipt import Receipt
from billing.models.reconciliation import ProviderDay, ProviderMovement, ProviderPayout
from billing.models.refund import Refund
from billing.models.stored_document import StoredDocument
from billing.models.till import TillPayment, TillShift
from billing.models.webhook import WebhookEvent

__all__ = [
    "Allocation",
    "ChannelSecret",
    "Charge",
    "ChargeVoucher",
    "Claim",
    "CollectionChannel",
    "CollectionOperation",
    "Cover",
    "CreditEntry",
    "CreditUse",
    "DebtCertificate",
    "Discrepancy",
    "DiscrepancyEntry",
    "Dispute",
    "Invoice",
    "InvoiceLine",
    "InvoiceSeries",
    "LateInterestPolicy",
    "Listing",
    "OfficeEventAction",
    "Payment",
    "PaymentEvent",
    "PaymentItem",
    "PaymentReport",
    "ProviderDay",
    "ProviderMovement",
    "ProviderPayout",
    "Receipt",
    "Refund",
    "Reprocessing",
    "StoredDocument",
    "TillPayment",
    "TillShift",
    "WebhookEvent",
]
