"""What the database refuses about payments and what they ask for."""

from collections.abc import Sequence

import pgtrigger

from billing.enums import ASKING_CHANNELS, LIVE_STATES, PaymentState
from billing.transitions import BEGINNINGS, TRANSITIONS
from oficina.shared.legal_moves import legal_moves

_LIVE = ", ".join(f"'{state.value}'" for state in LIVE_STATES)
_ASKING = ", ".join(f"'{channel.value}'" for channel in ASKING_CHANNELS)


def legal_beginning() -> pgtrigger.Trigger:
    """A payment begins only as `billing.transitions` allows: what the portal asks for was not received yet."""
    beginnings = ", ".join(f"'{state.value}'" for state in BEGINNINGS)
    return pgtrigger.Trigger(
        name="legal_beginning",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=~pgtrigger.Q(new__state=PaymentState.CREATED),
        func=f"""
            IF NEW.channel IN ({_ASKING}) OR NEW.state NOT IN ({beginnings}) THEN
                RAISE EXCEPTION 'a payment of channel % may not begin as %', NEW.channel, NEW.state
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def legal_transition() -> pgtrigger.Trigger:
    """A payment moves only as `billing.transitions` allows."""
    return legal_moves("payment", TRANSITIONS)


def written_once(columns: Sequence[str]) -> pgtrigger.Trigger:
    """Columns that are empty until somebody knows them, and never change after."""
    changed = " OR ".join(
        f"(OLD.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column})" for column in columns
    )
    return pgtrigger.Trigger(
        name="written_once",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            IF {changed} THEN
                RAISE EXCEPTION '% %: a value that is written once was changed', TG_TABLE_NAME, OLD.id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def items_follow_state() -> pgtrigger.Trigger:
    """The items of a payment are live while the payment is."""
    return pgtrigger.Trigger(
        name="items_follow_state",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("state"),
        condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state")),
        func=f"""
            UPDATE billing_paymentitem SET live = (NEW.state IN ({_LIVE}))
                WHERE payment_id = NEW.id AND live IS DISTINCT FROM (NEW.state IN ({_LIVE}));
            RETURN NULL;
        """,
    )


def item_is_live_as_its_payment() -> pgtrigger.Trigger:
    """An item is live while its payment is, whatever the writer says; it asks for a bill of the payment's account."""
    return pgtrigger.Trigger(
        name="live_as_its_payment",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            SELECT payment.state IN ({_LIVE}) INTO NEW.live
                FROM billing_payment AS payment
                JOIN billing_invoice AS invoice ON invoice.account_id = payment.account_id
                WHERE payment.id = NEW.payment_id AND invoice.id = NEW.invoice_id;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'payment % is of another account than invoice %', NEW.payment_id, NEW.invoice_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def asks_for_its_items(payment_id: str) -> pgtrigger.Trigger:
    """At commit: the portal asks for exactly what the items add up to, so that all it brings has a bill to go to.

    Money received elsewhere may exceed its items; the rest is credit. `payment_id` is the SQL expression of the
    payment's id in the row at hand.
    """
    return pgtrigger.Trigger(
        name="asks_for_its_items",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        func=f"""
            PERFORM 1 FROM billing_payment AS payment
                WHERE payment.id = {payment_id} AND payment.channel IN ({_ASKING})
                AND payment.amount_asked IS DISTINCT FROM
                    (SELECT SUM(amount) FROM billing_paymentitem WHERE payment_id = {payment_id});
            IF FOUND THEN
                RAISE EXCEPTION 'payment % asks for another amount than its items', {payment_id}
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        """,
    )


def proves_a_settled_payment() -> pgtrigger.Trigger:
    """A receipt is issued only for money that is in the ledger."""
    return pgtrigger.Trigger(
        name="proves_a_settled_payment",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            PERFORM 1 FROM billing_payment
                WHERE id = NEW.payment_id AND state = '{PaymentState.SUCCEEDED.value}';
            IF NOT FOUND THEN
                RAISE EXCEPTION 'payment % has not succeeded: no receipt', NEW.payment_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )
