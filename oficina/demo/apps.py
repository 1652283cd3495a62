from django.apps import AppConfig


class DemoConfig(AppConfig):
    """A fictitious utility to try the portal with. Never installed in production."""

    name = "oficina.demo"
    label = "demo"
    verbose_name = "Demostración"
