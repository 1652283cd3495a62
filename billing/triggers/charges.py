"""What the database refuses about charges and the invoices that they become."""

import pgtrigger

from billing.enums import ChargeStatus, InvoiceKind


def begins_without_invoice() -> pgtrigger.Trigger:
    """A charge comes pending, or cancelled already: it is invoiced by being accepted."""
    return pgtrigger.Trigger(
        name="begins_without_invoice",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__status=ChargeStatus.INVOICED),
        func="""
            RAISE EXCEPTION 'a new charge is not invoiced yet' USING ERRCODE = 'check_violation';
        """,
    )


def decided_for_good() -> pgtrigger.Trigger:
    """A charge that was invoiced or cancelled never changes again, neither its state nor its amount."""
    return pgtrigger.Trigger(
        name="decided_for_good",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=~pgtrigger.Q(old__status=ChargeStatus.PENDING),
        func="""
            RAISE EXCEPTION 'charge % is % for good', OLD.id, OLD.status USING ERRCODE = 'check_violation';
        """,
    )


def becomes_an_invoice_like_itself() -> pgtrigger.Trigger:
    """The invoice of a charge is one of charges, of the same account and for the same amount."""
    return pgtrigger.Trigger(
        name="invoice_like_itself",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(new__invoice__isnull=False),
        func=f"""
            PERFORM 1 FROM billing_invoice WHERE id = NEW.invoice_id AND kind = '{InvoiceKind.CHARGE.value}'
                AND account_id = NEW.account_id AND amount = NEW.amount;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'invoice % is not one of charge %', NEW.invoice_id, NEW.id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def shows_an_invoiced_charge() -> pgtrigger.Trigger:
    """A comprobante is issued only for a charge that was invoiced."""
    return pgtrigger.Trigger(
        name="shows_an_invoiced_charge",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            PERFORM 1 FROM billing_charge WHERE id = NEW.charge_id AND status = '{ChargeStatus.INVOICED.value}';
            IF NOT FOUND THEN
                RAISE EXCEPTION 'charge % was not invoiced: no voucher', NEW.charge_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )
