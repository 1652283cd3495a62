"""What the database refuses about payments that customers report."""

import pgtrigger

from billing.enums import PaymentReportState, PaymentState


def begins_under_review() -> pgtrigger.Trigger:
    """A new report is not decided yet."""
    return pgtrigger.Trigger(
        name="begins_under_review",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=~pgtrigger.Q(new__state=PaymentReportState.SUBMITTED),
        func="""
            RAISE EXCEPTION 'a new report is under review' USING ERRCODE = 'check_violation';
        """,
    )


def decided_for_good() -> pgtrigger.Trigger:
    """A report that was accepted, rejected or withdrawn never changes again."""
    return pgtrigger.Trigger(
        name="decided_for_good",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=~pgtrigger.Q(old__state=PaymentReportState.SUBMITTED),
        func="""
            RAISE EXCEPTION 'report % is % for good', OLD.id, OLD.state USING ERRCODE = 'check_violation';
        """,
    )


def accepted_with_money_of_its_bill() -> pgtrigger.Trigger:
    """What a report was accepted with is money in the ledger that was paid for its bill."""
    return pgtrigger.Trigger(
        name="accepted_with_its_money",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(new__payment__isnull=False),
        func=f"""
            PERFORM 1 FROM billing_paymentitem AS item JOIN billing_payment AS payment ON payment.id = item.payment_id
                WHERE item.payment_id = NEW.payment_id AND item.invoice_id = NEW.invoice_id
                AND payment.state = '{PaymentState.SUCCEEDED.value}';
            IF NOT FOUND THEN
                RAISE EXCEPTION 'payment % is not of the bill of report %', NEW.payment_id, NEW.id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )
