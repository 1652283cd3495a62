"""What the database refuses about the policies by which late bills are priced."""

import pgtrigger
from django.conf import settings


def stays_once_in_force() -> pgtrigger.Trigger:
    """A policy that has begun, by the local date, priced bills that people saw: what follows is another policy."""
    return pgtrigger.Trigger(
        name="stays_once_in_force",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF OLD.valid_from <= (now() AT TIME ZONE '{settings.TIME_ZONE}')::date THEN
                RAISE EXCEPTION 'the policy of % is in force: it stays as it is', OLD.valid_from
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN COALESCE(NEW, OLD);
        """,
    )
