"""Addresses that other machines call."""

from django.urls import path

from billing.webhooks.stripe import stripe_webhook

urlpatterns = [
    path("webhooks/stripe/", stripe_webhook, name="stripe_webhook"),
    path("webhooks/stripe", stripe_webhook),  # answered too: a redirection counts as a failed delivery
]
