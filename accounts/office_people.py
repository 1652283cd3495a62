"""The people of the office, by what they may do."""

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from accounts.models import User


def office_people_who_may(permission: str) -> QuerySet[User]:
    """Those who may log in and have this permission (`app.codename`): of their own, by a role, or as administrators."""
    app, _, codename = permission.partition(".")
    named = Permission.objects.filter(content_type__app_label=app, codename=codename)
    allowed = Q(is_superuser=True) | Q(user_permissions__in=named) | Q(groups__permissions__in=named)
    return User.objects.filter(is_staff=True, is_active=True).filter(allowed).distinct().order_by("last_name", "pk")
