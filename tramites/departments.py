"""The departments of Mendoza, which people choose from and the office's files name."""

import unicodedata

from django.db import models


class Department(models.TextChoices):
    """All eighteen. The value goes into addresses; the label is the name as `accounts.csv` writes it."""

    CAPITAL = "capital", "Capital"
    GENERAL_ALVEAR = "general-alvear", "General Alvear"
    GODOY_CRUZ = "godoy-cruz", "Godoy Cruz"
    GUAYMALLEN = "guaymallen", "Guaymallén"
    JUNIN = "junin", "Junín"
    LA_PAZ = "la-paz", "La Paz"
    LAS_HERAS = "las-heras", "Las Heras"
    LAVALLE = "lavalle", "Lavalle"
    LUJAN_DE_CUYO = "lujan-de-cuyo", "Luján de Cuyo"
    MAIPU = "maipu", "Maipú"
    MALARGUE = "malargue", "Malargüe"
    RIVADAVIA = "rivadavia", "Rivadavia"
    SAN_CARLOS = "san-carlos", "San Carlos"
    SAN_MARTIN = "san-martin", "San Martín"
    SAN_RAFAEL = "san-rafael", "San Rafael"
    SANTA_ROSA = "santa-rosa", "Santa Rosa"
    TUNUYAN = "tunuyan", "Tunuyán"
    TUPUNGATO = "tupungato", "Tupungato"


def department_named(name: str) -> Department | None:
    """The department that a file of the billing system means, whatever its accents and capitals; None for another."""
    return _BY_NAME.get(_plain(name))


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(sign for sign in decomposed if not unicodedata.combining(sign)).split())


_BY_NAME = {_plain(department.label): department for department in Department}
