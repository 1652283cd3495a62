"""Asistente virtual, in every state, and the office's side of it."""

from accounts.models import User
from tests.factories.accounts import UserFactory
from tests.factories.chat import answered, open_hours
from tests.factories.guidance import help_topic
from tests.live import journey
from tests.live.axe import violations
from tests.live.browsing import DESKTOP, PHONE, SCHEMES, Visits, office_in_colours
from tests.live.portal import Portal
from tests.live.screens.doing import submit
from tests.live.screens.names import CHAT
from tests.live.tour import Tour
from tramites.chat.mailing import way_back
from tramites.models import Conversation, OpeningHours


def test_screens_of_the_chat(portal: Portal, tour: Tour, visits: Visits) -> None:
    OpeningHours.objects.all().delete()
    tour.see("/asistente/", "chat", "without hours")
    open_hours()
    help_topic(slug="cortes", title="Cortes de agua")
    tour.see("/asistente/?tema=cortes", "chat", "with a topic")
    submit(tour.page, "Preguntar")
    tour.look("chat", "with an error")
    tour.page.get_by_label("¿En qué te podemos ayudar?").fill("cortes de agua, https://aguas.example/" + "x" * 200)
    submit(tour.page, "Preguntar")
    tour.look("conversation", "with the assistant")
    tour.page.get_by_label("Tu mail").fill("vecina@")
    submit(tour.page, "Hablar con una persona")
    tour.page.goto(f"/asistente/{Conversation.objects.get().public_id}/")
    submit(tour.page, "Hablar con una persona")
    tour.look("conversation", "waiting")
    ana = UserFactory.create(email=journey.ANA, first_name="Ana", last_name="Suárez")
    journey.log_in(tour.page, ana)
    tour.see(f"/asistente/{Conversation.objects.get().public_id}/", "conversation", "to be kept")
    nora = User.objects.create_superuser("nora@aguas.example", first_name="Nora", last_name="Videla")
    of_ana = answered(ana, by=nora)
    tour.see(f"/asistente/{of_ana.public_id}/", "conversation", "answered")
    submit(tour.page, "Terminar la conversación")
    tour.see(f"/asistente/{of_ana.public_id}/", "conversation", "closed")
    of_visitor = answered(by=nora, email="vecina@correo.example")
    tour.see(way_back(of_visitor).split("testserver")[-1].removeprefix(portal.base_url), "return_to_conversation")

    assert tour.faults == []
    assert tour.seen == CHAT
    assert office_faults(visits, nora, of_ana, of_visitor) == []


def office_faults(visits: Visits, nora: User, *conversations: Conversation) -> list[str]:
    """What axe says of the office's pages about these."""
    page = visits.open("/accesibilidad/")
    journey.log_in(page, nora)
    faults = []
    for conversation in conversations:
        page.goto(f"/admin/tramites/conversation/{conversation.pk}/change/")
        for width in (PHONE, DESKTOP):
            page.set_viewport_size({"width": width, "height": 900})
            for scheme in SCHEMES:
                office_in_colours(page, scheme)
                faults += [f"{conversation} at {width}, {scheme}: {found}" for found in violations(page)]
    return faults
