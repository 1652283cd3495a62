"""From when plans are made by another policy."""

from datetime import date, timedelta

from django.db import transaction

from payment_plans.models import PlanPolicy


def begin_policy(policy: PlanPolicy) -> PlanPolicy | None:
    """Save a new policy. The one that holds on its first day ends the day before, and is given back; plans keep the
    policy by which they were made.

    Raises IntegrityError when another policy begins before this one ends.
    """
    with transaction.atomic():
        earlier = policy_replaced_on(policy.valid_from)
        if earlier is not None:
            earlier = PlanPolicy.objects.select_for_update(no_key=True).get(pk=earlier.pk)
            earlier.valid_until = policy.valid_from - timedelta(days=1)
            earlier.save(update_fields=["valid_until"])
        policy.save(force_insert=True)
    return earlier


def policy_replaced_on(begins: date) -> PlanPolicy | None:
    """The one that ends when another begins on that local date: it holds then and began before."""
    return PlanPolicy.objects.in_force(on=begins).filter(valid_from__lt=begins).first()
