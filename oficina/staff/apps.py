from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class StaffConfig(AppConfig):
    """The office's site and commands."""

    name = "oficina.staff"
    label = "staff"
    verbose_name = "Oficina"

    def ready(self) -> None:
        """Keeps the groups of the roles in step with the code."""
        from oficina.staff.role_groups import keep_in_step_after_migrations  # noqa: PLC0415  models exist from here on

        keep_in_step_after_migrations()


class OfficeSiteConfig(AdminConfig):
    """Django's admin, with our site as the one that every app registers its tables on."""

    default = False
    default_site = "oficina.staff.site.OfficeSite"
