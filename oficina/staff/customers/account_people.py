"""Who acts for an account, and who held it before."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Exists, F, OuterRef

from accounts.documents import show_document
from accounts.models import AccountLink, HolderChange, ServiceAccount, User
from accounts.phones import show_phone
from billing.presentation import StateWords
from oficina.shared.dates import local_day, short_date
from oficina.staff.customers.acts import person_acts
from oficina.staff.customers.sections import (
    Cell,
    Part,
    Row,
    Section,
    list_found,
    moment_cell,
    person_cell,
    state_cell,
    text_cell,
)
from oficina.staff.customers.ways import May, anchor_of

MOST_LINKS = 12
FEW = 6


def links(account: ServiceAccount, may: May) -> Section:
    """The people who have it linked, those of now on top."""
    verified = EmailAddress.objects.filter(user=OuterRef("user"), email=OuterRef("user__email"), verified=True)
    last: Any = AccountLink.objects.filter(account=account).annotate(mail_verified=Exists(verified))
    ordered = last.select_related("user").order_by(F("unlinked_at").desc(nulls_first=True), "-linked_at", "-pk")
    return Section(
        slug="personas",
        title="Personas vinculadas",
        headings=("Persona", "Mail", "Documento y teléfono", "Último ingreso", "Vinculada", "Estado"),
        rows=[_link(link, may) for link in ordered[:MOST_LINKS]],
        empty="Nadie tiene vinculada esta cuenta en la Oficina Virtual.",
        every=list_found(AccountLink, account.number),
    )


def _link(link: Any, may: May) -> Row:
    user: User = link.user
    return Row(
        anchor=anchor_of(link),
        cells=(
            person_cell(user, may),
            text_cell(user.email, note="" if link.mail_verified else "Sin confirmar"),
            text_cell(show_document(user.document), note=show_phone(user.phone)),
            moment_cell(user.last_login),
            text_cell(short_date(local_day(link.linked_at)), note=link.get_evidence_display()),
            link_state(link, user),
        ),
        acts=person_acts(user, may) if link.unlinked_at is None else (),
        is_over=link.unlinked_at is not None,
    )


def link_state(link: AccountLink, user: User) -> Cell:
    """Whether somebody may act for an account now."""
    if link.unlinked_at is not None:
        return state_cell(StateWords(f"Desvinculada el {short_date(local_day(link.unlinked_at))}", ""))
    if not user.is_active:
        return state_cell(StateWords("No puede ingresar", "danger"))
    if link.must_prove_since is not None:
        changed = f"Cambió el titular el {short_date(local_day(link.must_prove_since))}"
        return state_cell(StateWords("Tiene que acreditar", "warning"), note=changed)
    return state_cell(StateWords("Vigente", "success"))


def holders(account: ServiceAccount, may: May) -> Section:  # noqa: ARG001  each part is told what may be seen
    """Who held it before, the last one on top."""
    last = HolderChange.objects.filter(account=account).order_by("-changed_at")
    return Section(
        slug="titulares",
        title="Titulares anteriores",
        headings=("Hasta", "Titular", "Documento"),
        rows=[
            Row(
                anchor=anchor_of(change),
                cells=(
                    moment_cell(change.changed_at),
                    text_cell(change.holder_name, note=change.holder_vat_condition),
                    text_cell(show_document(change.holder_document)),
                ),
            )
            for change in last[:FEW]
        ],
        empty="No tuvo otro titular desde que está en la Oficina Virtual.",
    )


LINKS = Part(shows=AccountLink, build=links)
HOLDERS = Part(shows=ServiceAccount, build=holders)
