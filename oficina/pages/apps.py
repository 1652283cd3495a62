from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Pages that join apps: Inicio, Mis cuentas, linking."""

    name = "oficina.pages"
    label = "pages"
    verbose_name = "Páginas"
