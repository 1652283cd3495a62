"""Addresses of these pages."""

from django.urls import path

from oficina.staff.jobs.page import standing

urlpatterns = [path("", standing, name="jobs")]
