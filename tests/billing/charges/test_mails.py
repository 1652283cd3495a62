"""Whoever accepted a charge is mailed its bill, once, if and only if it was made."""

from decimal import Decimal

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.account_numbers import account_number_ending, format_account_number
from accounts.models import AccountLink, User
from billing.charges.acts import invoice_charge
from billing.charges.refusals import ChargeAmountChanged
from billing.models import Charge
from oficina.shared.models import OutgoingMail
from tests.jobs import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def accept(charge: Charge, by: User, *, accepted: Decimal | None = None) -> None:
    invoice_charge(charge, accepted=accepted or charge.amount, by=by, now=timezone.now())


def sent() -> EmailMultiAlternatives:
    run_jobs()
    [message] = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    return message


def html_of(message: EmailMultiAlternatives) -> str:
    return str(message.alternatives[0][0])


def test_it_tells_the_bill_the_amount_the_due_date_and_where_to_pay(
    charge: Charge, link: AccountLink, owner: User, as_owner: Client
) -> None:
    accept(charge, owner)

    message = sent()
    charge.refresh_from_db()
    assert charge.invoice is not None
    number = link.account.number
    page = f"/cuenta/{link.public_id}/cargos/{charge.public_id}/"
    assert message.to == [owner.email]
    assert message.subject == (
        f"Facturamos un cargo de $\xa012.100,00, cuenta terminada en {account_number_ending(number)}"
    )
    for told in (
        f"en la cuenta {format_account_number(number)}: Cambio de medidor, C-000001.",
        "- Importe: $\xa012.100,00",
        "- Factura: LSP B 00005-00000001",
        "- Vence el 04/12/2026",
        f"- Código de pago: {charge.invoice.payment_code}",
        f"pagala acá: {settings.BASE_URL}{page}",
    ):
        assert told in message.body
    html = html_of(message)
    assert f'<a class="button" href="{settings.BASE_URL}{page}">Ver y pagar el cargo</a>' in html
    for told in (
        "<td>Cambio de medidor</td>",
        "<td>C-000001</td>",
        "$\xa012.100,00",
        "LSP B 00005-00000001",
        "04/12/2026",
    ):
        assert told in html
    assert as_owner.get(page).status_code == 200


def test_it_is_sent_once_to_whoever_was_first(charge: Charge, owner: User, teammate: User) -> None:
    accept(charge, owner)
    accept(charge, owner)
    accept(charge, teammate)

    assert sent().to == [owner.email]


def test_each_is_led_to_the_page_of_their_own_link(charge: Charge, teammate: User) -> None:
    accept(charge, teammate)

    message = sent()
    assert message.to == [teammate.email]
    assert f"/cuenta/{teammate.links.get().public_id}/cargos/{charge.public_id}/" in message.body


def test_whoever_gave_the_account_up_meanwhile_gets_no_address(charge: Charge, link: AccountLink, owner: User) -> None:
    AccountLink.objects.filter(pk=link.pk).update(unlinked_at=timezone.now())
    accept(charge, owner)

    message = sent()
    assert "/cuenta/" not in message.body + html_of(message)
    assert "LSP B 00005-00000001" in message.body


def test_a_refused_acceptance_mails_nothing(charge: Charge, owner: User) -> None:
    with pytest.raises(ChargeAmountChanged):
        accept(charge, owner, accepted=Decimal(1))

    assert not OutgoingMail.objects.exists()


def test_an_acceptance_that_is_taken_back_mails_nothing(charge: Charge, owner: User) -> None:
    with transaction.atomic():
        accept(charge, owner)
        assert OutgoingMail.objects.count() == 1
        transaction.set_rollback(True)

    assert not OutgoingMail.objects.exists()
    assert run_jobs() == []


def test_text_that_somebody_typed_is_escaped(charge: Charge, owner: User) -> None:
    Charge.objects.update(concept="Rotura <b>grave</b> & veloz")
    charge.refresh_from_db()
    accept(charge, owner)

    message = sent()
    assert "Rotura <b>grave</b> & veloz, C-000001." in message.body
    assert "<td>Rotura &lt;b&gt;grave&lt;/b&gt; &amp; veloz</td>" in html_of(message)
