"""Closed lists of the adhesions app. Values are stored; labels are shown."""

from django.db import models


class AdhesionEnd(models.TextChoices):
    """Why an adhesion ended."""

    MAKER = "maker", "La canceló quien la hizo"
    ANOTHER_USER = "another_user", "La canceló otra persona que tiene la cuenta"
    UNSUBSCRIBED = "unsubscribed", "La canceló quien recibe los mails"
    OFFICE = "office", "La canceló la oficina"
    HOLDER_CHANGED = "holder_changed", "Cambió el titular de la cuenta"
    UNLINKED = "unlinked", "Quien la hizo desvinculó la cuenta"
    USER_CLOSED = "user_closed", "Quien la hizo cerró su usuario"
