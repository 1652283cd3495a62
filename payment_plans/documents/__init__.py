"""The papers of payment plans."""
