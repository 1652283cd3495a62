"""The office's first page: what waits, for whom, and that each number is that of its list."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AccountLink, ServiceAccount, User
from adhesions.enums import DeliveryState
from billing.models import Discrepancy
from oficina.shared.enums import ImportState
from oficina.shared.models import ImportRun
from oficina.staff.home.page import MAY_SEE_MONEY
from oficina.staff.home.queues import TO_ATTEND, UNDER_WAY
from oficina.staff.home.waiting import MOST, Waiting, what_waits
from tests.answers import text_of
from tests.conftest import NOON
from tests.factories.billing import InvoiceFactory
from tests.factories.chat import waiting
from tests.factories.claims import claimed
from tests.factories.plans import policy as plan_policy
from tests.staff.conftest import logged_in, may
from tests.staff.waiting_rows import in_process, mailed, one_of_each
from tramites.enums import LinkFault
from tramites.models import Conversation, LinkCheck

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

HOME = "/admin/"
QUEUES = (*TO_ATTEND, *UNDER_WAY)


def the_page(client: Client) -> str:
    """What is on the page itself, without the menu around it and the list of all sections."""
    answer = client.get(HOME)
    assert answer.status_code == 200
    page = text_of(answer).partition('<div class="office-home">')[2]
    return page.partition("Todas las secciones")[0]


def waits(person: User) -> dict[str, Waiting]:
    """Everything of which something waits, by its name."""
    return {
        each.name: each
        for queues in (TO_ATTEND, UNDER_WAY)
        for each in what_waits(queues, of=person, now=timezone.now()).some
    }


def test_each_number_is_that_of_its_list_and_each_query_is_one(
    administrator: User, as_administrator: Client, subtests: pytest.Subtests
) -> None:
    plan_policy()
    with CaptureQueriesContext(connection) as empty:
        the_page(as_administrator)
    for _ in range(2):
        one_of_each(administrator)

    taken = Discrepancy.objects.order_by("pk")[0]
    Discrepancy.objects.filter(pk=taken.pk).update(assigned_to=administrator)
    found = waits(administrator)
    assert [part for part, _ in found["Diferencias abiertas"].parts] == ["1 a tu nombre", "1 sin asignar"]
    assert set(found) == {queue.name for queue in QUEUES}
    for name, queue in found.items():
        with subtests.test(queue=name):
            listed = as_administrator.get(queue.address)
            assert listed.status_code == 200
            assert str(listed.context["cl"].result_count) == queue.count
            expected = {"Importaciones que fallaron esta semana": "4", "Pagos en proceso": "4"}
            assert queue.count == expected.get(name, "2")
            for part, address in queue.parts:
                listed = as_administrator.get(address)
                assert part.split()[0] == str(listed.context["cl"].result_count)
    with CaptureQueriesContext(connection) as full:
        page = the_page(as_administrator)
    assert len(full) == len(empty)
    assert "Nada pendiente" not in page


def test_what_waits_says_since_when_how_much_and_what_is_ones_own(
    administrator: User, at_noon: time_machine.Traveller, link: AccountLink
) -> None:
    mine, _ = waiting(), waiting(link.user)
    Conversation.objects.filter(pk=mine.pk).update(assigned_to=administrator)
    claimed(link, InvoiceFactory.create(account=link.account))
    in_process(link.account)
    at_noon.shift(timedelta(days=40))

    found = waits(administrator)
    talks, claims = found["Conversaciones que esperan respuesta"], found["Reclamos de facturas"]
    assert (talks.count, talks.age) == ("2", "40 días")
    assert talks.parts == (
        ("1 a tu nombre", "/admin/tramites/conversation/?state__exact=waiting&atiende=mias"),
        ("1 sin asignar", "/admin/tramites/conversation/?state__exact=waiting&atiende=nadie"),
    )
    assert (claims.count, claims.parts) == (
        "1", (("1 con el plazo vencido", "/admin/billing/claim/?plazo=vencido"),),
    )  # fmt: skip
    assert found["Pagos en proceso"].amount == "$\N{NO-BREAK SPACE}1.000,00"
    assert found["Pagos en proceso"].age == "40 días"


def test_the_office_without_permissions_is_told_so_and_asks_nothing(as_clerk: Client, staff: User) -> None:
    plan_policy()
    one_of_each(staff)
    with CaptureQueriesContext(connection) as asked:
        page = the_page(as_clerk)

    assert "Todavía no tenés permisos en la oficina." in page
    assert "Recaudación" not in page
    assert "Para atender" not in page
    tables = {"billing_payment", "tramites_conversation", "billing_webhookevent", "procrastinate_jobs"}
    assert [sql for sql in (each["sql"] for each in asked) if any(table in sql for table in tables)] == []


def test_whoever_sees_no_money_is_shown_and_asked_none(staff: User) -> None:
    plan_policy()
    one_of_each(staff)
    client = may(staff, "view_payment", "view_refund", "view_claim", "view_conversation")
    with CaptureQueriesContext(connection) as asked:
        page = the_page(client)

    assert "Reclamos de facturas" in page
    assert "Conversaciones que esperan respuesta" in page
    assert [words for words in ("Recaudación", "Pagos en proceso", "Devoluciones", "$") if words in page] == []
    assert [each["sql"] for each in asked if "settled_at" in each["sql"] or "billing_refund" in each["sql"]] == []


def test_a_first_day_is_calm(as_administrator: Client) -> None:
    page = the_page(as_administrator)

    assert "Nada pendiente. Está todo al día" in page
    assert "En noviembre de 2026 todavía no se recaudó nada." in page
    assert "Sin cobros el 24/11/2025 a esta hora: no hay con qué comparar." in page


def test_only_the_office_sees_it(as_owner: Client, anonymous: Client, staff: User) -> None:
    assert as_owner.get(HOME).status_code == 404
    sent = anonymous.get(anonymous.get(HOME).headers["Location"])
    assert (sent.status_code, sent.headers["Location"]) == (302, f"/ingresar/?next={HOME}")
    assert logged_in(staff).get(HOME).status_code == 200


def test_no_count_goes_beyond_a_bound(administrator: User, account: ServiceAccount) -> None:
    LinkCheck.objects.bulk_create(
        LinkCheck(address=f"/{number}/", failures=2, fault=LinkFault.NO_SUCH_PAGE, broken_since=NOON)
        for number in range(MOST + 1)
    )

    broken = waits(administrator)["Enlaces rotos"]
    assert (broken.count, broken.age) == ("más de 1.000", "")
    LinkCheck.objects.filter(address="/0/").delete()
    assert waits(administrator)["Enlaces rotos"].count == "1000"


def test_mails_and_imports_of_more_than_a_week_ago_are_history(
    administrator: User, at_noon: time_machine.Traveller, link: AccountLink
) -> None:
    mailed(link, DeliveryState.FAILED)
    ImportRun.objects.create(file_name="pagos.csv", state=ImportState.REFUSED, finished_at=timezone.now())
    at_noon.shift(timedelta(days=7))
    assert len(waits(administrator)) == 2
    at_noon.shift(timedelta(hours=12))  # the next local day
    assert waits(administrator) == {}


def test_every_queue_is_named_once_and_money_needs_its_permission() -> None:
    names = [queue.name for queue in QUEUES]
    assert sorted(names) == sorted(set(names))
    assert all(MAY_SEE_MONEY in queue.permissions for queue in QUEUES if queue.amount)
