from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from billing.enums import PaymentState
from billing.management.commands import payment_states
from billing.transitions import BEGINNINGS, TRANSITIONS


def test_the_document_is_what_the_table_says() -> None:
    call_command("payment_states", check=True)


def test_the_check_fails_on_a_document_that_is_out_of_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = tmp_path / "payment-states.md"
    monkeypatch.setattr(payment_states, "DOCUMENT", document)
    with pytest.raises(CommandError, match="out of date"):
        call_command("payment_states", check=True)
    call_command("payment_states")
    call_command("payment_states", check=True)
    document.write_text(document.read_text().replace("open --> expired", "expired --> open"))
    with pytest.raises(CommandError, match="out of date"):
        call_command("payment_states", check=True)


def test_every_state_can_be_reached_and_only_success_is_final() -> None:
    reached = set(BEGINNINGS)
    while more := {after for before, after in TRANSITIONS if before in reached} - reached:
        reached |= more
    assert reached == set(PaymentState)
    assert {state for state in PaymentState if not any(before == state for before, _ in TRANSITIONS)} == {
        PaymentState.SUCCEEDED
    }


def test_money_settles_from_every_state() -> None:
    assert all((state, PaymentState.SUCCEEDED) in TRANSITIONS for state in PaymentState if state != "succeeded")
