"""What the office's pages of every app have in common: the lists and records of Django's admin, drawn by Unfold."""
