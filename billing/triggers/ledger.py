"""What the database refuses about where money went: bills, allocations, credit, and their sum."""

import pgtrigger


def starts_unpaid() -> pgtrigger.Trigger:
    """A new bill has received nothing yet."""
    return pgtrigger.Trigger(
        name="starts_unpaid",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=~pgtrigger.Q(new__applied=0)
        | ~pgtrigger.Q(new__surcharge=0)
        | ~pgtrigger.Q(new__covered=0)
        | ~pgtrigger.Q(new__financed=0)
        | pgtrigger.Q(new__settled_at__isnull=False),
        func="""
            RAISE EXCEPTION 'a new invoice has nothing applied' USING ERRCODE = 'check_violation';
        """,
    )


def moved_by_ledger() -> pgtrigger.Trigger:
    """What a bill has is moved by the triggers of Allocation and Cover and by nobody else."""
    return pgtrigger.Trigger(
        name="moved_by_ledger",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__applied__df=pgtrigger.F("new__applied"))
        | pgtrigger.Q(old__surcharge__df=pgtrigger.F("new__surcharge"))
        | pgtrigger.Q(old__covered__df=pgtrigger.F("new__covered"))
        | pgtrigger.Q(old__financed__df=pgtrigger.F("new__financed"))
        | pgtrigger.Q(old__settled_at__df=pgtrigger.F("new__settled_at")),
        func="""
            IF pg_trigger_depth() < 2 THEN
                RAISE EXCEPTION 'the money of invoice % is moved by allocations and cover only', OLD.id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def price_stays_once_paid() -> pgtrigger.Trigger:
    """A bill that is paid, or that a plan in force covers, keeps its amount, and no new amount makes a bill paid: only
    money does.
    """
    return pgtrigger.Trigger(
        name="price_stays_once_paid",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=(pgtrigger.Q(old__applied__gt=0) | pgtrigger.Q(old__covered__gt=0))
        & pgtrigger.Q(old__amount__df=pgtrigger.F("new__amount")),
        func="""
            IF OLD.financed > 0 OR OLD.applied + OLD.covered = OLD.amount + OLD.surcharge
                    OR NEW.applied + NEW.covered >= NEW.amount + NEW.surcharge THEN
                RAISE EXCEPTION 'invoice % has % applied and % covered: its amount may not become %',
                    OLD.id, OLD.applied, OLD.covered, NEW.amount USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def allocation_moves_its_invoice() -> pgtrigger.Trigger:
    """Each allocation moves its bill's `applied` and `surcharge`; the CHECKs of the bill refuse what it cannot take.

    The update takes the bill's row lock, so two allocations on one bill come one after the other.
    """
    return pgtrigger.Trigger(
        name="moves_its_invoice",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func="""
            UPDATE billing_invoice SET
                applied = applied + NEW.amount,
                surcharge = surcharge + NEW.surcharge,
                settled_at = CASE
                    WHEN applied + NEW.amount + covered = amount + surcharge + NEW.surcharge
                        AND financed = 0 THEN NEW.created_at
                END
            WHERE id = NEW.invoice_id
                AND account_id = (SELECT account_id FROM billing_payment WHERE id = NEW.payment_id);
            IF NOT FOUND THEN
                RAISE EXCEPTION 'payment % is of another account than invoice %', NEW.payment_id, NEW.invoice_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        """,
    )


def reversal_mirrors_its_allocation() -> pgtrigger.Trigger:
    """A reversal takes back one whole allocation, and at most the surcharge which that one fixed."""
    return pgtrigger.Trigger(
        name="reversal_mirrors",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__reverses__isnull=False),
        func="""
            PERFORM 1 FROM billing_allocation AS original
                WHERE original.id = NEW.reverses_id AND original.reverses_id IS NULL
                AND original.payment_id = NEW.payment_id AND original.invoice_id = NEW.invoice_id
                AND original.amount = -NEW.amount AND original.surcharge >= -NEW.surcharge;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'this does not reverse allocation %', NEW.reverses_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def credit_stays_with_the_account() -> pgtrigger.Trigger:
    """Credit belongs to the account that the payment was for."""
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


def conservation(payment_id: str, *, condition: pgtrigger.Q | None = None) -> pgtrigger.Trigger:
    """At commit: what a payment received is what it put on bills, what it left as credit, and what left it again.

    Summing alone would not hold between two transactions; locking the payment first makes them wait for each other.
    `payment_id` is the SQL expression of the payment's id in the row at hand; `condition` spares the check where no
    money can have moved.
    """
    return pgtrigger.Trigger(
        name="conservation",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        timing=pgtrigger.Deferred,
        condition=condition,
        declare=[
            ("received", "numeric"),
            ("allocated", "numeric"),
            ("credited", "numeric"),
            ("refunded", "numeric"),
            ("disputed", "numeric"),
        ],
        func=f"""
            SELECT COALESCE(amount_received, 0) INTO STRICT received
                FROM billing_payment WHERE id = {payment_id} FOR NO KEY UPDATE;
            SELECT COALESCE(SUM(amount), 0) INTO allocated FROM billing_allocation WHERE payment_id = {payment_id};
            SELECT COALESCE(SUM(amount), 0) INTO credited FROM billing_creditentry WHERE payment_id = {payment_id};
            SELECT COALESCE(SUM(amount), 0) INTO refunded FROM billing_refund
                WHERE payment_id = {payment_id} AND state <> 'failed';
            SELECT COALESCE(SUM(amount_taken), 0) INTO disputed FROM billing_dispute WHERE payment_id = {payment_id};
            IF received <> allocated + credited + refunded + disputed OR credited < 0 THEN
                RAISE EXCEPTION 'payment %: received %, allocated %, credit %, refunded %, disputed %',
                    {payment_id}, received, allocated, credited, refunded, disputed USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        """,
    )
