"""What the database refuses about claims on bills."""

import pgtrigger

from billing.enums import ClaimState


def begins_open() -> pgtrigger.Trigger:
    """A claim begins without an answer."""
    return pgtrigger.Trigger(
        name="begins_open",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=~pgtrigger.Q(new__state=ClaimState.OPEN),
        func="""
            RAISE EXCEPTION 'a new claim has no answer yet' USING ERRCODE = 'check_violation';
        """,
    )


def ended_for_good() -> pgtrigger.Trigger:
    """A claim that was answered or withdrawn never changes again: whoever disagrees makes another."""
    return pgtrigger.Trigger(
        name="ended_for_good",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=~pgtrigger.Q(old__state=ClaimState.OPEN),
        func="""
            RAISE EXCEPTION 'claim % is % for good', OLD.id, OLD.state USING ERRCODE = 'check_violation';
        """,
    )


def attaches_a_file_of_its_maker() -> pgtrigger.Trigger:
    """What is attached was brought by whoever claims, and is kept: a file of somebody else would be shown to them."""
    return pgtrigger.Trigger(
        name="file_of_its_maker",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__attachment__isnull=False),
        func="""
            PERFORM 1 FROM shared_privatefile
                WHERE id = NEW.attachment_id AND uploaded_by_id = NEW.made_by_id AND kept_at IS NOT NULL;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'file % was not kept for whoever claims', NEW.attachment_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )
