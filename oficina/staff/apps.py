from django.apps import AppConfig


class StaffConfig(AppConfig):
    """The office's site and commands."""

    name = "oficina.staff"
    label = "staff"
    verbose_name = "Oficina"
