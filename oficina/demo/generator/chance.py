"""Chance that comes out the same every time."""

import random
from collections.abc import Mapping


def chance_for(seed: int, subject: str) -> random.Random:
    """A source of chance of its own for each subject, so that one more account changes nothing of the others."""
    return random.Random(f"{seed}/{subject}")  # noqa: S311  the same data every time, no secret


def weighed[Choice](chance: random.Random, weights: Mapping[Choice, float]) -> Choice:
    """One of the choices, each as often as its weight says."""
    return chance.choices(list(weights), list(weights.values()))[0]
