"""Another mail for the digital bill than that of one's user: a code proves it before it receives anything."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from time_machine import Traveller

from accounts.enums import TermsPurpose
from accounts.linking import unlink_account
from accounts.models import AccountLink, TermsAcceptance, User
from accounts.terms import publish_terms
from adhesions.digital.mails import name_for_strangers
from adhesions.digital.proving import forget_unused_proofs
from adhesions.enums import AdhesionEnd
from adhesions.models import DigitalBilling, MailProof
from tests.accounts.identity import last_mail, mailed_code, sent_mails
from tests.answers import Answer, said
from tests.billing.views.page_text import words_of
from tests.conftest import NOON
from tests.factories.adhesions import digital, mail_proof

pytestmark = pytest.mark.usefixtures("at_noon")

ANA, STUDIO, OTHER = "ana@correo.example", "estudio@correo.example", "nieta@correo.example"
ASKED = {"email": "Estudio@correo.example", "terms": "on", "terms_version": "1", "before_due": "on"}
JOINED = "Listo: la cuenta está adherida a Factura digital. Las facturas nuevas llegan a estudio@correo.example."
WAIT = "Recién te mandamos un código a ese mail. Esperá un poco antes de pedir otro."
HTMX = [{}, {"HX-Request": "true"}]


def screen(link: AccountLink) -> str:
    return f"/cuenta/{link.public_id}/factura-digital/"


def code_page(proof: MailProof) -> str:
    return f"{screen(proof.link)}codigo/{proof.public_id}/"


def ask(client: Client, link: AccountLink, **other: str) -> MailProof:
    """Choose another mail in the window; where that leads."""
    answer = client.post(screen(link), ASKED | other)
    proof = MailProof.objects.latest("pk")
    assert (answer.status_code, answer["Location"]) == (303, code_page(proof))
    return proof


def errors(answer: Answer, field: str = "code", form: str = "form") -> list[str]:
    assert answer.status_code == 200
    return list(answer.context[form].errors[field])


@pytest.mark.parametrize("headers", HTMX)
def test_another_mail_receives_bills_once_its_code_is_typed(
    as_owner: Client, link: AccountLink, headers: dict[str, str], at_noon: Traveller
) -> None:
    answer = as_owner.post(screen(link), ASKED, headers=headers, REMOTE_ADDR="190.3.4.5")

    proof = MailProof.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, code_page(proof))
    assert not DigitalBilling.objects.exists()
    page = words_of(as_owner.get(code_page(proof)))
    assert "Escribí el código Lo mandamos a estudio@correo.example y vale 15 minutos." in page
    window = words_of(as_owner.get(screen(link)))
    assert "Falta confirmar estudio@correo.example : todavía no le mandamos facturas. Escribir el código" in window
    at_noon.shift(timedelta(minutes=15))
    code = mailed_code(STUDIO).replace("-", " ")
    assert code.replace(" ", "") not in proof.code_digest

    answer = as_owner.post(code_page(proof), {"code": code}, headers=headers)

    assert (answer.status_code, answer["Location"]) == (303, f"/cuenta/{link.public_id}/inicio/")
    assert said(answer)[-1] == JOINED
    adhesion = DigitalBilling.objects.get()
    assert (adhesion.email, adhesion.made_by, adhesion.account) == (STUDIO, link.user, link.account)
    assert (adhesion.reminds_before_due, adhesion.reminds_when_overdue) == (True, False)
    assert (adhesion.acceptance.terms, adhesion.acceptance.ip_address) == (proof.terms, "190.3.4.5")
    proof.refresh_from_db()
    assert (proof.adhesion, proof.used_at) == (adhesion, NOON + timedelta(minutes=15))
    assert [each.to[0] for each in sent_mails()] == [STUDIO, STUDIO, ANA]
    for again in (as_owner.get(code_page(proof)), as_owner.post(code_page(proof), {"code": code})):
        assert (again.status_code, again["Location"]) == (303, screen(link))
    assert "Falta confirmar" not in words_of(as_owner.get(screen(link)))


def test_the_mail_says_who_asks_for_which_account_and_that_nothing_has_to_be_done(
    as_owner: Client, link: AccountLink
) -> None:
    User.objects.filter(pk=link.user_id).update(first_name="Ana http://premio.example/?gratis")
    ask(as_owner, link)

    told = last_mail(STUDIO)
    code, ending = mailed_code(STUDIO), link.account.number[-4:]
    assert str(told.subject).startswith("Tu código para recibir las facturas de la cuenta terminada en ")
    assert str(told.subject).endswith(f": {code}")
    assert ending[-1] in str(told.subject)
    text = " ".join(str(told.body).split())
    assert "Ana httppremioexamplegratis pidió que las facturas de la cuenta terminada en" in text
    assert "Si no, borrá este mail: sin el código no te mandamos ninguna factura." in text
    assert link.account.service_address not in text
    assert link.account.number not in text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("María José", "María José"),
        ("D'Angelo-Ruiz", "D'Angelo-Ruiz"),
        ("x" * 40, "x" * 30),
        ("Ana  ¡Ganá! 1", "Ana Ganá"),
    ],
)
def test_name_for_strangers_is_letters_only(name: str, shown: str) -> None:
    assert name_for_strangers(name) == shown


def test_a_wrong_code_is_counted_and_five_are_too_many(as_owner: Client, link: AccountLink) -> None:
    proof = ask(as_owner, link)
    code = mailed_code(STUDIO)
    wrong = "0000-0000" if code != "0000-0000" else "1111-1111"

    assert errors(as_owner.post(code_page(proof), {"code": ""})) == ["Escribí el código que te mandamos."]
    told = [errors(as_owner.post(code_page(proof), {"code": wrong}))[0] for _ in range(6)]

    assert [words.rsplit(". ", 1)[1] for words in told[:4]] == [
        "Te quedan 4 intentos.", "Te quedan 3 intentos.", "Te quedan 2 intentos.", "Te queda 1 intento."
    ]  # fmt: skip
    assert told[4:] == ["Fueron demasiados intentos con este código. Pedí uno nuevo."] * 2
    answer = as_owner.post(code_page(proof), {"code": code})
    assert errors(answer) == ["Fueron demasiados intentos con este código. Pedí uno nuevo."]
    assert f"<title>Error: Confirmar el mail de Factura digital: {link.name}" in answer.content.decode()
    assert f'value="{code}"' in answer.content.decode()
    assert not DigitalBilling.objects.exists()
    assert not TermsAcceptance.objects.exists()


def test_a_code_expires_and_another_one_counts_instead(as_owner: Client, link: AccountLink, at_noon: Traveller) -> None:
    proof = ask(as_owner, link)
    first = mailed_code(STUDIO)
    at_noon.shift(timedelta(minutes=15, seconds=1))
    assert errors(as_owner.post(code_page(proof), {"code": first})) == ["Ese código venció. Pedí uno nuevo."]

    answer = as_owner.post(code_page(proof), {"action": "resend"})

    assert (answer.status_code, answer["Location"]) == (303, code_page(proof))
    assert said(answer) == ["Te mandamos un código nuevo. El anterior ya no sirve."]
    assert errors(as_owner.post(code_page(proof), {"code": first}))[0].startswith("Ese código no es.")
    assert as_owner.post(code_page(proof), {"code": mailed_code(STUDIO)}).status_code == 303
    assert DigitalBilling.objects.get().email == STUDIO


def test_pressing_twice_sends_one_mail(as_owner: Client, link: AccountLink) -> None:
    proof = ask(as_owner, link)

    for answer in (as_owner.post(screen(link), ASKED), as_owner.post(code_page(proof), {"action": "resend"})):
        assert (answer.status_code, answer["Location"]) == (303, code_page(proof))
        assert said(answer)[-1] == WAIT
    assert len(sent_mails()) == MailProof.objects.count() == 1


def test_nobody_mails_codes_for_ever(as_owner: Client, link: AccountLink, at_noon: Traveller) -> None:
    for asked in range(10):
        at_noon.shift(timedelta(seconds=11))
        ask(as_owner, link, email=f"casilla{asked}@correo.example")
    at_noon.shift(timedelta(seconds=11))

    answer = as_owner.post(screen(link), ASKED)

    assert errors(answer, "email") == ["Hubo muchos pedidos de código. Esperá un rato y probá de nuevo."]
    assert 'value="estudio@correo.example"' in answer.content.decode().lower()
    assert len(sent_mails()) == 10


def test_a_mailbox_is_not_flooded_by_many(
    as_owner: Client, link: AccountLink, at_noon: Traveller, as_stranger: Client, stranger: User
) -> None:
    for _ in range(6):
        at_noon.shift(timedelta(seconds=11))
        ask(as_owner, link)
    at_noon.shift(timedelta(seconds=11))

    answer = as_stranger.post(screen(stranger.links.get()), ASKED)

    assert errors(answer, "email") == ["Hubo muchos pedidos de código. Esperá un rato y probá de nuevo."]


def test_the_mail_may_be_corrected_and_nothing_else_has_to_be_typed_again(
    as_owner: Client, link: AccountLink, at_noon: Traveller
) -> None:
    first = ask(as_owner, link)
    at_noon.shift(timedelta(minutes=1))
    change = {"action": "change", "email": ""}
    assert errors(as_owner.post(code_page(first), change), "email", "change_form") == ["Escribí tu mail."]
    own = as_owner.post(code_page(first), change | {"email": ANA})
    assert errors(own, "email", "change_form")[0].startswith("Ese es el mail con el que ingresás")

    answer = as_owner.post(code_page(first), change | {"email": OTHER})

    second = MailProof.objects.latest("pk")
    assert (answer.status_code, answer["Location"]) == (303, code_page(second))
    assert (second.email, second.terms, second.asked_at, second.reminds_before_due) == (OTHER, first.terms, NOON, True)
    assert f"Falta confirmar {OTHER}" in words_of(as_owner.get(screen(link)))
    assert errors(as_owner.post(code_page(second), {"code": mailed_code(STUDIO)}))[0].startswith("Ese código no es.")
    as_owner.post(code_page(second), {"code": mailed_code(OTHER)})
    assert DigitalBilling.objects.get().email == OTHER


def test_after_an_hour_it_begins_anew_and_after_a_day_it_is_forgotten(
    as_owner: Client, link: AccountLink, at_noon: Traveller
) -> None:
    proof = ask(as_owner, link)
    kept = mail_proof(link, email=OTHER, used_by=digital(link))
    at_noon.shift(timedelta(hours=1))

    answer = as_owner.post(code_page(proof), {"action": "resend"})

    assert (answer.status_code, answer["Location"]) == (303, screen(link))
    assert said(answer) == ["Pasó mucho tiempo desde que pediste el código. Elegí el mail de nuevo."]
    assert "Falta confirmar" not in words_of(as_owner.get(screen(link)))
    forget_unused_proofs(now=NOON + timedelta(days=1))
    assert MailProof.objects.count() == 2
    forget_unused_proofs(now=NOON + timedelta(days=1, seconds=1))
    assert MailProof.objects.get() == kept


def test_nothing_typed_is_lost_without_the_terms(as_owner: Client, link: AccountLink) -> None:
    answer = as_owner.post(screen(link), {"email": STUDIO, "terms_version": "1", "before_due": "on"})

    page = answer.content.decode()
    assert errors(answer, "terms") == ["Tenés que aceptar los términos y condiciones."]
    assert '<details class="disclosure" open>' in page
    assert f'value="{STUDIO}"' in page
    assert errors(as_owner.post(screen(link), ASKED | {"email": "estudio"}), "email")[0].startswith("Falta la arroba")
    assert mail.outbox == []


@pytest.mark.parametrize("headers", HTMX)
def test_changing_the_mail_ends_the_adhesion_with_its_receipt(
    as_owner: Client, link: AccountLink, headers: dict[str, str]
) -> None:
    before = digital(link)
    path = f"{screen(link)}{before.public_id}/mail/"
    assert "Cambiar el mail" in words_of(as_owner.get(screen(link)))
    assert "llegan a ana@correo.example , y siguen ahí hasta que confirmes" in words_of(as_owner.get(path))
    same = as_owner.post(path, ASKED | {"email": "ANA@correo.example"})
    assert errors(same, "email") == ["Las facturas ya van a ese mail. Escribí otro."]
    assert errors(as_owner.post(path, ASKED | {"email": ""}), "email") == ["Escribí el mail nuevo."]

    answer = as_owner.post(path, ASKED, headers=headers)

    proof = MailProof.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, code_page(proof))
    assert DigitalBilling.objects.live().get() == before
    code = mailed_code(STUDIO)
    mail.outbox.clear()
    assert as_owner.post(code_page(proof), {"code": code}, headers=headers).status_code == 303
    after = DigitalBilling.objects.live().get()
    assert (after.email, after.reminds_before_due) == (STUDIO, False)
    before.refresh_from_db()
    assert (before.ended_at, before.ended_by, before.end_reason) == (NOON, link.user, AdhesionEnd.MAIL_CHANGED)
    told = [(each.to[0], "Constancia de baja" in each.body) for each in sent_mails()]
    assert told == [(ANA, True), (STUDIO, False), (ANA, False)]
    assert "Motivo: Quien la hizo eligió otro mail" in mail.outbox[0].body
    assert as_owner.get(path).status_code == 404


def test_changing_back_to_the_own_mail_needs_no_code(as_owner: Client, link: AccountLink) -> None:
    adhesion = digital(link, email=STUDIO)

    answer = as_owner.post(f"{screen(link)}{adhesion.public_id}/mail/", ASKED | {"email": ANA})

    assert said(answer)[-1].endswith("Las facturas nuevas llegan a ana@correo.example.")
    assert DigitalBilling.objects.live().get().email == ANA
    assert not MailProof.objects.exists()


def test_mail_that_another_person_has_it_mailed_to_is_told_only_to_who_reads_it(
    as_teammate: Client, link: AccountLink, teammate: User
) -> None:
    theirs = digital(link, email=STUDIO)
    own = teammate.links.get()
    words = "Las facturas de esta cuenta ya llegan a {}, por la adhesión de otra persona. No hace falta otra."
    proof = ask(as_teammate, own)
    assert STUDIO not in words_of(as_teammate.get(screen(own))).replace(f"Falta confirmar {STUDIO}", "")

    answer = as_teammate.post(code_page(proof), {"code": mailed_code(STUDIO)})

    assert (answer.status_code, answer["Location"], said(answer)) == (303, screen(own), [words.format(STUDIO)])
    assert DigitalBilling.objects.get() == theirs
    DigitalBilling.objects.filter(pk=theirs.pk).update(ended_at=NOON, end_reason=AdhesionEnd.OFFICE)
    digital(link, email=teammate.email)
    refused = as_teammate.post(screen(own), {"terms": "on", "terms_version": "1"})
    assert errors(refused, "email") == [words.format(teammate.email)]


def test_terms_that_were_accepted_are_those_that_were_shown(as_owner: Client, link: AccountLink) -> None:
    proof = ask(as_owner, link)
    publish_terms(TermsPurpose.DIGITAL_BILL, title="Términos", body="Otro texto.")
    as_owner.post(code_page(proof), {"code": mailed_code(STUDIO)})
    assert DigitalBilling.objects.get().acceptance.terms.version == 1


def test_account_that_was_given_up_meanwhile_finds_nothing(as_owner: Client, link: AccountLink) -> None:
    proof = ask(as_owner, link)
    unlink_account(link)
    assert as_owner.post(code_page(proof), {"code": mailed_code(STUDIO)}).status_code == 404


def test_strangers_find_nothing(
    as_stranger: Client, stranger: User, as_teammate: Client, teammate: User, link: AccountLink, anonymous: Client
) -> None:
    proof, adhesion = mail_proof(link, email=STUDIO), digital(link)
    changing = f"{screen(link)}{adhesion.public_id}/mail/"
    for client, person in ((as_stranger, stranger), (as_teammate, teammate)):
        own = screen(person.links.get())
        for path in (code_page(proof), changing, f"{own}codigo/{proof.public_id}/", f"{own}{adhesion.public_id}/mail/"):
            assert client.get(path).status_code == 404
            assert client.post(path, ASKED | {"code": "4821-0937"}).status_code == 404
        assert "Falta confirmar" not in words_of(client.get(own))
    for path in (code_page(proof), changing):
        for answer in (anonymous.get(path), anonymous.post(path, ASKED)):
            assert (answer.status_code, answer["Location"]) == (302, f"/ingresar/?next={path}")
    assert DigitalBilling.objects.get() == adhesion
    assert sent_mails()[1:] == []


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(as_owner: Client, link: AccountLink, method: str) -> None:
    adhesion = digital(link)
    for path in (code_page(mail_proof(link, email=STUDIO)), f"{screen(link)}{adhesion.public_id}/mail/"):
        assert getattr(as_owner, method)(path).status_code == 405


def test_the_office_sees_which_mails_a_code_proved(admin_client: Client, link: AccountLink, teammate: User) -> None:
    mail_proof(link, email=STUDIO, used_by=digital(link, email=STUDIO))
    digital(teammate.links.get())
    timezone.now()
    page = words_of(admin_client.get("/admin/adhesions/digitalbilling/"))
    assert "estudio@correo.example Con código, el 24/11/2026" in page
    assert "tomas@correo.example Es el de su usuario" in page
