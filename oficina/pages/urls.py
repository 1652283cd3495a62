"""Addresses of a person's pages: their accounts, and each account in hand."""

from django.urls import path

from oficina.pages.views import (
    account_proof,
    inicio,
    linking,
    my_accounts,
    my_data,
    payment_plan,
    private_file,
    short_paths,
)

urlpatterns = [
    path("inicio/", short_paths.short_home, name="account_home_short"),
    path("mis-cuentas/", my_accounts.my_accounts, name="my_accounts"),
    path("mis-cuentas/vincular/", linking.search, name="link_account"),
    path("mis-cuentas/vincular/confirmar/", linking.confirm, name="confirm_link"),
    path("mis-cuentas/<str:ref>/desvincular/", my_accounts.unlink, name="unlink_account"),
    path("mis-cuentas/<str:ref>/alias/", my_accounts.rename, name="rename_link"),
    path("mis-pagos/", short_paths.short_path, {"to": "my_payments"}, name="my_payments_short"),
    path("libre-deuda/", short_paths.short_path, {"to": "debt_certificates"}, name="debt_certificates_short"),
    path("cargos/", short_paths.short_path, {"to": "charges"}, name="charges_short"),
    path("reclamos/", short_paths.short_path, {"to": "claims"}, name="claims_short"),
    path("factura-digital/", short_paths.short_path, {"to": "digital_billing"}, name="digital_billing_short"),
    path("debito-automatico/", short_paths.short_path, {"to": "direct_debit"}, name="direct_debit_short"),
    path("plan-de-pago/", short_paths.short_path, {"to": "plan_offer"}, name="plan_offer_short"),
    path("no-recibi-factura/", short_paths.short_path, {"to": "bill_not_received"}, name="bill_not_received_short"),
    path("ubicacion/", short_paths.short_path, {"to": "property_location"}, name="property_location_short"),
    path("mis-datos/descargar/", my_data.download_my_data, name="my_data_download"),
    path("archivos/<str:file_id>/", private_file.private_file, name="private_file"),
    path("cuenta/<str:ref>/inicio/", inicio.account_home, name="account_home"),
    path("cuenta/<str:ref>/planes/<str:plan_id>/", payment_plan.payment_plan, name="payment_plan"),
    path("cuenta/<str:ref>/acreditar/", account_proof.prove_account, name="prove_account"),
]
