"""Addresses that people open: paying, what was paid, a bill, charges, checking a receipt."""

from django.urls import URLPattern, path

from billing.enums import ListingKind
from billing.views import (
    charges,
    claims,
    credit,
    debt_certificate,
    history,
    invoice,
    listings,
    pay,
    payment,
    payment_reports,
    receipt,
    verify,
)

_PAYMENTS = "cuenta/<str:ref>/mis-pagos/"
_REPORT = "cuenta/<str:ref>/avisos-de-pago/<str:report_id>/"
_PAID_BILLS = f"{_PAYMENTS}facturas-pagadas/"


def _printed_and_exported(kind: ListingKind, folder: str) -> list[URLPattern]:
    return [
        path(f"{folder}listado.pdf", history.history_pdf, {"kind": kind}, name="history_pdf"),
        path(f"{folder}listado.csv", history.history_csv, {"kind": kind}, name="history_csv"),
        path(f"{folder}preparar-listado/", listings.ask_for_listing, {"kind": kind}, name="ask_for_listing"),
    ]


urlpatterns = [
    path("cuenta/<str:ref>/pagar/", pay.pay, name="pay"),
    path("cuenta/<str:ref>/pagar/confirmar/", pay.confirm_payment, name="confirm_payment"),
    path(_PAYMENTS, history.history_page, {"kind": ListingKind.PAYMENTS}, name="my_payments"),
    path(_PAID_BILLS, history.history_page, {"kind": ListingKind.PAID_BILLS}, name="paid_bills"),
    *_printed_and_exported(ListingKind.PAYMENTS, _PAYMENTS),
    *_printed_and_exported(ListingKind.PAID_BILLS, _PAID_BILLS),
    path(f"{_PAYMENTS}listados/<str:listing_id>/", listings.listing, name="listing"),
    path(f"{_PAYMENTS}listados/<str:listing_id>/listado.pdf", listings.listing_pdf, name="listing_pdf"),
    path(f"{_PAYMENTS}listados/<str:listing_id>/descartar/", listings.discard, name="discard_listing"),
    path("cuenta/<str:ref>/saldo-a-favor/", credit.account_credit, name="account_credit"),
    path("cuenta/<str:ref>/libre-deuda/", debt_certificate.debt_certificates, name="debt_certificates"),
    path("cuenta/<str:ref>/libre-deuda/<str:code>.pdf", debt_certificate.debt_certificate, name="debt_certificate"),
    path("cuenta/<str:ref>/facturas/<str:invoice_id>/", invoice.invoice, name="invoice"),
    path("cuenta/<str:ref>/facturas/<str:invoice_id>/pdf/", invoice.invoice_pdf, name="invoice_pdf"),
    path("cuenta/<str:ref>/facturas/<str:invoice_id>/ya-pague/", payment_reports.report_payment, name="report_payment"),
    path(_REPORT, payment_reports.payment_report, name="payment_report"),
    path(f"{_REPORT}retirar/", payment_reports.withdraw_payment_report, name="withdraw_payment_report"),
    path("cuenta/<str:ref>/facturas/<str:invoice_id>/reclamo/", claims.claim_bill, name="claim_bill"),
    path("cuenta/<str:ref>/reclamos/", claims.claims, name="claims"),
    path("cuenta/<str:ref>/reclamos/<str:claim_id>/", claims.claim, name="claim"),
    path("cuenta/<str:ref>/reclamos/<str:claim_id>/retirar/", claims.withdraw, name="withdraw_claim"),
    path("cuenta/<str:ref>/cargos/", charges.charges, name="charges"),
    path("cuenta/<str:ref>/cargos/<str:charge_id>/", charges.charge, name="charge"),
    path("cuenta/<str:ref>/cargos/<str:charge_id>/facturar/", charges.accept_charge, name="invoice_charge"),
    path("cuenta/<str:ref>/cargos/<str:charge_id>/comprobante.pdf", charges.charge_voucher, name="charge_voucher"),
    path("pagos/<str:payment_id>/", payment.payment, name="payment"),
    path("pagos/<str:payment_id>/cancelar/", payment.cancel_payment, name="cancel_payment"),
    path("pagos/<str:payment_id>/recibo.pdf", receipt.payment_receipt, name="payment_receipt"),
    path("verificar/", verify.verify, name="verify"),
    path("verificar/<str:code>/", verify.verify_document, name="verify_document"),
]
