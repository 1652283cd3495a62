"""What the database refuses about credit that is put on bills."""

import pgtrigger


def use_moves_what_it_says() -> pgtrigger.Trigger:
    """At commit: what left the credit is what arrived on the bills, and what the use says."""
    return pgtrigger.Trigger(
        name="moves_what_it_says",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        declare=[("spent", "numeric"), ("arrived", "numeric")],
        func="""
            SELECT COALESCE(-SUM(amount), 0) INTO spent FROM billing_creditentry
                WHERE credit_use_id = NEW.id AND account_id = NEW.account_id;
            SELECT COALESCE(SUM(amount), 0) INTO arrived FROM billing_allocation WHERE credit_use_id = NEW.id;
            IF spent <> NEW.amount OR arrived <> NEW.amount THEN
                RAISE EXCEPTION 'use % of credit says %, spent %, put % on bills', NEW.id, NEW.amount, spent, arrived
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        """,
    )
