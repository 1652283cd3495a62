"""Collection channels: third parties that receive payments and tell them over Standard Webhooks 1.0.0."""
