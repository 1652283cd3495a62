"""What the database refuses about debt that payment plans cover, and about the instalments that are in its place."""

import pgtrigger

from billing.enums import InvoiceKind


def cover_moves_its_invoice() -> pgtrigger.Trigger:
    """Each row moves what is covered of its bill; the CHECKs of the bill refuse what it does not owe.

    An instalment is never covered: a debt that is in a plan is not put into another one.
    """
    return pgtrigger.Trigger(
        name="moves_its_invoice",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        declare=[("awaited", "numeric")],
        func=f"""
            awaited := CASE WHEN NEW.paid THEN 0 ELSE NEW.amount END;
            UPDATE billing_invoice SET
                covered = covered + NEW.amount,
                financed = financed + awaited,
                surcharge = surcharge + NEW.surcharge,
                settled_at = CASE
                    WHEN applied + covered + NEW.amount = amount + surcharge + NEW.surcharge
                        AND financed + awaited = 0 THEN NEW.created_at
                END
            WHERE id = NEW.invoice_id AND kind <> '{InvoiceKind.INSTALMENT.value}';
            IF NOT FOUND THEN
                RAISE EXCEPTION 'invoice % is an instalment: no plan covers it', NEW.invoice_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        """,
    )


def reversal_mirrors_its_cover() -> pgtrigger.Trigger:
    """A reversal takes back one whole row of the same plan, and at most the surcharge which that one fixed."""
    return pgtrigger.Trigger(
        name="reversal_mirrors",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__reverses__isnull=False),
        func="""
            PERFORM 1 FROM billing_cover AS original
                WHERE original.id = NEW.reverses_id AND original.reverses_id IS NULL
                AND original.invoice_id = NEW.invoice_id AND original.plan = NEW.plan AND original.paid = NEW.paid
                AND original.amount = -NEW.amount AND original.surcharge >= -NEW.surcharge;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'this does not reverse cover %', NEW.reverses_id USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def owed_for_good() -> pgtrigger.Trigger:
    """What is owed does not become an offer again."""
    return pgtrigger.Trigger(
        name="owed_for_good",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__offered=False, new__offered=True),
        func="""
            RAISE EXCEPTION 'invoice % is owed, not offered', OLD.id USING ERRCODE = 'check_violation';
        """,
    )
