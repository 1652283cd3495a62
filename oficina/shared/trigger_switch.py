"""Triggers that protect money cannot be switched off.

django-pgtrigger asks, at every call of every trigger, a function whether a setting of the session names that trigger
as one to ignore. Whoever can write SQL can set that setting. And where it is not set the question raises and catches an
error, in a subtransaction of its own: 0.3 ms that grow with the transaction, most of the time of a long import.
"""

from django.db import DEFAULT_DB_ALIAS, connections

_NEVER = """
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT false $$
"""


def keep_triggers_on(using: str = DEFAULT_DB_ALIAS, **_kwargs: object) -> None:
    """After each migration: the answer is no. A migration of a trigger brings the library's own function back."""
    with connections[using].cursor() as cursor:
        cursor.execute(_NEVER)
