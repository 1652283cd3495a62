"""What the database refuses about documents that the utility issued."""

from collections.abc import Iterable

import pgtrigger

from billing.enums import ChargeStatus, DisputeState, InvoiceStatus
from billing.transitions import OPEN_DISPUTES
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
    """A certificate of no debt is issued only for an account without an unpaid bill, due or not, without one in a
    payment plan in force, without a pending charge, and without a payment that is contested before the bank.

    The act holds the account's lock, so no act of the portal makes a debt meanwhile.
    """
    return pgtrigger.Trigger(
        name="certifies_no_debt",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            IF EXISTS (
                SELECT FROM billing_invoice
                WHERE account_id = NEW.account_id AND status = '{InvoiceStatus.OPEN.value}' AND (
                    (applied < amount + surcharge - covered AND NOT offered) OR financed > 0
                )
            ) OR EXISTS (
                SELECT FROM billing_charge
                WHERE account_id = NEW.account_id AND status = '{ChargeStatus.PENDING.value}'
            ) THEN
                RAISE EXCEPTION 'account % owes something: no certificate', NEW.account_id
                    USING ERRCODE = 'check_violation';
            END IF;
            IF EXISTS (
                SELECT FROM billing_payment AS payment
                JOIN billing_dispute AS dispute ON dispute.payment_id = payment.id
                WHERE payment.account_id = NEW.account_id AND dispute.state IN ({_listed(OPEN_DISPUTES)})
            ) THEN
                RAISE EXCEPTION 'a payment of account % is contested: no certificate', NEW.account_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def _listed(states: Iterable[DisputeState]) -> str:
    return ", ".join(f"'{state.value}'" for state in states)
