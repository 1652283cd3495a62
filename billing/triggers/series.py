"""What the database refuses about the portal's own numbering: a gap, a number twice, a document that changes."""

import pgtrigger

from billing.enums import InvoiceKind


def begins_at_zero() -> pgtrigger.Trigger:
    """A new series has used no number."""
    return pgtrigger.Trigger(
        name="begins_at_zero",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=~pgtrigger.Q(new__last_number=0),
        func="""
            RAISE EXCEPTION 'a new series has used no number' USING ERRCODE = 'check_violation';
        """,
    )


def one_number_after_the_other() -> pgtrigger.Trigger:
    """Numbers are taken one by one, and none is given back."""
    return pgtrigger.Trigger(
        name="one_number_after_the_other",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func="""
            IF NEW.last_number <> OLD.last_number + 1 THEN
                RAISE EXCEPTION 'after number % comes %, not %', OLD.last_number, OLD.last_number + 1, NEW.last_number
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def every_number_is_an_invoice() -> pgtrigger.Trigger:
    """At commit: a number that was taken is that of an invoice."""
    return pgtrigger.Trigger(
        name="every_number_is_an_invoice",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        timing=pgtrigger.Deferred,
        func="""
            PERFORM 1 FROM billing_invoice WHERE document_code = NEW.document_code AND invoice_number =
                lpad(NEW.point_of_sale::text, 5, '0') || '-' || lpad(NEW.last_number::text, 8, '0');
            IF NOT FOUND THEN
                RAISE EXCEPTION 'number % of series % has no invoice', NEW.last_number, NEW.id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        """,
    )


def own_document_stays_as_issued() -> pgtrigger.Trigger:
    """What the portal issued keeps what it says; the utility's own bills may be corrected until they are paid."""
    fields = ("description", "issued_on", "amount", "due_on", "later_due_on", "later_amounts", "other_taxes")
    changes = [pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in fields]
    changed = changes[0]
    for change in changes[1:]:
        changed |= change
    return pgtrigger.Trigger(
        name="own_document_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=~pgtrigger.Q(old__kind=InvoiceKind.SERVICE) & changed,
        func="""
            RAISE EXCEPTION 'invoice % was issued by the portal and stays as it is', OLD.id
                USING ERRCODE = 'check_violation';
        """,
    )
