"""What the database itself refuses about money. Declared on the models; installed by their migrations."""

import pgtrigger

from billing.enums import LIVE_STATES, InvoiceStatus
from billing.transitions import TRANSITIONS

_LIVE = ", ".join(f"'{state.value}'" for state in LIVE_STATES)


def legal_transition() -> pgtrigger.Trigger:
    """A payment moves only as `billing.transitions` allows."""
    legal = ", ".join(sorted(f"('{before.value}', '{after.value}')" for before, after in TRANSITIONS))
    return pgtrigger.Trigger(
        name="legal_transition",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("state"),
        condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state")),
        func=f"""
            IF (OLD.state, NEW.state) NOT IN ({legal}) THEN
                RAISE EXCEPTION 'payment % may not go from % to %', OLD.id, OLD.state, NEW.state
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def write_once(name: str, columns: list[str]) -> pgtrigger.Trigger:
    """Columns that are empty until somebody knows them, and never change after."""
    changed = " OR ".join(
        f"(OLD.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column})" for column in columns
    )
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            IF {changed} THEN
                RAISE EXCEPTION 'a value that is written once was changed in % %', TG_TABLE_NAME, OLD.id
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


def item_starts_as_its_payment() -> pgtrigger.Trigger:
    """A new item is live when its payment is, whatever the writer says."""
    return pgtrigger.Trigger(
        name="starts_as_its_payment",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            SELECT state IN ({_LIVE}) INTO STRICT NEW.live FROM billing_payment WHERE id = NEW.payment_id;
            RETURN NEW;
        """,
    )


def allocation_moves_applied() -> pgtrigger.Trigger:
    """Each allocation moves its invoice's `applied`; the CHECK on the invoice refuses more than is payable.

    The update takes the invoice's row lock, so two allocations of one invoice come one after the other.
    """
    return pgtrigger.Trigger(
        name="moves_applied",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func=f"""
            UPDATE billing_invoice SET
                applied = applied + NEW.amount,
                settled_at = CASE WHEN applied + NEW.amount = amount + surcharge THEN NEW.created_at END
            WHERE id = NEW.invoice_id
                AND account_id = (SELECT account_id FROM billing_payment WHERE id = NEW.payment_id)
                AND (NEW.amount < 0 OR status <> '{InvoiceStatus.VOID.value}');
            IF NOT FOUND THEN
                RAISE EXCEPTION 'invoice % is void or of another account than payment %', NEW.invoice_id, NEW.payment_id
                    USING ERRCODE = 'check_violation';
            END IF;
            IF NEW.reverses_id IS NOT NULL THEN
                PERFORM 1 FROM billing_allocation WHERE id = NEW.reverses_id AND reverses_id IS NULL
                    AND payment_id = NEW.payment_id AND invoice_id = NEW.invoice_id AND amount >= -NEW.amount;
                IF NOT FOUND THEN
                    RAISE EXCEPTION 'allocation % reverses another payment, invoice or more than there was', NEW.id
                        USING ERRCODE = 'check_violation';
                END IF;
            END IF;
            RETURN NULL;
        """,
    )


def credit_belongs_to_the_payer_account() -> pgtrigger.Trigger:
    """Credit stays with the account that the payment was for."""
    return pgtrigger.Trigger(
        name="credit_same_account",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            PERFORM 1 FROM billing_payment WHERE id = NEW.payment_id AND account_id = NEW.account_id;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'credit of payment % is for another account', NEW.payment_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def conservation(payment_id: str) -> pgtrigger.Trigger:
    """At commit: what a payment received is what it put on invoices plus what it left as credit.

    Summing alone would not hold between two transactions; locking the payment first makes them wait for each other.
    `payment_id` is the SQL expression of the payment's id in the row at hand.
    """
    return pgtrigger.Trigger(
        name="conservation",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        timing=pgtrigger.Deferred,
        declare=[("received", "numeric"), ("allocated", "numeric"), ("credited", "numeric")],
        func=f"""
            SELECT COALESCE(amount_received, 0) INTO STRICT received
                FROM billing_payment WHERE id = {payment_id} FOR UPDATE;
            SELECT COALESCE(SUM(amount), 0) INTO allocated FROM billing_allocation WHERE payment_id = {payment_id};
            SELECT COALESCE(SUM(amount), 0) INTO credited FROM billing_creditentry WHERE payment_id = {payment_id};
            IF received <> allocated + credited OR credited < 0 THEN
                RAISE EXCEPTION 'payment %: received %, allocated %, credit %', {payment_id}, received, allocated, credited
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        """,
    )


def applied_only_by_allocations() -> pgtrigger.Trigger:
    """`applied` and `settled_at` are moved by the trigger of Allocation and by nobody else."""
    return pgtrigger.Trigger(
        name="applied_by_allocations",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__applied__df=pgtrigger.F("new__applied"))
        | pgtrigger.Q(old__settled_at__df=pgtrigger.F("new__settled_at")),
        func="""
            IF pg_trigger_depth() < 2 THEN
                RAISE EXCEPTION 'applied of invoice % is moved by allocations only', OLD.id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def no_money_without_allocations() -> pgtrigger.Trigger:
    """A new invoice has received nothing yet."""
    return pgtrigger.Trigger(
        name="starts_unpaid",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=~pgtrigger.Q(new__applied=0) | ~pgtrigger.Q(new__surcharge=0),
        func="""
            RAISE EXCEPTION 'a new invoice has nothing applied' USING ERRCODE = 'check_violation';
        """,
    )


def paid_invoice_stays() -> pgtrigger.Trigger:
    """What was paid does not change its price, its account or its validity afterwards."""
    return pgtrigger.Trigger(
        name="paid_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__applied__gt=0)
        & (
            pgtrigger.Q(old__amount__df=pgtrigger.F("new__amount"))
            | pgtrigger.Q(old__account__df=pgtrigger.F("new__account"))
            | pgtrigger.Q(old__status__df=pgtrigger.F("new__status"))
        ),
        func="""
            IF OLD.applied = OLD.amount + OLD.surcharge
                OR NEW.account_id <> OLD.account_id OR NEW.status <> OLD.status THEN
                RAISE EXCEPTION 'invoice % has money on it', OLD.id USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )
