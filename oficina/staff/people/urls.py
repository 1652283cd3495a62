"""Addresses of these pages."""

from django.urls import path

from oficina.staff.people.roles_page import person_roles

urlpatterns = [
    path("<int:pk>/roles/", person_roles, name="person_roles"),
]
