"""Closed lists of the guidance. Values are stored; labels are shown."""

from django.db import models


class HelpSection(models.TextChoices):
    """The parts of Ayuda, in the order in which they are shown."""

    ENTERING = "entering", "Ingresar"
    ACCOUNTS = "accounts", "Tus cuentas"
    PAYING = "paying", "Ver y pagar"
    PAPERS = "papers", "Facturas y comprobantes"
    ADHESIONS = "adhesions", "Adhesiones"
    CLAIMS = "claims", "Cargos y reclamos"
    DATA = "data", "Tus datos y tu seguridad"
