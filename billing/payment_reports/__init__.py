"""Payments that customers report as made elsewhere: told, followed, and accepted or rejected by the office."""
