"""Addresses of these pages."""

from django.urls import path

from oficina.staff.attention import attending_page, deeds, link_page, view_as

_ONE = "<int:pk>/"

urlpatterns = [
    path("ver-como-cliente/<int:pk>/", view_as.view_as_customer, name="view_as_customer"),
    path("ver-como-cliente/salir/", view_as.leave_view, name="leave_view"),
    path("cuentas/<int:pk>/", attending_page.attend, name="attend"),
    path("cuentas/<int:pk>/vincular/", link_page.link_customer, name="link_customer"),
    path(_ONE, attending_page.attention, name="attention"),
    path(f"{_ONE}anotar/", attending_page.add_step, name="attention_step"),
    path(f"{_ONE}caja/", attending_page.to_the_till, name="attention_till"),
    path(f"{_ONE}terminar/", attending_page.end, name="end_attention"),
    path(f"{_ONE}constancia.pdf", attending_page.slip, name="attention_slip"),
    path(f"{_ONE}facturas/<int:invoice_pk>/imprimir/", deeds.print_bill, name="attention_bill"),
    path(f"{_ONE}facturas/<int:invoice_pk>/reclamo/", deeds.claim, name="attention_claim"),
    path(f"{_ONE}recibos/<int:receipt_pk>/imprimir/", deeds.print_receipt, name="attention_receipt"),
    path(f"{_ONE}libre-deuda/", deeds.print_certificate, name="attention_certificate"),
]
