"""Whoever comes to the counter: attended, given their papers, their claim taken, their account linked."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.attending import AttentionEnded, attentions_of, end_attention, note_step
from accounts.counter_links import (
    AccountIsClosed,
    AlreadyLinked,
    CannotAct,
    InvitationGone,
    InvitationOfAnother,
    NotTheHolder,
    Shown,
    invite_to_link,
    is_holders_document,
    link_at_counter,
    use_invitation,
)
from accounts.enums import AccountStatus, AttentionDeed, DocumentKind, LinkEvidence, Relation
from accounts.models import AccountLink, Attention, CounterLink, LinkInvitation, ServiceAccount, User
from billing.claims.acts import answer_claim
from billing.enums import ClaimReason, ClaimState
from billing.models import Claim, DebtCertificate, Receipt
from oficina.shared.ids import public_id
from oficina.shared.models import OutgoingMail
from tests.answers import said, text_of
from tests.factories.accounts import UserFactory
from tests.factories.attention import HOLDER, TENANT, attended
from tests.factories.billing import InvoiceFactory, paid_checkout
from tests.printed import words_of
from tests.staff.conftest import may

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

WHO = {
    "visitor_name": "Nélida Quiroga",
    "document_kind": "dni",
    "document": "11.022.233",
    "relation": "family",
    "phone": "261 555 0147",
    "reason": "No le llegó la factura",
}


@pytest.fixture
def clerk(staff: User) -> Client:
    """A browser of Olga, who attends and links at the counter."""
    return may(staff, "attend_customer", "link_at_counter")


def attend(account: ServiceAccount) -> str:
    return f"/admin/atencion/cuentas/{account.pk}/"


def linking(account: ServiceAccount) -> str:
    return f"{attend(account)}vincular/"


def page(attention: Attention) -> str:
    return f"/admin/atencion/{attention.pk}/"


def steps(attention: Attention) -> list[tuple[str, str]]:
    return list(attention.steps.order_by("pk").values_list("deed", "said"))


def test_an_attention_begins_once_however_often_the_form_is_sent(
    clerk: Client, account: ServiceAccount, staff: User
) -> None:
    form = {**WHO, "key": public_id()}

    asked = text_of(clerk.get(attend(account)))
    first, second = clerk.post(attend(account), form), clerk.post(attend(account), form)

    attention = Attention.objects.get()
    assert "Lucía Ferreyra</strong>, 30.123.456" in asked
    assert first["Location"] == second["Location"] == page(attention)
    assert (attention.visitor_name, attention.document, attention.phone) == (
        "Nélida Quiroga",
        "11022233",
        "2615550147",
    )
    assert (attention.by, attention.account, attention.number) == (staff, account, f"AT-{attention.pk:08d}")
    assert attentions_of(account) == [attention]


def test_who_came_is_asked_for_with_words_that_help(clerk: Client, account: ServiceAccount) -> None:
    answer = text_of(clerk.post(attend(account), {"document_kind": "dni", "document": "12", "key": public_id()}))

    assert "Escribí el nombre de quien vino." in answer
    assert "El DNI tiene 7 u 8 números y el CUIT, 11. Escribiste 2." in answer
    assert "Escribí a qué vino." in answer
    assert not Attention.objects.exists()


def test_papers_are_printed_and_each_is_written_down(clerk: Client, account: ServiceAccount, staff: User) -> None:
    attention = attended(account, staff)
    bill = InvoiceFactory.create(account=account)
    others = InvoiceFactory.create()

    shown = text_of(clerk.get(page(attention)))
    pdf = clerk.post(f"{page(attention)}facturas/{bill.pk}/imprimir/")
    refused = clerk.post(f"{page(attention)}libre-deuda/")

    assert f"{page(attention)}facturas/{bill.pk}/reclamo/" in shown
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert clerk.post(f"{page(attention)}facturas/{others.pk}/imprimir/").status_code == 404
    assert clerk.get(f"{page(attention)}facturas/{bill.pk}/imprimir/").status_code == 405
    assert said(refused) == [
        "La cuenta debe: tiene facturas, cargos o cuotas sin pagar. No se puede dar el libre deuda."
    ]
    assert [deed for deed, _ in steps(attention)] == [AttentionDeed.BILLS_PRINTED]


def test_who_owes_nothing_gets_the_certificate_in_the_office_s_name(
    clerk: Client, account: ServiceAccount, staff: User
) -> None:
    attention = attended(account, staff)

    answer = clerk.post(f"{page(attention)}libre-deuda/")

    certificate = DebtCertificate.objects.get()
    assert answer.content[:5] == b"%PDF-"
    assert (certificate.account, certificate.requested_by) == (account, staff)
    assert steps(attention) == [(AttentionDeed.CERTIFICATE, certificate.number)]


def test_a_receipt_of_a_known_payer_is_not_printed_for_others(
    clerk: Client, account: ServiceAccount, staff: User, owner: User
) -> None:

    attention = attended(account, staff)
    paid_checkout(InvoiceFactory.create(account=account), payer=owner)
    receipt = Receipt.objects.get()

    assert clerk.post(f"{page(attention)}recibos/{receipt.pk}/imprimir/").status_code == 404
    assert steps(attention) == []


def test_a_claim_is_taken_for_whoever_has_no_user_and_mails_nobody(
    clerk: Client, account: ServiceAccount, staff: User
) -> None:
    attention = attended(account, staff)
    bill = InvoiceFactory.create(account=account)
    address = f"{page(attention)}facturas/{bill.pk}/reclamo/"
    form = {"reason": ClaimReason.OTHER, "text": "Subió mucho", "key": public_id()}

    took, again = clerk.post(address, form), clerk.post(address, form)

    claim = Claim.objects.get()
    assert (claim.claimant_name, claim.made_by, claim.invoice) == ("Nélida Quiroga", staff, bill)
    assert said(took) == [f"Tomamos el reclamo {claim.number}. Sale en la constancia."]
    assert "Ya tiene un reclamo por esa factura" in said(again)[-1]
    answer_claim(claim, ClaimState.UPHELD, "Tenía razón.", by=staff, now=timezone.now())
    assert not OutgoingMail.objects.exists()
    assert [deed for deed, _ in steps(attention)] == [AttentionDeed.CLAIM]


def test_the_slip_says_who_came_and_what_was_done(clerk: Client, account: ServiceAccount, staff: User) -> None:
    attention = attended(account, staff)
    clerk.post(f"{page(attention)}anotar/", {"said": "Le expliqué el consumo", "key": public_id()})
    ended = clerk.post(f"{page(attention)}terminar/", {"outcome": "Vuelve con la escritura.", "key": public_id()})

    slip = clerk.get(f"{page(attention)}constancia.pdf")

    assert said(ended) == ["La atención terminó. Imprimí la constancia para la persona."]
    words = words_of(slip.content)
    for expected in (
        f"N.º {attention.number}",
        "Nélida Quiroga",
        "11.022.233",
        "Le expliqué el consumo",
        "Vuelve con la escritura.",
        "Olga Ríos",
    ):
        assert expected in words


def test_nothing_is_added_once_it_has_ended(clerk: Client, account: ServiceAccount, staff: User) -> None:
    attention = attended(account, staff)
    bill = InvoiceFactory.create(account=account)
    assert end_attention(attention, "Listo", now=timezone.now())

    answers = [
        clerk.post(f"{page(attention)}anotar/", {"said": "Otra cosa", "key": public_id()}),
        clerk.post(f"{page(attention)}libre-deuda/"),
        clerk.post(f"{page(attention)}facturas/{bill.pk}/imprimir/"),
        clerk.get(f"{page(attention)}facturas/{bill.pk}/reclamo/"),
    ]

    assert {answer["Location"] for answer in answers} == {page(attention)}
    assert not end_attention(attention, "Otra vez", now=timezone.now())
    with pytest.raises(AttentionEnded):
        note_step(attention, AttentionDeed.OTHER, "x", now=timezone.now())
    attention.refresh_from_db()
    assert (attention.outcome, steps(attention)) == ("Listo", [])
    assert "Empezar otra atención" in text_of(clerk.get(page(attention)))


def test_only_whoever_may_attends_or_links(
    account: ServiceAccount, staff: User, as_stranger: Client, anonymous: Client
) -> None:
    attention = attended(account, staff)
    bill = InvoiceFactory.create(account=account)
    pages = [
        attend(account),
        page(attention),
        f"{page(attention)}constancia.pdf",
        f"{page(attention)}facturas/{bill.pk}/reclamo/",
    ]
    posts = [f"{page(attention)}{end}" for end in ("anotar/", "terminar/", "libre-deuda/", "caja/")]
    posts += [f"{page(attention)}facturas/{bill.pk}/imprimir/"]
    links, attends, nobody = (
        may(UserFactory.create(is_staff=True), *codenames)
        for codenames in (("link_at_counter",), ("attend_customer",), ())
    )
    for address in [*pages, linking(account)]:
        assert anonymous.get(address).status_code == 302
        assert as_stranger.get(address).status_code == 404
        assert nobody.get(address).status_code == 403
    for address in posts:
        assert as_stranger.post(address).status_code == 404
        assert links.post(address).status_code == 403
    assert attends.get(linking(account)).status_code == 403
    assert links.get(linking(account)).status_code == 200
    assert links.get(attend(account)).status_code == 403
    assert not steps(attention)


@pytest.mark.parametrize(
    ("shown", "held", "is_holders"),
    [
        ("30123456", "30123456", True),
        ("20301234568", "30123456", True),
        ("30123456", "27301234565", True),
        ("7123456", "20071234565", True),
        ("30123457", "30123456", False),
        ("30123456", "", False),
    ],
)
def test_a_document_is_the_holder_s_also_within_their_cuit(shown: str, held: str, is_holders: bool) -> None:
    assert is_holders_document(shown, ServiceAccount(holder_document=held)) is is_holders


def test_linking_asks_first_and_then_links_and_tells(
    clerk: Client, account: ServiceAccount, stranger: User, teammate: User, staff: User
) -> None:
    attention = attended(account, staff)
    address = f"{linking(account)}?atencion={attention.pk}"
    form = {
        "email": "SOFIA@correo.example",
        "document_kind": "dni",
        "document": "30.123.456",
        "relation": "holder",
        "reason": "",
        "key": public_id(),
    }

    asked = text_of(clerk.post(address, form))
    assert not CounterLink.objects.exists()
    done = clerk.post(address, {**form, "confirmado": "1"})
    again = clerk.post(address, {**form, "confirmado": "1"})

    link = AccountLink.objects.get(user=stranger, account=account)
    seen = CounterLink.objects.get()
    assert "¿Vincular la cuenta a Sofía Gil?" in asked
    assert "El documento es el del titular." in asked
    assert done["Location"] == page(attention)
    assert said(again)[-1] == "Esa persona ya tiene vinculada la cuenta: no hizo falta hacer nada."
    assert (link.evidence, seen.link, seen.by, seen.document) == (LinkEvidence.OFFICE, link, staff, "30123456")
    assert sorted(OutgoingMail.objects.values_list("recipients", flat=True)) == [
        "sofia@correo.example",
        "tomas@correo.example",
    ]
    assert steps(attention) == [(AttentionDeed.LINKED, "A Sofía Gil, sofia@correo.example")]
    assert LogEntry.objects.filter(user=staff, change_message="Vinculada en el mostrador: es titular").count() == 1


def test_whoever_is_not_the_holder_needs_a_relation_and_a_reason(
    clerk: Client, account: ServiceAccount, stranger: User
) -> None:
    form = {
        "email": stranger.email,
        "document_kind": "dni",
        "document": "27888999",
        "relation": "holder",
        "key": public_id(),
        "confirmado": "1",
    }

    as_holder = text_of(clerk.post(linking(account), form))
    unsaid = text_of(clerk.post(linking(account), {**form, "relation": "tenant"}))
    with pytest.raises(NotTheHolder):
        link_at_counter(
            account,
            stranger,
            Shown(document_kind=DocumentKind.DNI, document="27888999", relation=Relation.HOLDER),
            by=stranger,
            now=timezone.now(),
        )

    assert "Ese documento no es el del titular de la cuenta." in as_holder
    assert "Escribí qué mostró para actuar por la cuenta." in unsaid
    assert not CounterLink.objects.exists()


def test_a_mail_without_user_gets_an_invitation_that_links_once(
    clerk: Client, account: ServiceAccount, staff: User
) -> None:
    form = {
        "email": "nelida@correo.example",
        "document_kind": "dni",
        "document": "27888999",
        "relation": "tenant",
        "reason": "Mostró el contrato",
        "key": public_id(),
    }

    asked = text_of(clerk.post(linking(account), form))
    clerk.post(linking(account), {**form, "confirmado": "1"})
    token = token_in_mail()
    person = UserFactory.create(email="nelida@correo.example", first_name="Nélida")
    browser = Client()
    away = browser.get(f"/invitacion/{token}/")
    browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    offered = text_of(browser.get(f"/invitacion/{token}/"))
    linked = browser.post(f"/invitacion/{token}/")
    again = browser.post(f"/invitacion/{token}/")

    link = AccountLink.objects.get(user=person)
    assert "¿Mandar una invitación a nelida@correo.example?" in asked
    assert away["Location"].startswith("/ingresar/?next=")
    assert str(account) in offered
    assert linked["Location"] == f"/cuenta/{link.public_id}/inicio/"
    assert again.status_code == HTTPStatus.GONE
    assert (link.counter_link.by, link.counter_link.relation, link.invitation.email) == (
        staff,
        Relation.TENANT,
        "nelida@correo.example",
    )


def test_an_invitation_is_of_its_mail_and_of_seven_days_and_the_last_one_serves(
    account: ServiceAccount, staff: User, stranger: User
) -> None:
    invite_to_link(account, "Nelida@correo.example", TENANT, by=staff, now=timezone.now())
    first = token_in_mail()
    invite_to_link(account, "nelida@correo.example", TENANT, by=staff, now=timezone.now())
    second = token_in_mail()
    person = UserFactory.create(email="nelida@correo.example")

    for token, user, refusal in [
        (first, person, InvitationGone),
        ("otro", person, InvitationGone),
        (second, stranger, InvitationOfAnother),
    ]:
        with pytest.raises(refusal):
            use_invitation(token, user, now=timezone.now())
    with pytest.raises(InvitationGone):
        use_invitation(second, person, now=timezone.now() + timedelta(days=7, seconds=1))
    assert use_invitation(second, person, now=timezone.now() + timedelta(days=7)).account == account
    assert second not in str(LinkInvitation.objects.values_list())


def test_closed_accounts_people_of_the_office_and_linked_ones_are_refused(
    account: ServiceAccount, staff: User, owner: User, link: AccountLink
) -> None:
    gone = UserFactory.create(is_active=False)
    now = timezone.now()
    for person, refusal in [(staff, CannotAct), (gone, CannotAct), (owner, AlreadyLinked)]:
        with pytest.raises(refusal):
            link_at_counter(account, person, HOLDER, by=staff, now=now)
    ServiceAccount.objects.filter(pk=account.pk).update(status=AccountStatus.CLOSED)
    with pytest.raises(AccountIsClosed):
        link_at_counter(account, UserFactory.create(), HOLDER, by=staff, now=now)
    with pytest.raises(AccountIsClosed):
        invite_to_link(account, "nelida@correo.example", HOLDER, by=staff, now=now)


def test_the_database_keeps_what_was_seen_and_when_an_invitation_serves(
    account: ServiceAccount, staff: User, link: AccountLink
) -> None:
    now = timezone.now()
    seen = {"document_kind": "dni", "document": "27888999", "relation": "tenant", "reason": "Contrato"}
    invited = {
        **seen,
        "account": account,
        "by": staff,
        "email": "x@correo.example",
        "sent_at": now,
        "expires_at": now + timedelta(days=7),
    }
    wrong: dict[str, Callable[[], object]] = {
        "counter_link_of_another_for_a_reason": lambda: CounterLink.objects.create(
            link=link, by=staff, **{**seen, "reason": ""}
        ),
        "counter_link_document_seen": lambda: CounterLink.objects.create(
            link=link, by=staff, **{**seen, "document": ""}
        ),
        "link_invitation_mail_in_lower_case": lambda: LinkInvitation.objects.create(
            **{**invited, "email": "X@correo.example"}, digest="a"
        ),
        "link_invitation_lasts": lambda: LinkInvitation.objects.create(**{**invited, "expires_at": now}, digest="b"),
        "link_invitation_used_in_time": lambda: LinkInvitation.objects.create(**invited, used_at=now, digest="c"),
        "attention_for_a_reason": lambda: Attention.objects.create(
            account=account,
            by=staff,
            visitor_name="x",
            document_kind="dni",
            document="1",
            relation="other",
            reason="",
        ),
        "attention_ends_after_it_begins": lambda: Attention.objects.create(
            account=account,
            by=staff,
            visitor_name="x",
            document_kind="dni",
            document="1",
            relation="other",
            reason="x",
            began_at=now,
            ended_at=now - timedelta(seconds=1),
        ),
    }
    for name, make in wrong.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            make()


def token_in_mail() -> str:
    mail = OutgoingMail.objects.latest("pk")
    assert mail.content is not None
    body: str = mail.content["body"]
    return body.partition("/invitacion/")[2].partition("/")[0]
