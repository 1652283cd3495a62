"""When somebody answers, and what is said while nobody does."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import Settings
from time_machine import Traveller

from accounts.models import User
from tests.conftest import NOON
from tests.factories.chat import answered, fresh, open_hours, talker, waiting, words
from tests.tramites.chat.test_pages import page
from tramites.chat.conversing import write_message
from tramites.chat.hours import away_words, hours_words, open_until, opens_next
from tramites.enums import Weekday
from tramites.models import AwayMessage, OpeningHours

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

FRIDAY_NIGHT = datetime(2026, 11, 27, 23, 0, tzinfo=UTC)
"""20 h in Mendoza."""


@pytest.fixture(autouse=True)
def _office_hours(at_noon: Traveller, db: None) -> None:
    open_hours()


def local(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour + 3, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "until", "again", "said"),
    [
        (NOON, local(24, 16), local(25, 8), "Atendemos hoy hasta las 16"),
        (local(24, 7, 59), None, local(24, 8), "Atendemos hoy desde las 8"),
        (local(24, 8), local(24, 16), local(25, 8), "Atendemos hoy hasta las 16"),
        (local(24, 16), None, local(25, 8), "Atendemos mañana desde las 8"),
        (FRIDAY_NIGHT, None, local(30, 8), "Atendemos el lunes desde las 8"),
        # 7/12 is worked (a Monday), 8/12 is the Immaculate Conception.
        (local(8, 10, month=12), None, local(9, 8, month=12), "Atendemos mañana desde las 8"),
    ],
)
def test_hours_are_local_and_know_holidays(at: datetime, until: datetime | None, again: datetime, said: str) -> None:
    assert (open_until(at=at), opens_next(at=at), hours_words(at=at)) == (until, again, said)


def test_a_pause_and_minutes(settings: Settings) -> None:
    OpeningHours.objects.create(weekday=Weekday.TUESDAY, opens=time(17, 30), closes=time(19))
    assert hours_words(at=local(24, 16, 30)) == "Atendemos hoy desde las 17:30"
    assert open_until(at=local(24, 18)) == local(24, 19)
    settings.UTILITY = settings.UTILITY.model_copy(update={"extra_holidays": [NOON.date()]})
    assert open_until(at=NOON) is None


def test_without_hours_nobody_is_promised(as_owner: Client, owner: User) -> None:
    OpeningHours.objects.all().delete()
    assert (open_until(at=NOON), opens_next(at=NOON), hours_words(at=NOON)) == (None, None, "")
    assert away_words(at=NOON).endswith("te respondemos acá mismo.")
    assert as_owner.get("/asistente/").status_code == 200
    assert as_owner.get(page(waiting(owner))).status_code == 200


def test_whoever_asks_out_of_hours_is_told_once(as_owner: Client, owner: User, staff: User, at_noon: Traveller) -> None:
    AwayMessage.objects.create(text="Antes.", written_by=staff)
    AwayMessage.objects.create(text="<script>alert(1)</script> Estamos de franco.", written_by=staff)
    conversation = answered(owner, by=staff)
    at_noon.move_to(FRIDAY_NIGHT)
    for _ in range(3):
        write_message(conversation, talker(owner), words("¿Hola?"), now=FRIDAY_NIGHT)

    html = as_owner.get(page(conversation)).content.decode()

    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt; Estamos de franco.<br>Atendemos el lunes") == 1
    assert "<script>alert" not in html
    assert "Antes." not in html
    assert fresh(conversation).said == 8


def test_in_hours_the_office_is_told(owner: User, at_noon: Traveller) -> None:
    assert waiting(owner).messages.get(number=3).body.startswith("Listo, ya le avisamos")
    at_noon.shift(timedelta(hours=9))
    assert waiting(owner).messages.get(number=3).body.startswith("En este momento no hay nadie")
