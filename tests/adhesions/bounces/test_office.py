"""Sources of reports in the office: added, renamed, switched off; their secrets; and what they reported."""

import json
import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from adhesions.models import BillDelivery, BounceSecret, BounceSource
from billing.models import WebhookEvent
from oficina.shared.ids import public_id
from oficina.shared.webhooks.senders import SenderExists, add_sender
from tests.adhesions.bounces.conftest import planned
from tests.adhesions.bounces.reporting import NO_SUCH, PATH, report, told
from tests.answers import said, text_of
from tests.billing.channels.signing import headers, post
from tests.factories.bounces import give_bounce_secret
from tests.jobs import run_jobs
from tests.staff.conftest import logged_in, may

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

SOURCES = "/admin/adhesions/bouncesource/"


@pytest.fixture
def administrator(db: None) -> User:
    """Nora, who may do everything in the office."""
    return User.objects.create_superuser("nora@aguas.example", first_name="Nora", last_name="Videla")


@pytest.fixture
def as_administrator(administrator: User) -> Client:
    """A browser in which Nora is logged in."""
    return logged_in(administrator)


def test_a_source_is_added_given_a_secret_heard_and_switched_off(
    as_administrator: Client,
    sent: BillDelivery,
) -> None:
    answer = as_administrator.post(f"{SOURCES}add/", {"slug": "correo-saliente", "name": "Correo saliente"})
    source = BounceSource.objects.get()
    own_page = f"{SOURCES}{source.pk}/change/"
    assert answer.headers["Location"] == own_page
    assert said(answer) == ["Creamos el origen Correo saliente. Para que pueda avisar, emitile un secreto."]
    page = text_of(as_administrator.get(own_page))
    assert f"<code>http://testserver{PATH}</code>" in page
    assert "hasta que le emitas uno, Correo saliente no puede avisar" in page

    issued = as_administrator.post(f"{SOURCES}{source.pk}/emitir-secreto/", {"key": public_id()})
    found = re.search(r"whsec_[A-Za-z0-9+/=]+", text_of(issued))
    assert found is not None
    body = json.dumps(told(sent)).encode()
    assert post(body, headers(body, secrets=(found[0],)), path=PATH) == 200
    sent.refresh_from_db()
    assert sent.state == "bounced"
    assert found[0] not in text_of(as_administrator.get(own_page))

    secret = BounceSecret.objects.get()
    retiring = f"{SOURCES}{source.pk}/secretos/{secret.pk}/retirar/"
    asked = text_of(as_administrator.post(retiring, {"key": public_id(), "when": "0"}))
    assert "desde entonces Correo saliente no va a poder avisar los mails que vuelven." in asked
    as_administrator.post(retiring, {"key": public_id(), "when": "0", "confirmado": "1"})
    assert post(body, headers(body, secrets=(found[0],)), path=PATH) == 400

    as_administrator.post(own_page, {"name": "Relay", "slug": "otro"})
    source.refresh_from_db()
    assert (source.slug, source.name, source.active) == ("correo-saliente", "Relay", False)
    with pytest.raises(SenderExists):
        add_sender(BounceSource(slug="correo-saliente", name="Otro"))


def test_what_was_reported_is_listed_and_what_waits_is_acted_on_again(
    as_administrator: Client,
    source: BounceSource,
    sent: BillDelivery,
) -> None:
    report(told(sent))
    listed = text_of(as_administrator.get(f"/admin/adhesions/bouncereport/?q={sent.email}"))
    assert all(words in listed for words in (NO_SUCH, sent.email, "Definitivo"))
    assert NO_SUCH not in text_of(as_administrator.get("/admin/adhesions/bouncereport/?q=otra@correo.example"))

    assert sent.adhesion is not None
    sent.adhesion.paused_at = None
    sent.adhesion.resumed_at = timezone.now()
    sent.adhesion.save()
    waits = planned(sent.adhesion)
    assert report(told(waits), message_id="msg_2") == (200, {"state": "waiting"})
    run_jobs()
    event = WebhookEvent.objects.get(event_id="msg_2")
    inbox = text_of(as_administrator.get("/admin/billing/webhookevent/?source=rebotes-correo-saliente"))
    assert "msg_2" in inbox
    answer = as_administrator.post(f"/admin/billing/webhookevent/{event.pk}/reprocesar/")
    assert said(answer) == ["Reprocesamos 1 evento."]
    waits.refresh_from_db()
    assert (waits.state, waits.reason) == ("bounced", NO_SUCH)


def test_each_act_needs_its_permission(staff: User, as_owner: Client, anonymous: Client, source: BounceSource) -> None:
    secret = give_bounce_secret(source)
    acts = {
        f"{SOURCES}{source.pk}/emitir-secreto/": "add_bouncesecret",
        f"{SOURCES}{source.pk}/guardar-secreto/": "add_bouncesecret",
        f"{SOURCES}{source.pk}/secretos/{secret.pk}/retirar/": "change_bouncesecret",
    }
    for path, permission in acts.items():
        sees = may(staff, "view_bouncesource")
        given = {"key": public_id(), "when": "0", "confirmado": "1"}
        assert (sees.get(path).status_code, sees.post(path, given).status_code) == (403, 403)
        assert (as_owner.post(path, given).status_code, anonymous.post(path, given).status_code) == (404, 302)
        assert may(staff, "view_bouncesource", permission).get(path).status_code == 200
    adding = may(staff, "view_bouncesource").post(f"{SOURCES}add/", {"slug": "x", "name": "X"})
    assert (adding.status_code, BounceSource.objects.count()) == (403, 1)
