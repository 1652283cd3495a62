"""What a person has and did: accounts, conversations, withdrawals, data, terms, sessions, and what the office did."""

from decimal import Decimal

from allauth.usersessions.models import UserSession
from django.db.models import F, Sum

from accounts.devices import device_name
from accounts.models import AccountLink, ProfileChange, ServiceAccount, TermsAcceptance, User, Withdrawal
from billing.models import Invoice
from oficina.shared.dates import local_day, short_date, today
from oficina.staff.customers.account_care import conversation_section
from oficina.staff.customers.account_people import link_state
from oficina.staff.customers.sections import (
    Cell,
    Row,
    Section,
    list_found,
    moment_cell,
    money_cell,
    person_cell,
    record_cell,
    text_cell,
)
from oficina.staff.customers.trail import office_log_of
from oficina.staff.customers.ways import May, account_address, anchor_of, view_permission
from tramites.models import Conversation

MOST_LINKS = 20
FEW = 8


def links(person: User, may: May) -> Section:
    """The accounts that they have linked, those of now on top, with what each owes today."""
    last = AccountLink.objects.filter(user=person).with_account()
    shown = list(last.order_by(F("unlinked_at").desc(nulls_first=True), "-linked_at", "-pk")[:MOST_LINKS])
    debts = _debts([link.account_id for link in shown]) if may(view_permission(Invoice)) else {}
    return Section(
        slug="cuentas",
        title="Cuentas vinculadas",
        headings=("Cuenta", "Titular", "Dirección", "Debe hoy", "Vinculada", "Estado"),
        rows=[_link(link, person, debts.get(link.account_id), may) for link in shown],
        empty="No tiene ninguna cuenta vinculada.",
        every=list_found(AccountLink, person.email),
    )


def _debts(accounts: list[int]) -> dict[int, Decimal]:
    """What each of these accounts owes today, in pesos; also nothing."""
    owed = Invoice.objects.owed().with_amount_due(on=today()).filter(account__in=accounts)
    sums = owed.order_by().values("account").annotate(total=Sum("amount_due")).values_list("account", "total")
    return {**dict.fromkeys(accounts, Decimal("0.00")), **dict(sums)}


def _link(link: AccountLink, person: User, debt: Decimal | None, may: May) -> Row:
    account = link.account
    address = account_address(account.pk) if may(view_permission(ServiceAccount)) else ""
    return Row(
        anchor=anchor_of(link),
        cells=(
            Cell(text=str(account), address=address, note=link.alias),
            text_cell(account.holder_name),
            text_cell(account.service_address, note=account.locality),
            money_cell(debt),
            text_cell(short_date(local_day(link.linked_at)), note=link.get_evidence_display()),
            link_state(link, person),
        ),
        is_over=link.unlinked_at is not None,
    )


def conversations(person: User, may: May) -> Section:
    """What they talked about with the office."""
    return conversation_section(
        Conversation.objects.filter(user=person), may, every=list_found(Conversation, person.email)
    )


def withdrawals(person: User, may: May) -> Section:  # noqa: ARG001  each part is told what may be seen
    """What they ended with a code by mail."""
    return Section(
        slug="bajas",
        title="Bajas sin ingresar",
        headings=("Operación", "Momento", "Qué terminó"),
        rows=[
            Row(
                anchor=anchor_of(withdrawal),
                cells=(
                    record_cell(withdrawal),
                    moment_cell(withdrawal.made_at),
                    text_cell("; ".join(withdrawal.ended)),
                ),
            )
            for withdrawal in Withdrawal.objects.filter(user=person).order_by("-pk")[:FEW]
        ],
        empty="Nunca dio algo de baja sin ingresar.",
        every=list_found(Withdrawal, person.email),
    )


def changes(person: User, may: May) -> Section:
    """Their data, before and after each change."""
    last = ProfileChange.objects.filter(user=person).select_related("changed_by").order_by("-changed_at", "-pk")
    return Section(
        slug="cambios",
        title="Cambios de sus datos",
        headings=("Momento", "Dato", "Antes", "Después", "Quién"),
        rows=[
            Row(
                anchor=anchor_of(change),
                cells=(
                    moment_cell(change.changed_at),
                    text_cell(change.get_field_display()),
                    text_cell(change.before),
                    text_cell(change.after),
                    person_cell(change.changed_by, may),
                ),
            )
            for change in last[:FEW]
        ],
        empty="Nadie cambió sus datos.",
        every=list_found(ProfileChange, person.email),
    )


def acceptances(person: User, may: May) -> Section:  # noqa: ARG001  each part is told what may be seen
    """The terms that they accepted."""
    last = TermsAcceptance.objects.filter(user=person).select_related("terms").defer("terms__body")
    return Section(
        slug="terminos",
        title="Términos que aceptó",
        headings=("Términos", "Aceptó", "Dirección IP"),
        rows=[
            Row(
                anchor=anchor_of(acceptance),
                cells=(
                    record_cell(acceptance, str(acceptance.terms)),
                    moment_cell(acceptance.accepted_at),
                    text_cell(acceptance.ip_address or ""),
                ),
            )
            for acceptance in last.order_by("-accepted_at", "-pk")[:FEW]
        ],
        empty="Todavía no aceptó ningún término.",
        every=list_found(TermsAcceptance, person.email),
    )


def sessions(person: User, may: May) -> Section:  # noqa: ARG001  each part is told what may be seen
    """Where they are logged in. Never the key of a session, which is as good as a password."""
    last = UserSession.objects.filter(user=person).defer("session_key", "data").order_by("-last_seen_at")
    return Section(
        slug="sesiones",
        title="Sesiones abiertas",
        headings=("Dispositivo", "Dirección IP", "Desde", "Último uso"),
        rows=[
            Row(
                anchor=anchor_of(session),
                cells=(
                    text_cell(device_name(session.user_agent)),
                    text_cell(session.ip),
                    moment_cell(session.created_at),
                    moment_cell(session.last_seen_at),
                ),
            )
            for session in last[:FEW]
        ],
        empty="No tiene ninguna sesión abierta.",
    )


def office_log(person: User, may: May) -> Section:
    """What the office did to the person and to their links, and what they did when they are of the office."""
    links = AccountLink.objects.filter(user=person).order_by("-pk")[:MOST_LINKS]
    return office_log_of([person, *links], may, or_by=person if person.is_staff else None)
