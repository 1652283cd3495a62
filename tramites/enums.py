"""Closed lists of the guidance. Values are stored; labels are shown."""

from django.db import models


class LinkFault(models.TextChoices):
    """Why a link leads nowhere."""

    ANSWER = "answer", "El sitio contesta que no existe o que no se puede ver"
    UNREACHABLE = "unreachable", "El sitio no contesta"
    NOT_PUBLIC = "not_public", "No es una dirección pública de internet"
    REDIRECTS = "redirects", "Da demasiadas vueltas"
    NO_SUCH_PAGE = "no_such_page", "No hay una página así en la Oficina Virtual"


class HelpSection(models.TextChoices):
    """The parts of Ayuda, in the order in which they are shown."""

    ENTERING = "entering", "Ingresar"
    ACCOUNTS = "accounts", "Tus cuentas"
    PAYING = "paying", "Ver y pagar"
    PAPERS = "papers", "Facturas y comprobantes"
    ADHESIONS = "adhesions", "Adhesiones"
    CLAIMS = "claims", "Cargos y reclamos"
    DATA = "data", "Tus datos y tu seguridad"
