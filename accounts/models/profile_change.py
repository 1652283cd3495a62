"""Who changed which datum of a person, when, from what to what."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from oficina.shared.append_only import AppendOnly


class ProfileField(models.TextChoices):
    """The data of a person that are watched."""

    FIRST_NAME = "first_name", "Nombre"
    LAST_NAME = "last_name", "Apellido"
    DOCUMENT = "document", "DNI, CUIT o CUIL"
    PHONE = "phone", "Teléfono"
    EMAIL = "email", "Mail"
    IS_ACTIVE = "is_active", "Puede ingresar"


class ProfileChange(AppendOnly):
    """One datum of a person changed, at an instant (UTC), by that person or somebody of the office."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="profile_changes", verbose_name="usuario"
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="quién lo cambió"
    )
    changed_at = models.DateTimeField("cambió", default=timezone.now)
    field = models.CharField("dato", max_length=20, choices=ProfileField)
    before = models.CharField("antes", max_length=254, blank=True)
    after = models.CharField("después", max_length=254, blank=True)

    class Meta(AppendOnly.Meta):
        verbose_name = "cambio de datos"
        verbose_name_plural = "cambios de datos"
        indexes = [models.Index(fields=["user", "-changed_at"], name="profile_change_by_user")]
        constraints = [
            models.CheckConstraint(condition=models.Q(field__in=ProfileField.values), name="profile_change_field_known")
        ]

    def __str__(self) -> str:
        return f"Cambio {self.pk}"
