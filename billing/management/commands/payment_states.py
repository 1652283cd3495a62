from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.enums import LIVE_STATES, PaymentState
from billing.transitions import BEGINNINGS, TRANSITIONS

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "payment-states.md"


class Command(BaseCommand):
    """Draws `billing.transitions`."""

    help = "Draws the states of a payment and their legal moves into docs/payment-states.md."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--check` writes nothing and fails when the document is not what would be written."""
        parser.add_argument("--check", action="store_true", help="fail when the document is out of date")

    def handle(self, **options: Any) -> None:
        """Raises CommandError when a check fails."""
        drawn = draw_states()
        if not options["check"]:
            DOCUMENT.write_text(drawn, encoding="utf-8")
        elif not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != drawn:
            raise CommandError(f"{DOCUMENT.name} is out of date: run manage.py payment_states")


def draw_states() -> str:
    """The document: a Mermaid diagram of `billing.transitions` and what each state means."""
    order = list(PaymentState)
    moves = sorted(TRANSITIONS, key=lambda move: (order.index(move[0]), order.index(move[1])))
    arrows = [f"    [*] --> {state.value}" for state in BEGINNINGS]
    arrows += [f"    {before.value} --> {after.value}" for before, after in moves]
    rows = [
        f"| `{state.value}` | {state.label} | {'yes' if state in LIVE_STATES else 'no'} | {MEANINGS[state]} |"
        for state in PaymentState
    ]
    return "\n".join(
        [
            "# States of a payment",
            "",
            "Drawn by `manage.py payment_states` from `billing/transitions.py`, from which the trigger of the",
            "database is made too. Do not edit.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *arrows,
            "```",
            "",
            "| state | shown as | holds its bills | meaning |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


MEANINGS = {
    PaymentState.CREATED: "Saved with the exact request; the provider has not answered yet.",
    PaymentState.OPEN: "The customer can pay on the provider's page.",
    PaymentState.PROCESSING: (
        "The money is on its way, from a checkout that was completed or a bank that was asked for a debit; or a person "
        "must look at a difference."
    ),
    PaymentState.SUCCEEDED: "The money is in the ledger. Final: what is given back later has objects of its own.",
    PaymentState.FAILED: "Declined, or refused or denied by the provider. Money that comes all the same is settled.",
    PaymentState.EXPIRED: "Closed without payment. Money that comes all the same is settled.",
}
