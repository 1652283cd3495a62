"""What the database refuses about money that leaves a payment again: refunds and disputes."""

from collections.abc import Iterable

import pgtrigger

from billing.enums import DisputeState, RefundState
from billing.transitions import DISPUTE_TRANSITIONS, REFUND_TRANSITIONS


def legal_refund_transition() -> pgtrigger.Trigger:
    """A refund moves only as `billing.transitions` allows."""
    return _legal_transition("refund", REFUND_TRANSITIONS)


def legal_dispute_transition() -> pgtrigger.Trigger:
    """A dispute moves only as `billing.transitions` allows."""
    return _legal_transition("dispute", DISPUTE_TRANSITIONS)


def sums_only_grow() -> pgtrigger.Trigger:
    """What the provider withdrew for a dispute and what it gave back are totals: neither becomes less."""
    return pgtrigger.Trigger(
        name="sums_only_grow",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func="""
            IF NEW.amount_withdrawn < OLD.amount_withdrawn OR NEW.amount_reinstated < OLD.amount_reinstated THEN
                RAISE EXCEPTION 'dispute %: what was withdrawn or reinstated became less', OLD.id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def _legal_transition(
    subject: str, transitions: Iterable[tuple[RefundState, RefundState]] | Iterable[tuple[DisputeState, DisputeState]]
) -> pgtrigger.Trigger:
    legal = ", ".join(sorted(f"('{before.value}', '{after.value}')" for before, after in transitions))
    return pgtrigger.Trigger(
        name="legal_transition",
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
