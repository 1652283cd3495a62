"""What the database itself refuses about conversations. Declared on the models; installed by their migrations."""

import pgtrigger

from oficina.shared.legal_moves import legal_moves
from tramites.enums import CONVERSATION_MOVES, ConversationState, MessageAuthor


def kept_as_begun() -> list[pgtrigger.Trigger]:
    """A conversation is never deleted, keeps what names it, begins with the assistant and moves as
    `CONVERSATION_MOVES` says. Once it is a user's it is never anybody else's.
    """
    return [
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        pgtrigger.ReadOnly(name="identity_stays", fields=["public_id", "subject", "begun_at"]),
        pgtrigger.Protect(
            name="begins_assisted",
            operation=pgtrigger.Insert,
            condition=pgtrigger.Q(new__state__df=ConversationState.ASSISTED.value),
        ),
        pgtrigger.Protect(
            name="of_one_user_for_good",
            operation=pgtrigger.Update,
            condition=pgtrigger.Q(old__user__isnull=False, old__user__df=pgtrigger.F("new__user")),
        ),
        legal_moves("conversation", CONVERSATION_MOVES, name="legal_move"),
    ]


def attaches_a_file_of_its_writer() -> pgtrigger.Trigger:
    """What goes with a message was brought by whoever wrote it, and is kept: another's file would be shown here."""
    return pgtrigger.Trigger(
        name="file_of_its_writer",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__attachment__isnull=False),
        func="""
            PERFORM 1 FROM shared_privatefile
                WHERE id = NEW.attachment_id AND uploaded_by_id IS NOT DISTINCT FROM NEW.written_by_id
                AND kept_at IS NOT NULL;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'file % was not kept for whoever writes', NEW.attachment_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def said_by_whoever_may() -> pgtrigger.Trigger:
    """What a user is said to have written is written by the user of the conversation, and the office is not they."""
    return pgtrigger.Trigger(
        name="said_by_its_user",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__author=MessageAuthor.CUSTOMER.value),
        func="""
            PERFORM 1 FROM tramites_conversation
                WHERE id = NEW.conversation_id AND user_id IS NOT DISTINCT FROM NEW.written_by_id;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'conversation % is not of whoever writes', NEW.conversation_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )
