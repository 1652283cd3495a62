"""Addresses of what an account adheres to."""

from django.urls import path

from adhesions.views import bill_mail, card_setup, digital, direct_debit, not_received, unsubscribe

urlpatterns = [
    path("cuenta/<str:ref>/factura-digital/", digital.digital_billing, name="digital_billing"),
    path(
        "cuenta/<str:ref>/factura-digital/<str:adhesion_id>/cancelar/",
        digital.cancel_digital_billing,
        name="cancel_digital_billing",
    ),
    path(
        "cuenta/<str:ref>/factura-digital/<str:adhesion_id>/avisos/",
        digital.change_bill_reminders,
        name="change_bill_reminders",
    ),
    path(
        "cuenta/<str:ref>/factura-digital/<str:adhesion_id>/mail/",
        bill_mail.change_bill_mail,
        name="change_bill_mail",
    ),
    path("cuenta/<str:ref>/factura-digital/codigo/<str:proof_id>/", bill_mail.prove_bill_mail, name="prove_bill_mail"),
    path(
        "cuenta/<str:ref>/factura-digital/<str:adhesion_id>/reactivar/",
        digital.resume,
        name="resume_digital_billing",
    ),
    path("cuenta/<str:ref>/debito-automatico/", direct_debit.direct_debit, name="direct_debit"),
    path(
        "cuenta/<str:ref>/debito-automatico/tarjeta/<str:setup_id>/",
        card_setup.direct_debit_card,
        name="direct_debit_card",
    ),
    path(
        "cuenta/<str:ref>/debito-automatico/<str:mandate_id>/cancelar/",
        direct_debit.cancel_direct_debit,
        name="cancel_direct_debit",
    ),
    path(
        "cuenta/<str:ref>/debito-automatico/debitos/<str:debit_id>/frenar/",
        direct_debit.stop_one_debit,
        name="stop_debit",
    ),
    path("cuenta/<str:ref>/no-recibi-factura/", not_received.bill_not_received, name="bill_not_received"),
    path("factura-digital/baja/<str:token>/", unsubscribe.unsubscribe_from_bills, name="unsubscribe"),
]
