"""Collection channels in the office: opened and closed; their secrets issued, kept, retired, and never told again."""

import logging
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from time_machine import Traveller

from accounts.models import ServiceAccount, User
from billing.external_payments import record_external_payment
from billing.models import ChannelSecret, CollectionChannel, Invoice, Payment
from oficina.shared.ids import public_id
from oficina.shared.webhooks.senders import SenderExists, add_sender
from tests.answers import said, text_of
from tests.billing.channels.signing import headers, post, received
from tests.factories.billing import InvoiceFactory, operation
from tests.factories.channels import SECRET, CollectionChannelFactory, give_secret, secret_text
from tests.staff.conftest import may

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

ADD = "/admin/billing/collectionchannel/add/"


@pytest.fixture
def channel() -> CollectionChannel:
    return CollectionChannelFactory.create()


@pytest.fixture
def invoice(account: ServiceAccount) -> Invoice:
    return InvoiceFactory.create(account=account)


def own_page(channel: CollectionChannel) -> str:
    return f"/admin/billing/collectionchannel/{channel.pk}/change/"


def issuing(channel: CollectionChannel) -> str:
    return f"/admin/billing/collectionchannel/{channel.pk}/emitir-secreto/"


def keeping(channel: CollectionChannel) -> str:
    return f"/admin/billing/collectionchannel/{channel.pk}/guardar-secreto/"


def retiring(secret: ChannelSecret) -> str:
    return f"/admin/billing/collectionchannel/{secret.channel_id}/secretos/{secret.pk}/retirar/"


def history() -> list[tuple[str, str]]:
    return [(entry.user.first_name, entry.get_change_message()) for entry in LogEntry.objects.order_by("pk")]


def delivered(invoice: Invoice, secret: str, message_id: str = "msg_1") -> int:
    body = received(invoice)
    return post(body, headers(body, secrets=(secret,), message_id=message_id), message_id=message_id)


def test_a_channel_is_opened_renamed_and_closed(as_administrator: Client, invoice: Invoice) -> None:
    answer = as_administrator.post(ADD, {"slug": "cobro-express", "name": "Cobro Express", "sandbox": "on"})

    channel = CollectionChannel.objects.get()
    assert (channel.slug, channel.name, channel.sandbox, channel.active) == (
        "cobro-express",
        "Cobro Express",
        True,
        True,
    )
    assert answer.headers["Location"] == own_page(channel)
    assert said(answer) == ["Creamos el canal Cobro Express. Para que pueda avisar, emitile un secreto."]
    changed = {"name": "CobroExpress", "slug": "otro", "sandbox": ""}
    as_administrator.post(own_page(channel), changed)

    channel.refresh_from_db()
    assert (channel.slug, channel.name, channel.sandbox, channel.active) == (
        "cobro-express",
        "CobroExpress",
        True,
        False,
    )
    assert history() == [("Nora", "Agregado."), ("Nora", "Modificación de Nombre y Activo.")]


def test_a_closed_channel_is_not_heard(as_administrator: Client, channel: CollectionChannel, invoice: Invoice) -> None:
    give_secret(channel)
    as_administrator.post(own_page(channel), {"name": "Rapipago"})

    assert delivered(invoice, SECRET) == 404


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("Rapi Pago", "Usá minúsculas, números y guiones."),
        ("checkout", "Ese nombre es de un canal de la Oficina Virtual."),
        ("direct-debit-card", "Ese nombre es de un canal de la Oficina Virtual."),
        ("rapipago", "Ya existe"),
    ],
)
def test_a_name_that_cannot_be_is_refused(
    as_administrator: Client, channel: CollectionChannel, slug: str, words: str
) -> None:
    page = text_of(as_administrator.post(ADD, {"slug": slug, "name": "Otro"}))

    assert words in page
    assert list(CollectionChannel.objects.all()) == [channel]


def test_whoever_was_overtaken_is_told(
    as_administrator: Client, channel: CollectionChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else opens the same channel after the form was found to be right."""
    with pytest.raises(SenderExists):
        add_sender(CollectionChannel(slug=channel.slug, name="Otro"))
    monkeypatch.setattr(CollectionChannel, "validate_unique", lambda *_args, **_options: None)

    answer = as_administrator.post(ADD, {"slug": channel.slug, "name": "Otro"})

    assert said(answer) == ["Otra persona lo creó recién. Quedó como lo creó ella."]
    assert CollectionChannel.objects.get().name == "Rapipago"


def issued(client: Client, channel: CollectionChannel, key: str | None = None) -> str:
    answer = client.post(issuing(channel), {"key": key or public_id()})
    text: str = answer.context["text"]
    assert text in text_of(answer)
    assert "no-store" in answer.headers["Cache-Control"]
    return text


def test_an_issued_secret_signs_and_is_shown_once(
    as_administrator: Client, channel: CollectionChannel, invoice: Invoice, administrator: User
) -> None:
    assert "al salir" not in text_of(as_administrator.get(issuing(channel)))
    assert not ChannelSecret.objects.exists()
    key = public_id()

    text = issued(as_administrator, channel, key)

    secret = ChannelSecret.objects.get()
    assert (secret.created_by, secret.ending, secret.valid_until) == (administrator, text[-4:], None)
    assert delivered(invoice, text) == 204
    again = as_administrator.post(issuing(channel), {"key": key})
    assert said(again) == ["Ese secreto ya se mostró. Si se perdió, retiralo y emití otro."]
    assert ChannelSecret.objects.count() == 1
    for path in (own_page(channel), issuing(channel), f"/admin/billing/collectionchannel/{channel.pk}/history/"):
        assert text not in text_of(as_administrator.get(path))


def test_no_secret_reaches_a_log_the_history_or_a_session(
    as_administrator: Client, channel: CollectionChannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    chosen = secret_text("elegido ", 4)
    with CaptureQueriesContext(connection) as queries:
        text = issued(as_administrator, channel)
        as_administrator.post(keeping(channel), {"key": public_id(), "secret": chosen})

    assert ChannelSecret.objects.count() == 2
    told = [*(query["sql"] for query in queries), caplog.text, *(words for _, words in history())]
    told += [str(session.get_decoded()) for session in Session.objects.all()]
    for secret in (text, chosen):
        assert [line for line in told if secret in line or secret.removeprefix("whsec_")[:12] in line] == []
    assert history() == [
        ("Nora", f"Secreto emitido, termina en {text[-4:]}"),
        ("Nora", f"Secreto guardado, termina en {chosen[-4:]}"),
    ]


def test_a_secret_of_another_form_is_refused_and_not_sent_back(
    as_administrator: Client, channel: CollectionChannel
) -> None:
    typed = secret_text("k", 23)
    page = text_of(as_administrator.post(keeping(channel), {"key": public_id(), "secret": typed}))

    assert "No es un secreto: tiene que ser whsec_ y de 24 a 64 bytes en base64." in page
    assert typed not in page
    assert not ChannelSecret.objects.exists()


def test_one_secret_replaces_another_without_a_gap(
    as_administrator: Client, channel: CollectionChannel, invoice: Invoice, at_noon: Traveller, administrator: User
) -> None:
    old = give_secret(channel, secret_text("o"))
    new = issued(as_administrator, channel)
    assert (delivered(invoice, secret_text("o"), "a"), delivered(invoice, new, "b")) == (204, 204)

    asked = text_of(as_administrator.post(retiring(old), {"key": public_id(), "when": "1"}))
    assert "Deja de valer en 24 horas." in asked
    assert "No queda ningún otro que valga" not in asked
    answer = as_administrator.post(retiring(old), {"key": public_id(), "when": "1", "confirmado": "1"})

    assert said(answer)[-1] == f"El secreto que termina en {old.ending} vale hasta 25/11/2026 a las 12:00."
    old.refresh_from_db()
    assert (old.retired_by, old.valid_until) == (administrator, timezone.now() + timedelta(days=1))
    assert "Vale hasta 25/11/2026 a las 12:00" in text_of(as_administrator.get(own_page(channel)))
    assert delivered(invoice, secret_text("o"), "c") == 204
    at_noon.shift(timedelta(days=1))
    assert (delivered(invoice, secret_text("o"), "d"), delivered(invoice, new, "e")) == (400, 204)
    assert history()[-1] == (
        "Nora",
        f"Secreto retirado, termina en {old.ending}: vale hasta 25/11/2026 a las 12:00",
    )


def test_retiring_the_last_one_is_asked_about_in_plain_words(
    as_administrator: Client, channel: CollectionChannel, invoice: Invoice
) -> None:
    secret = give_secret(channel)

    asked = text_of(as_administrator.post(retiring(secret), {"key": public_id(), "when": "0"}))
    assert "No queda ningún otro que valga: desde entonces Rapipago no va a poder avisar lo que cobra." in asked
    assert delivered(invoice, SECRET, "a") == 204
    as_administrator.post(retiring(secret), {"key": public_id(), "when": "0", "confirmado": "1"})

    assert delivered(invoice, SECRET, "b") == 400
    assert "Retirado: valió hasta" in text_of(as_administrator.get(own_page(channel)))


def test_a_secret_is_retired_under_its_own_channel_only(as_administrator: Client, channel: CollectionChannel) -> None:
    secret = give_secret(channel)
    other = CollectionChannelFactory.create(slug="otro", name="Otro")

    assert as_administrator.get(retiring(secret).replace(f"/{channel.pk}/", f"/{other.pk}/", 1)).status_code == 404


def test_each_act_needs_its_permission(
    staff: User, as_owner: Client, channel: CollectionChannel, anonymous: Client
) -> None:
    secret = give_secret(channel)
    acts = {
        issuing(channel): "add_channelsecret",
        keeping(channel): "add_channelsecret",
        retiring(secret): "change_channelsecret",
    }
    for path, permission in acts.items():
        given = {"key": public_id(), "secret": SECRET, "when": "0", "confirmado": "1"}
        sees = may(staff, "view_collectionchannel")
        assert (sees.get(path).status_code, sees.post(path, given).status_code) == (403, 403)
        assert path not in text_of(sees.get(own_page(channel)))
        assert as_owner.post(path, given).status_code == 404
        assert anonymous.post(path, given).headers["Location"].startswith("/ingresar/")
        allowed = may(staff, "view_collectionchannel", permission)
        assert path in text_of(allowed.get(own_page(channel)))
        assert allowed.get(path).status_code == 200
    assert ChannelSecret.objects.get().valid_until is None
    assert may(staff, "view_collectionchannel").post(ADD, {"slug": "x", "name": "X"}).status_code == 403


def test_payments_name_the_channel_as_the_office_does(as_administrator: Client, account: ServiceAccount) -> None:
    add_sender(CollectionChannel(slug="kiosco-la-esquina", name="Kiosco La Esquina"))
    for channel in ("kiosco-la-esquina", "rapipago", "cobrador-sin-alta"):
        record_external_payment(operation(account, channel=channel, amount=Decimal("10.00")), cause="test")
    listed = text_of(as_administrator.get("/admin/billing/payment/"))
    found = text_of(as_administrator.get("/admin/billing/payment/?canal=kiosco-la-esquina"))
    of_account = text_of(as_administrator.get(f"/admin/accounts/serviceaccount/{account.pk}/change/"))

    for page in (listed, of_account):
        assert "Kiosco La Esquina" in page
        assert "Rapipago" in page
        assert "cobrador-sin-alta" in page, "nobody named it"
    assert ">kiosco-la-esquina<" not in listed + of_account
    assert re.findall(r"P-\d{8}", found) == [Payment.objects.get(channel="kiosco-la-esquina").number]


def test_a_payment_names_its_channel_as_the_office_does(as_administrator: Client, account: ServiceAccount) -> None:
    add_sender(CollectionChannel(slug="rapipago", name="Rapipago Express"))
    payment = record_external_payment(operation(account, amount=Decimal("10.00")), cause="test")

    assert "Rapipago Express" in text_of(as_administrator.get(f"/admin/billing/payment/{payment.pk}/change/"))
