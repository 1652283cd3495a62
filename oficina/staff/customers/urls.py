"""Addresses of these pages."""

from django.urls import path

from oficina.staff.customers.account_page import account
from oficina.staff.customers.person_page import person
from oficina.staff.customers.search_page import search

urlpatterns = [
    path("buscar/", search, name="search"),
    path("<int:pk>/", account, name="account"),
    path("personas/<int:pk>/", person, name="person"),
]
