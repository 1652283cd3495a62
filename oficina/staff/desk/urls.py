"""Addresses of these pages."""

from django.urls import path

from oficina.staff.desk.closing_page import close, closing_pdf
from oficina.staff.desk.taken_page import annul, receipt, taken
from oficina.staff.desk.taking_page import take_payment
from oficina.staff.desk.till_page import till

urlpatterns = [
    path("", till, name="till"),
    path("cobrar/<int:pk>/", take_payment, name="take_payment"),
    path("cobros/<int:pk>/", taken, name="taken"),
    path("cobros/<int:pk>/recibo.pdf", receipt, name="taken_receipt"),
    path("cobros/<int:pk>/anular/", annul, name="annul_taken"),
    path("turnos/<int:pk>/cerrar/", close, name="close_shift"),
    path("turnos/<int:pk>/cierre.pdf", closing_pdf, name="closing_pdf"),
]
