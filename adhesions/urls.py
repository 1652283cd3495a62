"""Addresses that mail servers call. Each also without its final slash: a redirection counts as a failed delivery."""

from django.urls import path

from adhesions.webhooks import bounce_schema, bounce_webhook

urlpatterns = [
    path("webhooks/rebotes/esquema.json", bounce_schema, name="bounce_schema"),
    path("webhooks/rebotes/<slug:source>/", bounce_webhook, name="bounce_webhook"),
    path("webhooks/rebotes/<slug:source>", bounce_webhook),
]
