from django.apps import AppConfig
from django.db.models.signals import post_migrate

from oficina.shared.grants import grant_runtime_role
from oficina.shared.trigger_switch import keep_triggers_on


class SharedConfig(AppConfig):
    """What every app may use and which uses no app."""

    name = "oficina.shared"
    label = "shared"
    verbose_name = "Común"

    def ready(self) -> None:
        """Keeps triggers and the grants of the runtime role in step with the tables, and registers the checks."""
        from oficina.shared import checks  # noqa: F401, PLC0415  it reads the settings, which are there by now

        post_migrate.connect(keep_triggers_on, sender=self)
        post_migrate.connect(grant_runtime_role, sender=self)
