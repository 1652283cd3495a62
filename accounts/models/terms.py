"""What people agree to, version by version, and each agreement."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.enums import TermsPurpose
from oficina.shared.append_only import AppendOnly


class TermsVersion(AppendOnly):
    """The text of one purpose from `published_at` on, until a higher version is published. Never edited."""

    purpose = models.CharField("finalidad", max_length=20, choices=TermsPurpose)
    version = models.PositiveIntegerField("versión")
    title = models.CharField("título", max_length=120)
    body = models.TextField("texto", help_text="Párrafos separados por una línea en blanco; '## ' abre un subtítulo.")
    published_at = models.DateTimeField("vigente desde", default=timezone.now)

    class Meta(AppendOnly.Meta):
        verbose_name = "versión de los términos"
        verbose_name_plural = "versiones de los términos"
        constraints = [
            models.UniqueConstraint(fields=["purpose", "version"], name="terms_version_unique"),
            models.CheckConstraint(condition=models.Q(purpose__in=TermsPurpose.values), name="terms_purpose_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}, versión {self.version}"


class TermsAcceptance(AppendOnly):
    """A person accepted a version, at an instant, from an address."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="acceptances", verbose_name="usuario"
    )
    terms = models.ForeignKey(
        TermsVersion, on_delete=models.PROTECT, related_name="acceptances", verbose_name="términos"
    )
    accepted_at = models.DateTimeField("aceptó", default=timezone.now)
    ip_address = models.GenericIPAddressField("dirección IP", null=True, blank=True)

    class Meta(AppendOnly.Meta):
        verbose_name = "aceptación"
        verbose_name_plural = "aceptaciones"

    def __str__(self) -> str:
        return f"Aceptación {self.pk}"
