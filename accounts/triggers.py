"""What the database itself refuses about who acts for an account. Declared on the models; installed by migrations."""

import pgtrigger


def proof_is_due_since_a_change() -> pgtrigger.Trigger:
    """Proof is asked for since the holder of that very account changed, and of nothing else."""
    return pgtrigger.Trigger(
        name="proof_due_since_a_change",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__must_prove_since__isnull=False),
        func="""
            IF NOT EXISTS (
                SELECT 1 FROM accounts_holderchange
                WHERE account_id = NEW.account_id AND changed_at = NEW.must_prove_since
            ) THEN
                RAISE EXCEPTION 'account % did not change hands at %', NEW.account_id, NEW.must_prove_since
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def proof_is_not_put_off() -> pgtrigger.Trigger:
    """What is asked for is proven or stays: another instant would show what came in between."""
    return pgtrigger.Protect(
        name="proof_not_put_off",
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__must_prove_since__isnull=False, new__must_prove_since__isnull=False)
        & pgtrigger.Q(old__must_prove_since__df=pgtrigger.F("new__must_prove_since")),
    )


def deeds_only_while_attending() -> pgtrigger.Trigger:
    """Nothing is added to an attention that ended: its slip was printed."""
    return pgtrigger.Trigger(
        name="only_while_attending",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            PERFORM 1 FROM accounts_attention WHERE id = NEW.attention_id AND ended_at IS NULL FOR KEY SHARE;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'attention % has ended', NEW.attention_id USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )
