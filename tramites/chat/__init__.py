"""Asistente virtual: a customer or a visitor asks, the assistant proposes help, a person of the office answers."""
