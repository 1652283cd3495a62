"""The log of changes. The database writes it (`oficina.shared.audit.tracking`); nothing changes or deletes its rows."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from oficina.shared.append_only import AppendOnly


class ChangeKind(models.TextChoices):
    """What happened to a row."""

    INSERT = "insert", "Alta"
    UPDATE = "update", "Cambio"
    DELETE = "delete", "Baja"


class RecordedChangeQuerySet(models.QuerySet["RecordedChange"]):
    """The words in which changes are asked for."""

    def of_record(self, table: str, record: int) -> Self:
        """Those of one row."""
        return self.filter(table=table, record=record)

    def of_account(self, account: int) -> Self:
        """Those of whatever belongs to one account of the utility."""
        return self.filter(account=account)

    def by(self, person: int) -> Self:
        """Those that this person made."""
        return self.filter(who=person)

    def newest_first(self) -> Self:
        """Changes of one transaction have one instant; the key tells them apart."""
        return self.order_by("-at", "-pk")


class RecordedChange(AppendOnly):
    """One row was made, changed or deleted, in a transaction that began at `at` (UTC).

    `table` is the label of its model, `billing.payment`, and `record` its key; `account` is the key of the account it
    belongs to, `who` that of the person at work. None of them is a foreign key: the log outlives what it tells of.
    `origin` is who and from where (`oficina.shared.audit.origin`), empty when it was plain SQL.

    `before` and `after` have the columns that changed, by name; of a new row all that it has, of a deleted one all
    that it had. A column whose content is a secret is there with `HIDDEN` in its place.
    """

    at = models.DateTimeField("momento")
    kind = models.CharField("qué pasó", max_length=6, choices=ChangeKind)
    table = models.CharField("tabla", max_length=60)
    record = models.BigIntegerField("registro")
    account = models.BigIntegerField("cuenta", null=True, blank=True)
    who = models.BigIntegerField("quién", null=True, blank=True)
    origin: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField("desde dónde", default=dict, blank=True)
    before = models.JSONField("antes", null=True, blank=True)
    after = models.JSONField("después", null=True, blank=True)

    objects = RecordedChangeQuerySet.as_manager()

    class Meta(AppendOnly.Meta):
        verbose_name = "cambio registrado"
        verbose_name_plural = "cambios registrados"
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="change_by_moment"),
            models.Index(fields=["table", "record", "-at", "-id"], name="change_of_record"),
            models.Index(fields=["table", "-at", "-id"], name="change_by_table"),
            models.Index(fields=["who", "-at", "-id"], name="change_by_person", condition=Q(who__isnull=False)),
            models.Index(
                fields=["account", "-at", "-id"], name="change_of_account", condition=Q(account__isnull=False)
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind=ChangeKind.INSERT, before__isnull=True, after__isnull=False)
                | Q(kind=ChangeKind.UPDATE, before__isnull=False, after__isnull=False)
                | Q(kind=ChangeKind.DELETE, before__isnull=False, after__isnull=True),
                name="change_before_and_after",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.record}: {self.get_kind_display()}"
