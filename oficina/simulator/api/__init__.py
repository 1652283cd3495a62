"""Stripe's API under /v1: each module one resource with its ROUTES; `answering` is what they share."""
