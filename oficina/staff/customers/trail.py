"""What was done and told about a customer: mails, imports, and what the office changed."""

from collections.abc import Collection, Iterable
from typing import Final

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q

from accounts.models import AccountLink, ServiceAccount, User
from billing.presentation import StateWords
from oficina.shared.audit.changes import RecordedChange
from oficina.shared.audit.telling import ToldChange, ToldDatum
from oficina.shared.enums import ImportAction
from oficina.shared.models import ImportChange, OutgoingMail
from oficina.staff.audit.trail import audit_of, audit_of_account
from oficina.staff.customers.sections import (
    Cell,
    Part,
    Row,
    Section,
    list_found,
    moment_cell,
    person_cell,
    record_cell,
    state_cell,
    text_cell,
)
from oficina.staff.customers.ways import May, anchor_of, person_address, view_permission

FEW = 10
MOST_PEOPLE = 12
SYSTEM: Final = "El portal"
"""Who did what nobody who was logged in did."""


def mails_to(addresses: Collection[str], *, title: str = "Mails", every: str = "") -> Section:
    """The newest mails to some addresses: that they were sent, never what they said."""
    last = OutgoingMail.objects.filter(recipients__in=addresses).defer("content").order_by("-queued_at", "-pk")
    return Section(
        slug="mails",
        title=title,
        headings=("Asunto", "En cola", "Para", "Estado"),
        rows=[
            Row(
                anchor=anchor_of(mail),
                cells=(
                    record_cell(mail),
                    moment_cell(mail.queued_at),
                    text_cell(mail.recipients),
                    state_cell(StateWords("Enviado", "success") if mail.sent_at else StateWords("En cola", "info")),
                ),
            )
            for mail in last[:FEW]
        ],
        empty="No hay mails de los últimos tiempos.",
        every=every,
    )


def mails_of_account(account: ServiceAccount, may: May) -> Section:  # noqa: ARG001  each part is told what may be seen
    """To whoever has it linked now."""
    linked = AccountLink.objects.active().filter(account=account).order_by("pk").values_list("user__email", flat=True)
    return mails_to(list(linked[:MOST_PEOPLE]), title="Mails a las personas vinculadas")


def mails_of_person(person: User, may: May) -> Section:  # noqa: ARG001  each part is told what may be seen
    """To somebody's mail of now."""
    return mails_to([person.email], every=list_found(OutgoingMail, person.email))


def imports(account: ServiceAccount, may: May) -> Section:
    """Files that changed what the account tells of itself."""
    label = ServiceAccount._meta.label_lower
    last = ImportChange.objects.filter(model=label, object_id=account.pk, action=ImportAction.UPDATED)
    return Section(
        slug="importaciones",
        title="Cambios por importación",
        headings=("Archivo", "Momento", "Quién", "Qué cambió"),
        rows=[
            Row(
                anchor=anchor_of(change),
                cells=(
                    record_cell(change, change.run.file_name),
                    moment_cell(change.run.started_at),
                    person_cell(change.run.started_by, may),
                    text_cell(_fields(change.before)),
                ),
            )
            for change in last.select_related("run__started_by").order_by("-pk")[:FEW]
        ],
        empty="Ningún archivo cambió los datos de la cuenta.",
        every=list_found(ImportChange, f"{label} {account.pk}"),
    )


def _fields(before: dict[str, object] | None) -> str:
    """The names that people give to the columns that changed."""
    columns = {column.name: str(column.verbose_name) for column in ServiceAccount._meta.concrete_fields}
    return ", ".join(columns.get(name, name) for name in before or {})


def office_log_of(records: Collection[Model], may: May, *, or_by: User | None = None) -> Section:
    """What the office did to these records themselves, through its pages; and all that one person did."""
    about = Q(user=or_by) if or_by else Q()
    for record in records:
        about |= Q(content_type=ContentType.objects.get_for_model(record), object_id=str(record.pk))
    last = LogEntry.objects.filter(about).select_related("user").order_by("-action_time", "-pk")
    return Section(
        slug="movimientos",
        title="Movimientos de la oficina",
        headings=("Momento", "Quién", "Qué hizo"),
        rows=[
            Row(
                anchor=anchor_of(entry),
                cells=(
                    moment_cell(entry.action_time),
                    person_cell(entry.user, may),
                    text_cell(entry.get_change_message(), note=entry.object_repr),
                ),
            )
            for entry in last[:FEW]
        ],
        empty="La oficina no cambió nada de esto.",
    )


def office_log_of_account(account: ServiceAccount, may: May) -> Section:
    """What the office did to the account and to its links."""
    links = AccountLink.objects.filter(account=account).order_by("-pk")[:MOST_PEOPLE]
    return office_log_of([account, *links], may)


def _changes(told: Iterable[ToldChange], may: May, *, empty: str) -> Section:
    """What changed, from what to what, who changed it and from where."""
    people = may(view_permission(User))
    return Section(
        slug="registro",
        title="Registro de cambios",
        headings=("Momento", "Quién", "Qué", "Antes y después", "Desde dónde"),
        rows=[
            Row(
                anchor=f"cambio-{number}",
                cells=(
                    moment_cell(change.at),
                    Cell(
                        text=change.who or SYSTEM,
                        address=person_address(change.who_key) if people and change.who_key else "",
                    ),
                    Cell(text=change.table, address=change.address),
                    text_cell("; ".join(_datum(change, datum) for datum in change.data)),
                    text_cell(change.where, note=change.ip),
                ),
            )
            for number, change in enumerate(told, start=1)
        ],
        empty=empty,
    )


def _datum(change: ToldChange, datum: ToldDatum) -> str:
    if change.is_new:
        return f"{datum.name}: {datum.after}"
    return f"{datum.name}: {datum.before}" if change.is_gone else f"{datum.name}: {datum.before} → {datum.after}"


def changes_of_account(account: ServiceAccount, may: May) -> Section:
    """The newest changes of whatever belongs to the account."""
    return _changes(audit_of_account(account, most=FEW), may, empty="Todavía no cambió nada de esta cuenta.")


def changes_of_person(person: User, may: May) -> Section:
    """The newest changes of the person's own data, roles and permissions."""
    return _changes(audit_of(person, most=FEW), may, empty="Todavía no cambió nada de esta persona.")


ACCOUNT_LOG = Part(shows=LogEntry, build=office_log_of_account)
ACCOUNT_CHANGES = Part(shows=RecordedChange, build=changes_of_account)
PERSON_CHANGES = Part(shows=RecordedChange, build=changes_of_person)
