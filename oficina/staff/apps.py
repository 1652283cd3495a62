from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class StaffConfig(AppConfig):
    """The office's site and commands."""

    name = "oficina.staff"
    label = "staff"
    verbose_name = "Oficina"


class OfficeSiteConfig(AdminConfig):
    """Django's admin, with our site as the one that every app registers its tables on."""

    default = False
    default_site = "oficina.staff.site.OfficeSite"
