"""Who of the office was given what: Django's own tables, by the names that the office calls their rows."""

from accounts.models.user import User


class RoleGiven(User.groups.through):  # type: ignore[name-defined,misc]  # a table that Django makes
    """A role of somebody of the office."""

    class Meta:
        proxy = True
        verbose_name = "rol dado"
        verbose_name_plural = "roles dados"


class PermissionGiven(User.user_permissions.through):  # type: ignore[name-defined,misc]  # a table that Django makes
    """A permission that somebody has besides those of their roles."""

    class Meta:
        proxy = True
        verbose_name = "permiso dado"
        verbose_name_plural = "permisos dados"
