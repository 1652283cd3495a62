"""Passwords in tests: the same algorithm, without the cost that is its point."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2 with the least work it accepts."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
