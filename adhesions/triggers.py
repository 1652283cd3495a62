"""What the database itself refuses about adhesions. Declared on the models; installed by their migrations."""

from collections.abc import Collection

import pgtrigger

from adhesions.enums import (
    CARD_SETUP_MOVES,
    CARD_SETUP_UNDECIDED,
    DELIVERY_MOVES,
    CardSetupState,
    DebitState,
    DeliveryState,
)
from oficina.shared.legal_moves import legal_moves


def made_once(*decided_later: str) -> list[pgtrigger.Trigger]:
    """An adhesion is never deleted, and stays as it was made but for its end and what `decided_later` names."""
    return [
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        pgtrigger.ReadOnly(name="stays_as_made", exclude=["ended_at", "ended_by", "end_reason", *decided_later]),
    ]


def used_once(*changes_until_used: str) -> list[pgtrigger.Trigger]:
    """A proof stays as it was asked for but for its code; once used it changes no more and is kept."""
    return [
        pgtrigger.ReadOnly(name="stays_as_asked", exclude=["used_at", "adhesion", *changes_until_used]),
        pgtrigger.Protect(
            name="used_once",
            operation=pgtrigger.Update | pgtrigger.Delete,
            condition=pgtrigger.Q(old__used_at__isnull=False),
        ),
    ]


def ended_for_good() -> pgtrigger.Trigger:
    """An adhesion that ended is history: whoever wants it again makes another one and accepts its terms."""
    return pgtrigger.Protect(
        name="ended_for_good", operation=pgtrigger.Update, condition=pgtrigger.Q(old__ended_at__isnull=False)
    )


def legal_debit_moves(
    beginnings: Collection[DebitState], transitions: Collection[tuple[DebitState, DebitState]]
) -> tuple[pgtrigger.Trigger, pgtrigger.Trigger]:
    """A debit begins and moves only as `adhesions.debit.transitions` allows."""
    first = ", ".join(sorted(f"'{state}'" for state in map(str, beginnings)))
    return (
        pgtrigger.Trigger(
            name="legal_beginning",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            func=f"""
                IF NEW.state NOT IN ({first}) THEN
                    RAISE EXCEPTION 'a debit may not begin as %', NEW.state USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            """,
        ),
        legal_moves("debit", transitions),
    )


def legal_delivery_moves() -> list[pgtrigger.Trigger]:
    """A delivery is made as queued, moves as `DELIVERY_MOVES` says, keeps what it is about, and is never deleted."""
    legal = ", ".join(f"('{before.value}', '{after.value}')" for before, after in DELIVERY_MOVES)
    return [
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        pgtrigger.ReadOnly(name="identity_stays", exclude=["state", "reason", "sent_at"]),
        pgtrigger.Protect(
            name="begins_queued",
            operation=pgtrigger.Insert,
            condition=pgtrigger.Q(new__state__df=DeliveryState.QUEUED.value),
        ),
        pgtrigger.Trigger(
            name="legal_move",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            func=f"""
                IF (OLD.state, NEW.state) NOT IN ({legal}) THEN
                    RAISE EXCEPTION 'delivery % may not go from % to %', OLD.id, OLD.state, NEW.state
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            """,
        ),
    ]


def legal_card_setup_moves() -> list[pgtrigger.Trigger]:
    """A setup is made as begun, moves as `CARD_SETUP_MOVES` says, keeps what was agreed to and the provider's name of
    it, changes no more once it is decided, and is never deleted.
    """
    return [
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        pgtrigger.ReadOnly(
            name="what_was_agreed_stays",
            exclude=["state", "refusal", "session_id", "page_address", "mandate", "checked_at", "decided_at"],
        ),
        pgtrigger.Protect(
            name="begins_begun",
            operation=pgtrigger.Insert,
            condition=pgtrigger.Q(new__state__df=CardSetupState.BEGUN.value),
        ),
        pgtrigger.Protect(
            name="named_once",
            operation=pgtrigger.Update,
            condition=pgtrigger.Q(old__session_id__isnull=False)
            & (
                pgtrigger.Q(old__session_id__df=pgtrigger.F("new__session_id"))
                | pgtrigger.Q(old__page_address__df=pgtrigger.F("new__page_address"))
            ),
        ),
        pgtrigger.Protect(
            name="decided_for_good",
            operation=pgtrigger.Update,
            condition=~pgtrigger.Q(old__state__in=[state.value for state in CARD_SETUP_UNDECIDED]),
        ),
        legal_moves("card setup", CARD_SETUP_MOVES, name="legal_move"),
    ]
