"""What the database refuses about the till: shifts and what was paid in them."""

import pgtrigger

from billing.enums import DESK_CHANNELS, RefundState, TillMeans


def begins_open() -> pgtrigger.Trigger:
    """A shift begins without what is known at its end."""
    return pgtrigger.Trigger(
        name="begins_open",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__closed_at__isnull=False),
        func="""
            RAISE EXCEPTION 'a new shift is open' USING ERRCODE = 'check_violation';
        """,
    )


def closed_for_good() -> pgtrigger.Trigger:
    """A shift that was closed never changes again."""
    return pgtrigger.Trigger(
        name="closed_for_good",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__closed_at__isnull=False),
        func="""
            RAISE EXCEPTION 'shift % is closed for good', OLD.id USING ERRCODE = 'check_violation';
        """,
    )


def closes_with_its_cash() -> pgtrigger.Trigger:
    """What a shift should have in the drawer when it closes is its opening cash and the cash that was not annulled."""
    return pgtrigger.Trigger(
        name="closes_with_its_cash",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__closed_at__isnull=True) & pgtrigger.Q(new__closed_at__isnull=False),
        func=f"""
            IF NEW.expected_cash IS DISTINCT FROM NEW.opening_cash + COALESCE((
                SELECT SUM(amount) FROM billing_tillpayment
                WHERE shift_id = NEW.id AND means = '{TillMeans.CASH.value}' AND annulled_at IS NULL
            ), 0) THEN
                RAISE EXCEPTION 'shift % is closed with another sum than its cash', NEW.id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def in_an_open_shift() -> pgtrigger.Trigger:
    """Nothing is paid or annulled in a shift that is closed; one that is being closed is waited for."""
    return pgtrigger.Trigger(
        name="in_an_open_shift",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func="""
            PERFORM 1 FROM billing_tillshift WHERE id = NEW.shift_id AND closed_at IS NULL FOR SHARE;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'shift % is closed', NEW.shift_id USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def as_its_payment() -> pgtrigger.Trigger:
    """What the till took is what the ledger received, through the channel of its means."""
    return pgtrigger.Trigger(
        name="as_its_payment",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            PERFORM 1 FROM billing_payment WHERE id = NEW.payment_id
                AND channel = 'desk_' || NEW.means AND amount_received = NEW.amount;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'payment % is not what the till took', NEW.payment_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def annulled_once() -> pgtrigger.Trigger:
    """An annulment stays."""
    return pgtrigger.Trigger(
        name="annulled_once",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__annulled_at__isnull=False),
        func="""
            RAISE EXCEPTION 'till payment % is annulled for good', OLD.id USING ERRCODE = 'check_violation';
        """,
    )


def annulled_with_its_money() -> pgtrigger.Trigger:
    """What is annulled in the till has left the ledger whole."""
    return pgtrigger.Trigger(
        name="annulled_with_its_money",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__annulled_at__isnull=False),
        func=f"""
            IF NEW.amount IS DISTINCT FROM (
                SELECT SUM(amount) FROM billing_refund
                WHERE payment_id = NEW.payment_id AND state <> '{RefundState.FAILED.value}'
            ) THEN
                RAISE EXCEPTION 'the money of till payment % is still in the ledger', NEW.id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def is_in_the_till() -> pgtrigger.Trigger:
    """At commit: money that was received at the desk is in a shift of the till."""
    return pgtrigger.Trigger(
        name="is_in_the_till",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        condition=pgtrigger.Q(new__channel__in=[channel.value for channel in DESK_CHANNELS]),
        func="""
            IF NOT EXISTS (SELECT FROM billing_tillpayment WHERE payment_id = NEW.id) THEN
                RAISE EXCEPTION 'payment % was received at the desk and is in no shift', NEW.id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        """,
    )
