"""What is done at the counter, as the acts make it."""

from django.utils import timezone

from accounts.attending import Visitor, begin_attention, note_step
from accounts.counter_links import Shown, invite_to_link, link_at_counter
from accounts.enums import AttentionDeed, DocumentKind, Relation
from accounts.models import Attention, ServiceAccount, User
from oficina.shared.ids import public_id
from tests.factories.accounts import ServiceAccountFactory

VISITOR = Visitor(
    name="Nélida Quiroga", document_kind=DocumentKind.DNI, document="11022233", relation=Relation.FAMILY,
    phone="2615550147",
)  # fmt: skip
HOLDER = Shown(document_kind=DocumentKind.DNI, document="30123456", relation=Relation.HOLDER)
TENANT = Shown(
    document_kind=DocumentKind.DNI,
    document="27888999",
    relation=Relation.TENANT,
    reason="Mostró el contrato de alquiler",
)


def attended(account: ServiceAccount, by: User, *, visitor: Visitor = VISITOR) -> Attention:
    """One that goes on."""
    return begin_attention(
        account, visitor, reason="No le llegó la factura", by=by, key=public_id(), now=timezone.now()
    )


def a_row_of_each_table(account: ServiceAccount, user: User, office: User) -> None:
    """One attention with what was done in it, one link, one invitation that waits and the holder's own of another."""
    attention = attended(account, office)
    note_step(attention, AttentionDeed.BILLS_PRINTED, "Factura", now=timezone.now())
    other = ServiceAccountFactory.create()
    link_at_counter(other, user, HOLDER, by=office, now=timezone.now())
    invite_to_link(other, f"invitada{attention.pk}@correo.example", TENANT, by=office, now=timezone.now())
