"""Rows that go from state to state as a table of moves allows, which code and database read alike."""

from collections.abc import Iterable

import pgtrigger
from django.db.models import TextChoices


def legal_moves(
    subject: str, moves: Iterable[tuple[TextChoices, TextChoices]], *, name: str = "legal_transition"
) -> pgtrigger.Trigger:
    """The database refuses to bring `state` where no move leads. `subject` is the row's name in what it then says."""
    legal = ", ".join(sorted(f"('{before.value}', '{after.value}')" for before, after in moves))
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("state"),
        condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state")),
        func=f"""
            IF (OLD.state, NEW.state) NOT IN ({legal}) THEN
                RAISE EXCEPTION '{subject} % may not go from % to %', OLD.id, OLD.state, NEW.state
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )
