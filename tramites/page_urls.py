"""Addresses of the guidance. Anyone may read it."""

from django.urls import path

from tramites.views import help as help_pages

urlpatterns = [
    path("ayuda/", help_pages.help_topics, name="help"),
    path("ayuda/pantalla/<slug:screen>/", help_pages.help_of_screen, name="help_of_screen"),
    path("ayuda/<slug:slug>/", help_pages.help_topic, name="help_topic"),
]
