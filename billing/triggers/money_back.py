"""What the database refuses about money that leaves a payment again: refunds and disputes."""

import pgtrigger

from billing.enums import RefundRoute, RefundState
from billing.transitions import DISPUTE_TRANSITIONS, REFUND_TRANSITIONS
from oficina.shared.legal_moves import legal_moves


def legal_refund_transition() -> pgtrigger.Trigger:
    """A refund moves only as `billing.transitions` allows."""
    return legal_moves("refund", REFUND_TRANSITIONS)


def legal_dispute_transition() -> pgtrigger.Trigger:
    """A dispute moves only as `billing.transitions` allows."""
    return legal_moves("dispute", DISPUTE_TRANSITIONS)


def goes_back_as_it_came() -> pgtrigger.Trigger:
    """The office gives back by hand what came through the provider only when the provider could not."""
    return pgtrigger.Trigger(
        name="goes_back_as_it_came",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__route=RefundRoute.OFFICE),
        func=f"""
            PERFORM 1 FROM billing_payment WHERE id = NEW.payment_id AND provider_payment_id IS NOT NULL;
            IF FOUND THEN
                PERFORM 1 FROM billing_refund WHERE payment_id = NEW.payment_id
                    AND route = '{RefundRoute.PROVIDER.value}' AND state = '{RefundState.FAILED.value}';
                IF NOT FOUND THEN
                    RAISE EXCEPTION 'payment % goes back through the provider, which has not refused', NEW.payment_id
                        USING ERRCODE = 'check_violation';
                END IF;
            END IF;
            RETURN NEW;
        """,
    )


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
