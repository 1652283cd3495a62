"""Addresses that people open: paying, what was paid, a bill, charges, checking a receipt."""

from django.urls import path

from billing.views import charges, credit, debt_certificate, history, invoice, pay, payment, receipt, verify

urlpatterns = [
    path("cuenta/<str:ref>/pagar/", pay.pay, name="pay"),
    path("cuenta/<str:ref>/pagar/confirmar/", pay.confirm_payment, name="confirm_payment"),
    path("cuenta/<str:ref>/mis-pagos/", history.my_payments, name="my_payments"),
    path("cuenta/<str:ref>/saldo-a-favor/", credit.account_credit, name="account_credit"),
    path("cuenta/<str:ref>/libre-deuda/", debt_certificate.debt_certificates, name="debt_certificates"),
    path("cuenta/<str:ref>/libre-deuda/<str:code>.pdf", debt_certificate.debt_certificate, name="debt_certificate"),
    path("cuenta/<str:ref>/facturas/<str:invoice_id>/", invoice.invoice, name="invoice"),
    path("cuenta/<str:ref>/facturas/<str:invoice_id>/pdf/", invoice.invoice_pdf, name="invoice_pdf"),
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
