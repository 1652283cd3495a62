"""Whoever comes to the counter: who they are, what is done for them, and the portal as they see it."""
