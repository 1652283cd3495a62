"""What the database itself refuses about payment plans. Declared on the models; installed by their migrations."""

import pgtrigger

from billing.enums import InvoiceKind
from payment_plans.enums import CLOSED, LIVE, PlanState

_LIVE = ", ".join(f"'{state.value}'" for state in LIVE)


def policy_frozen_once_used(*decided_later: str) -> pgtrigger.Trigger:
    """People agreed to plans by a policy: then it stays as it is but for what `decided_later` names, and a change is
    another policy.
    """
    later = ", ".join(f"'{column}'" for column in decided_later)
    return pgtrigger.Trigger(
        name="frozen_once_used",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            IF to_jsonb(OLD) - ARRAY[{later}] <> to_jsonb(NEW) - ARRAY[{later}] THEN
                PERFORM 1 FROM payment_plans_paymentplan WHERE policy_id = OLD.id;
                IF FOUND THEN
                    RAISE EXCEPTION 'plans were made by policy %: it stays as it is', OLD.id
                        USING ERRCODE = 'check_violation';
                END IF;
            END IF;
            RETURN NEW;
        """,
    )


def options_frozen_once_used() -> pgtrigger.Trigger:
    """What a policy offers stays too. The policy is locked first, so that nobody makes a plan by it meanwhile."""
    return pgtrigger.Trigger(
        name="frozen_once_used",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func="""
            PERFORM 1 FROM payment_plans_planpolicy WHERE id IN (OLD.policy_id, NEW.policy_id) FOR NO KEY UPDATE;
            PERFORM 1 FROM payment_plans_paymentplan WHERE policy_id IN (OLD.policy_id, NEW.policy_id);
            IF FOUND THEN
                RAISE EXCEPTION 'plans were made by policy %: it stays as it is', COALESCE(OLD.policy_id, NEW.policy_id)
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN COALESCE(NEW, OLD);
        """,
    )


def agreed_for_good(*decided_later: str) -> list[pgtrigger.Trigger]:
    """A plan is made as waiting, never edited but for how it goes on, and never deleted; what is closed is history."""
    return [
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        pgtrigger.ReadOnly(name="stays_as_agreed", exclude=list(decided_later)),
        pgtrigger.Protect(
            name="begins_waiting",
            operation=pgtrigger.Insert,
            condition=pgtrigger.Q(new__state__df=PlanState.WAITING.value),
        ),
        pgtrigger.Protect(
            name="closed_for_good",
            operation=pgtrigger.Update,
            condition=pgtrigger.Q(old__state__in=[state.value for state in CLOSED]),
        ),
    ]


def made_by_its_policy() -> pgtrigger.Trigger:
    """A plan has a number of instalments, and the rate of it, that its policy offers. The policy is locked, so that
    nobody changes it meanwhile.
    """
    return pgtrigger.Trigger(
        name="made_by_its_policy",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            PERFORM 1 FROM payment_plans_planpolicy WHERE id = NEW.policy_id FOR SHARE;
            PERFORM 1 FROM payment_plans_policyoption
                WHERE policy_id = NEW.policy_id AND instalments = NEW.instalments AND annual_rate = NEW.annual_rate;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'policy % offers no % instalments at % %%', NEW.policy_id, NEW.instalments,
                    NEW.annual_rate USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def adds_up(plan_id: str) -> pgtrigger.Trigger:
    """At commit: the bills of a plan are its debt, the capitals of its instalments are too, and all their amounts are
    its total; the instalments are as many as were agreed, and each falls due after the one before.

    `plan_id` is the SQL expression of the plan's id in the row at hand: what is added to a plan later is refused too.
    """
    return pgtrigger.Trigger(
        name="adds_up",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        func=f"""
            PERFORM 1 FROM payment_plans_paymentplan AS plan
                WHERE plan.id = {plan_id}
                AND plan.debt = (SELECT SUM(amount) FROM payment_plans_planbill WHERE plan_id = plan.id)
                AND (plan.debt, plan.total, plan.instalments::bigint) = (
                    SELECT SUM(capital), SUM(capital + interest + vat), MAX(number)
                    FROM payment_plans_planinstalment WHERE plan_id = plan.id)
                AND NOT EXISTS (
                    SELECT 1 FROM (
                        SELECT number, due_on,
                            LAG(number) OVER by_number AS number_before, LAG(due_on) OVER by_number AS due_before
                        FROM payment_plans_planinstalment WHERE plan_id = plan.id
                        WINDOW by_number AS (ORDER BY number)
                    ) AS one
                    WHERE one.number <> COALESCE(one.number_before + 1, LEAST(one.number, 1))
                        OR one.due_on <= one.due_before);
            IF NOT FOUND THEN
                RAISE EXCEPTION 'the bills and instalments of plan % do not add up to it', {plan_id}
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        """,
    )


def one_live_plan() -> pgtrigger.Trigger:
    """A bill is in one waiting or running plan at most, one of its own account, and an instalment in none. The bill is
    locked first: of two plans at once the second sees the first.
    """
    return pgtrigger.Trigger(
        name="one_live_plan",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            PERFORM 1 FROM billing_invoice AS bill
                JOIN payment_plans_paymentplan AS plan ON plan.id = NEW.plan_id AND plan.account_id = bill.account_id
                WHERE bill.id = NEW.invoice_id AND bill.kind <> '{InvoiceKind.INSTALMENT.value}'
                FOR NO KEY UPDATE OF bill;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'invoice % cannot be in plan %', NEW.invoice_id, NEW.plan_id
                    USING ERRCODE = 'check_violation';
            END IF;
            PERFORM 1 FROM payment_plans_planbill AS other
                JOIN payment_plans_paymentplan AS plan ON plan.id = other.plan_id
                WHERE other.invoice_id = NEW.invoice_id AND plan.id <> NEW.plan_id AND plan.state IN ({_LIVE});
            IF FOUND THEN
                RAISE EXCEPTION 'invoice % is in another plan', NEW.invoice_id USING ERRCODE = 'unique_violation';
            END IF;
            RETURN NEW;
        """,
    )


def paid_by_its_document() -> pgtrigger.Trigger:
    """What pays an instalment, or all the rest, is an instalment of the plan's account, of just that amount."""
    return pgtrigger.Trigger(
        name="paid_by_its_document",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            PERFORM 1 FROM billing_invoice AS document
                JOIN payment_plans_paymentplan AS plan
                    ON plan.id = NEW.plan_id AND plan.account_id = document.account_id
                WHERE document.id = NEW.invoice_id AND document.kind = '{InvoiceKind.INSTALMENT.value}'
                AND document.amount = NEW.capital + NEW.interest + NEW.vat;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'invoice % does not pay this part of plan %', NEW.invoice_id, NEW.plan_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )
