"""Addresses of payment plans. The page of one plan shows direct debits too, and is in `oficina.pages`."""

from django.urls import path

from payment_plans.views import instalments_pdf, offering, plans

_PLAN = "cuenta/<str:ref>/planes/<str:plan_id>/"

urlpatterns = [
    path("cuenta/<str:ref>/plan-de-pago/", offering.plan_offer, name="plan_offer"),
    path("cuenta/<str:ref>/plan-de-pago/generar/", offering.generate, name="generate_plan"),
    path("cuenta/<str:ref>/planes/", plans.plans, name="payment_plans"),
    path("cuenta/<str:ref>/planes/de/<str:invoice_id>/", plans.plan_of_bill, name="plan_of_bill"),
    path(f"{_PLAN}cuotas.pdf", instalments_pdf.plan_instalments_pdf, name="plan_instalments_pdf"),
    path(f"{_PLAN}dejar/", plans.give_up, name="give_up_plan"),
    path(f"{_PLAN}pagar-todo/", plans.pay_off, name="pay_off_plan"),
]
