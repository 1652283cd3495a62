"""The utility's account: a connection at an address, with a holder."""

from django.conf import settings
from django.db import models

from accounts.enums import AccountStatus
from oficina.shared.ids import grouped_digits


class ServiceAccount(models.Model):
    """What the utility's billing system tells of one account; the portal never edits it.

    `number` holds digits only, check digit included. `parcel` is a GeoJSON geometry in WGS 84.
    """

    number = models.CharField("número", max_length=30, unique=True)
    holder_name = models.CharField("titular", max_length=200)
    holder_document = models.CharField("documento del titular", max_length=11, blank=True)
    holder_vat_condition = models.CharField("condición de IVA", max_length=60, blank=True)
    service_address = models.CharField("dirección", max_length=200)
    locality = models.CharField("localidad", max_length=100)
    department = models.CharField("departamento", max_length=100)
    postal_code = models.CharField("código postal", max_length=10, blank=True)
    category = models.CharField("categoría", max_length=60, blank=True)
    service = models.CharField("servicio", max_length=60, blank=True)
    tariff = models.CharField("tarifa", max_length=60, blank=True)
    meter_number = models.CharField("medidor", max_length=30, blank=True)
    latitude = models.DecimalField("latitud", max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField("longitud", max_digits=9, decimal_places=6, null=True, blank=True)
    parcel = models.JSONField("parcela", null=True, blank=True)
    status = models.CharField("estado", max_length=10, choices=AccountStatus, default=AccountStatus.ACTIVE)
    created_at = models.DateTimeField("cargada", auto_now_add=True)
    updated_at = models.DateTimeField("actualizada", auto_now=True)

    class Meta:
        verbose_name = "cuenta de servicio"
        verbose_name_plural = "cuentas de servicio"
        constraints = [
            models.CheckConstraint(condition=models.Q(number__regex=r"^\d+$"), name="account_number_digits"),
            models.CheckConstraint(condition=models.Q(status__in=AccountStatus.values), name="account_status_known"),
        ]

    def __str__(self) -> str:
        return grouped_digits(self.number, settings.UTILITY.account_number_format)
