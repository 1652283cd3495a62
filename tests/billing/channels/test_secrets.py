"""Secrets of channels: their size, their end, that the database does not tell them, and replacing one without a gap."""

import base64
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from billing.models import ChannelSecret, CollectionChannel, Invoice
from oficina.shared.webhooks.secrets import SecretUnfitError, issue_secret, keep_secret, readable, retire_secret
from tests.billing.channels.signing import headers, post, received
from tests.conftest import NOON
from tests.factories.channels import CollectionChannelFactory, give_secret, secret_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

OLD, NEW = secret_text("o"), secret_text("n")


def delivered(invoice: Invoice, *secrets: str, message_id: str = "msg_1") -> int:
    body = received(invoice)
    return post(body, headers(body, secrets=secrets, message_id=message_id))


def test_issued_secret_is_random_is_shown_once_and_signs(staff: User, invoice: Invoice) -> None:
    channel = CollectionChannelFactory.create()
    kept, text = issue_secret(ChannelSecret(channel=channel), by=staff, at=timezone.now())

    assert text.startswith("whsec_")
    assert len(base64.b64decode(text.removeprefix("whsec_"))) == 32
    assert text not in kept.encrypted
    assert (kept.ending, kept.created_by, kept.valid_from, kept.valid_until) == (text[-4:], staff, NOON, None)
    assert readable(ChannelSecret.objects.get(pk=kept.pk)) == text
    assert delivered(invoice, text) == 204


@pytest.mark.parametrize("size", [24, 64])
def test_secret_of_the_least_and_the_greatest_size_is_taken(staff: User, invoice: Invoice, size: int) -> None:
    text = secret_text("k", size)
    keep_secret(ChannelSecret(channel=CollectionChannelFactory.create()), text, by=staff, at=timezone.now())

    assert delivered(invoice, text) == 204


@pytest.mark.parametrize(
    "text", [secret_text("k", 23), secret_text("k", 65), "whsec_", "", secret_text("k")[6:], "whsec_á", "whsec_AAA*"]
)
def test_secret_of_another_size_or_form_is_refused(staff: User, text: str) -> None:
    with pytest.raises(SecretUnfitError):
        keep_secret(ChannelSecret(channel=CollectionChannelFactory.create()), text, by=staff, at=timezone.now())
    assert not ChannelSecret.objects.exists()


def test_scenario_20_old_and_new_secret_are_taken_while_one_replaces_the_other(
    staff: User, invoice: Invoice, at_noon: time_machine.Traveller
) -> None:
    channel = CollectionChannelFactory.create()
    old = give_secret(channel, OLD)
    assert delivered(invoice, NEW, message_id="before") == 400
    give_secret(channel, NEW)

    assert [delivered(invoice, secret, message_id=secret[-8:-2]) for secret in (OLD, NEW)] == [204, 204]
    assert delivered(invoice, OLD, NEW, message_id="both") == 204
    retire_secret(old, by=staff, at=timezone.now() + timedelta(hours=24))
    at_noon.shift(timedelta(hours=23, minutes=59))
    assert delivered(invoice, OLD, message_id="overlap") == 204
    at_noon.shift(timedelta(minutes=1))
    assert delivered(invoice, OLD, message_id="after") == 400
    assert delivered(invoice, NEW, message_id="after") == 204


def test_a_secret_is_not_usable_before_its_time(staff: User, invoice: Invoice) -> None:
    keep_secret(ChannelSecret(channel=CollectionChannelFactory.create()), NEW, by=staff, at=NOON + timedelta(seconds=1))

    assert delivered(invoice, NEW) == 400


def test_secret_of_another_channel_is_not_taken(invoice: Invoice) -> None:
    give_secret(CollectionChannelFactory.create(), OLD)
    give_secret(CollectionChannelFactory.create(slug="pago-facil"), NEW)

    assert delivered(invoice, NEW) == 400


def test_retiring_is_never_put_off(staff: User, owner: User) -> None:
    secret = give_secret(CollectionChannelFactory.create(), OLD)
    first = retire_secret(secret, by=staff, at=NOON + timedelta(hours=1))

    assert retire_secret(first, by=owner, at=NOON + timedelta(hours=2)).valid_until == NOON + timedelta(hours=1)
    sooner = retire_secret(first, by=owner, at=NOON)
    assert (sooner.valid_until, sooner.retired_by) == (NOON, owner)
    with pytest.raises(IntegrityError, match="was retired already"), transaction.atomic():
        ChannelSecret.objects.update(valid_until=NOON + timedelta(days=1))
    with pytest.raises(IntegrityError, match="channel_secret_retired_by_somebody"), transaction.atomic():
        ChannelSecret.objects.update(valid_until=NOON - timedelta(days=1))


@pytest.mark.expects_complaints
def test_a_secret_that_cannot_be_read_does_not_stop_the_others(invoice: Invoice, settings: Settings) -> None:
    channel = CollectionChannelFactory.create()
    give_secret(channel, OLD)
    settings.SECRET_KEY = "another-key-of-the-installation-0123456789-0123456789"
    give_secret(channel, NEW)

    assert delivered(invoice, OLD) == 400
    assert delivered(invoice, NEW) == 204


def test_a_secret_is_read_with_the_former_key(invoice: Invoice, settings: Settings) -> None:
    give_secret(CollectionChannelFactory.create(), OLD)
    settings.SECRET_KEY_FALLBACKS = [django_settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-the-installation-0123456789-0123456789"

    assert delivered(invoice, OLD) == 204


def test_identity_of_a_channel_stays() -> None:
    channel = CollectionChannelFactory.create()
    for change in ({"slug": "otro"}, {"sandbox": True}):
        with pytest.raises(Exception, match="Cannot update rows"), transaction.atomic():
            CollectionChannel.objects.filter(pk=channel.pk).update(**change)


@pytest.mark.parametrize("slug", ["checkout", "direct-debit-bank", "Con-Mayúscula", "-guion", "a--b"])
def test_a_channel_is_not_called_like_our_own(slug: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CollectionChannelFactory.create(slug=slug)
