"""What the database refuses about discrepancies."""

import pgtrigger

from billing.enums import DiscrepancyState


def begins_open() -> pgtrigger.Trigger:
    """A discrepancy is found before anybody looked at it."""
    return pgtrigger.Trigger(
        name="begins_open",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=~pgtrigger.Q(new__state=DiscrepancyState.OPEN),
        func="""
            RAISE EXCEPTION 'a new discrepancy is open' USING ERRCODE = 'check_violation';
        """,
    )


def assigned_within_the_office() -> pgtrigger.Trigger:
    """Whoever it is assigned to is of the office and may log in at that moment."""
    return pgtrigger.Trigger(
        name="assigned_within_the_office",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("assigned_to_id"),
        condition=pgtrigger.Q(new__assigned_to__isnull=False),
        func="""
            PERFORM 1 FROM accounts_user WHERE id = NEW.assigned_to_id AND is_staff AND is_active;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'discrepancy % is assigned to nobody of the office', NEW.id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )
