"""Addresses that other machines call. Each also without its final slash: a redirection counts as a failed delivery."""

from django.urls import path

from billing.webhooks.collections import collection_operation, collection_schema, collection_webhook
from billing.webhooks.stripe import stripe_webhook

urlpatterns = [
    path("webhooks/stripe/", stripe_webhook, name="stripe_webhook"),
    path("webhooks/stripe", stripe_webhook),
    path("webhooks/cobranzas/esquema.json", collection_schema, name="collection_schema"),
    path("webhooks/cobranzas/<slug:channel>/", collection_webhook, name="collection_webhook"),
    path("webhooks/cobranzas/<slug:channel>", collection_webhook),
    path(
        "webhooks/cobranzas/<slug:channel>/operaciones/<path:number>/",
        collection_operation,
        name="collection_operation",
    ),
    path("webhooks/cobranzas/<slug:channel>/operaciones/<path:number>", collection_operation),
]
