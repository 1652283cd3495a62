"""Addresses that other machines call."""

from django.urls import path

from billing.webhooks.stripe import stripe_webhook

urlpatterns = [
    path("webhooks/stripe/", stripe_webhook, name="stripe_webhook"),
]
