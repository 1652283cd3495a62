"""A local stand-in for Stripe: its API, its hosted page, its webhooks and a way to make it misbehave.

It runs as a process of its own, keeps its state on disk and imports nothing of the portal; the portal
reaches it only over HTTP, through the real SDK. See docs/simulator.md.
"""
