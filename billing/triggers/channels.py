"""What the database refuses about collection channels."""

import pgtrigger


def retired_for_good() -> pgtrigger.Trigger:
    """A secret's end is never put off: one that leaked and was retired stays retired."""
    return pgtrigger.Trigger(
        name="retired_for_good",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__valid_until__isnull=False),
        func="""
            IF NEW.valid_until IS NULL OR NEW.valid_until > OLD.valid_until THEN
                RAISE EXCEPTION 'secret % was retired already', OLD.id USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )
