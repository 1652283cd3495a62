"""Addresses of these pages."""

from django.urls import path

from oficina.staff.attention import view_as

urlpatterns = [
    path("ver-como-cliente/<int:pk>/", view_as.view_as_customer, name="view_as_customer"),
    path("ver-como-cliente/salir/", view_as.leave_view, name="leave_view"),
]
