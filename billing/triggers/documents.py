"""What the database refuses about documents that the utility issued."""

import pgtrigger

from billing.enums import ChargeStatus, InvoiceStatus
from billing.triggers.payments import written_once


def issued_once(*known_later: str) -> list[pgtrigger.Trigger]:
    """A document stays as it was issued: never deleted, its columns never changed.

    Its PDF, and what `known_later` names, is empty until it is known, and is written once.
    """
    later = ["pdf", "rendered_at", *known_later]
    return [
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        pgtrigger.ReadOnly(name="stays_as_issued", exclude=later),
        written_once(later),
    ]


def certifies_no_debt() -> pgtrigger.Trigger:
    """A certificate of no debt is issued only for an account without an unpaid bill, due or not, or a pending charge.

    The act holds the account's lock, so no act of the portal makes a debt meanwhile.
    """
    return pgtrigger.Trigger(
        name="certifies_no_debt",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            PERFORM 1 FROM billing_invoice
                WHERE account_id = NEW.account_id AND status = '{InvoiceStatus.OPEN.value}'
                AND applied < amount + surcharge;
            IF NOT FOUND THEN
                PERFORM 1 FROM billing_charge
                    WHERE account_id = NEW.account_id AND status = '{ChargeStatus.PENDING.value}';
            END IF;
            IF FOUND THEN
                RAISE EXCEPTION 'account % owes something: no certificate', NEW.account_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )
