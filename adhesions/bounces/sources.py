"""Which mail servers report what came back: added, renamed, switched off."""

from django.db import IntegrityError, transaction

from adhesions.models import BounceSource
from adhesions.refusals import BounceSourceExists


def add_bounce_source(*, slug: str, name: str) -> BounceSource:
    """A new source, without a secret: nothing can be reported in its name before it has one. `slug` stays.

    Raises BounceSourceExists.
    """
    try:
        with transaction.atomic():
            return BounceSource.objects.create(slug=slug, name=name)
    except IntegrityError as error:
        if BounceSource.objects.filter(slug=slug).exists():
            raise BounceSourceExists from error
        raise


def change_bounce_source(source: BounceSource, *, name: str, active: bool) -> BounceSource:
    """What the office calls it, and whether it is heard. What it reported stays, and its secrets stay what they are."""
    with transaction.atomic():
        locked = BounceSource.objects.select_for_update(no_key=True).get(pk=source.pk)
        locked.name, locked.active = name, active
        locked.save(update_fields=["name", "active"])
    return locked
