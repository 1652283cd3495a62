"""What a procedure is to say."""

from dataclasses import dataclass

from tramites.publishing import Words


@dataclass(frozen=True, kw_only=True)
class ProcedureWords(Words):
    """By the names of the columns. `requirements` has one a line; `managed_at` fits `MANAGED_AT`."""

    summary: str
    who: str
    requirements: str
    cost: str
    duration: str
    managed_at: str = ""
    chat_offered: bool = False
