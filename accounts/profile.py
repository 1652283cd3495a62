"""The data that a person gave about themselves, and who changed them. The only writer of ProfileChange."""

from dataclasses import asdict, dataclass

from django.db import transaction

from accounts.models import ProfileChange, ProfileField, User


@dataclass(frozen=True, kw_only=True)
class ProfileData:
    """What a person may change by themselves. `document` and `phone` hold digits only (`documents`, `phones`)."""

    first_name: str
    last_name: str
    document: str
    phone: str


def update_profile(user: User, data: ProfileData, *, by: User) -> list[ProfileChange]:
    """Bring the data of a person to `data`, and keep who changed what. Returns the changes, perhaps none."""
    with transaction.atomic():
        stored = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        changes = [
            record_change(stored, ProfileField(name), before=getattr(stored, name), after=value, by=by)
            for name, value in asdict(data).items()
            if getattr(stored, name) != value
        ]
        for change in changes:
            setattr(stored, change.field, change.after)
            setattr(user, change.field, change.after)
        if changes:
            stored.save(update_fields=[change.field for change in changes])
    return changes


def record_change(user: User, field: ProfileField, *, before: str, after: str, by: User) -> ProfileChange:
    """Keep one change. Part of the caller's transaction, which writes the datum itself."""
    return ProfileChange.objects.create(user=user, changed_by=by, field=field, before=before, after=after)
