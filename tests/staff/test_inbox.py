"""The inbox of the office: filters, what went wrong in words, acting on one, some or all again, letting one be."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from accounts.models import ServiceAccount, User
from billing.enums import ReprocessingState, WebhookStatus
from billing.event_work import ask_reprocessing, ignore_event, reprocess_event, run_reprocessing
from billing.models import Invoice, OfficeEventAction, Payment, Reprocessing, WebhookEvent
from billing.refusals import EventFinished
from tests.answers import said, text_of
from tests.billing.channels.signing import received
from tests.billing.checkout.steps import at_once
from tests.factories.billing import InvoiceFactory
from tests.factories.channels import CollectionChannelFactory
from tests.jobs import run_jobs
from tests.staff.conftest import may, received_event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

LIST = "/admin/billing/webhookevent/"
RUNS = "/admin/billing/reprocessing/"


@pytest.fixture
def invoice(account: ServiceAccount) -> Invoice:
    """A bill of 1,000 pesos, and the channel at which it is paid."""
    CollectionChannelFactory.create()
    return InvoiceFactory.create(account=account)


def failed_event(number: int = 1, *, body: bytes = b"{}", source: str = "cobranzas-rapipago") -> WebhookEvent:
    return WebhookEvent.objects.create(
        source=source, event_id=f"msg_{number}", event_type="payment.received", body=body,
        status=WebhookStatus.FAILED, attempts=3, last_error="DoesNotExist: CollectionChannel",
    )  # fmt: skip


def page(event: WebhookEvent, act: str = "change") -> str:
    return f"{LIST}{event.pk}/{act}/"


def listed(client: Client, **chosen: str) -> list[int]:
    return sorted(row.pk for row in client.get(LIST, chosen).context["cl"].result_list)


def done_by_the_office(event: WebhookEvent) -> list[tuple[str, str, str]]:
    return list(event.office_actions.order_by("pk").values_list("action", "outcome", "by__first_name"))


def test_list_filters_by_source_type_status_wait_and_days(as_administrator: Client) -> None:
    failed, stripe = failed_event(), received_event()
    old = WebhookEvent.objects.create(
        source="stripe", event_id="old", event_type="refund.updated", body=b"{}", status=WebhookStatus.FAILED,
        received_at=timezone.now() - timedelta(days=8),
    )  # fmt: skip
    day = f"{timezone.localdate():%Y-%m-%d}"

    assert listed(as_administrator, source="stripe") == [stripe.pk, old.pk]
    assert listed(as_administrator, tipo="payment.received") == [failed.pk]
    assert listed(as_administrator, status__exact="failed", source="stripe") == [old.pk]
    assert listed(as_administrator, espera="168") == [old.pk]
    assert listed(as_administrator, received_at_from=day, received_at_to=day) == [failed.pk, stripe.pk]
    before = f"{timezone.localdate() - timedelta(days=1):%Y-%m-%d}"
    assert listed(as_administrator, received_at_to=before) == [old.pk]
    assert listed(as_administrator, received_at_from="ayer") == [failed.pk, stripe.pk, old.pk]
    shown = text_of(as_administrator.get(LIST))
    assert "Canal: rapipago" in shown
    assert "refund.updated" in shown
    assert "8 días" in shown


def test_days_are_those_of_mendoza(as_administrator: Client) -> None:
    """At 23:30 of the 20th it is the 21st in UTC."""
    event = received_event()
    late = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
    other = WebhookEvent.objects.create(source="stripe", event_id="late", event_type="x", body=b"{}", received_at=late)

    assert listed(as_administrator, received_at_from="2026-11-20", received_at_to="2026-11-20") == [other.pk]
    assert event.pk not in listed(as_administrator, received_at_to="2026-11-20")


def test_record_says_why_it_waits_and_shows_the_body_harmless(as_administrator: Client) -> None:
    event = failed_event(body=b'{"note": "<script>alert(1)</script>", "amount": 5}')

    shown = text_of(as_administrator.get(page(event)))

    assert "No encontramos en el portal el canal o el registro al que se refiere." in shown
    assert "Espera hace menos de una hora. Próximo intento del sistema: hoy a las 12:02." in shown
    assert "DoesNotExist: CollectionChannel" in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<script>alert" not in shown
    raw = failed_event(2, body=b"\xff<b>no es JSON</b>")
    assert "&lt;b&gt;no es JSON&lt;/b&gt;" in text_of(as_administrator.get(page(raw)))


def test_reprocessing_one_keeps_who_and_what_came_of_it(as_administrator: Client, invoice: Invoice) -> None:
    event = failed_event(body=received(invoice))

    as_administrator.post(page(event, "reprocesar"))
    late = as_administrator.post(page(event, "reprocesar"))

    event.refresh_from_db()
    invoice.refresh_from_db()
    assert said(late) == ["Reprocesamos 1 evento.", "No hay nada para reprocesar: ya estaban terminados."]
    assert (event.status, invoice.is_paid) == (WebhookStatus.PROCESSED, True)
    assert done_by_the_office(event) == [("reprocessed", "processed", "Nora")]
    assert "Nora Videla: reprocesó. Quedó: procesado" in text_of(as_administrator.get(page(event)))
    assert LogEntry.objects.get().change_message == "Reprocesado: procesado"


def test_one_that_fails_again_says_so_and_keeps_its_error(as_administrator: Client) -> None:
    event = failed_event()

    assert said(as_administrator.post(page(event, "reprocesar"))) == ["1 evento volvió a fallar: mirá su último error."]
    assert done_by_the_office(event) == [("reprocessed", "failed", "Nora")]
    assert OfficeEventAction.objects.get().words.startswith("DoesNotExist")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_provider")
def test_while_the_provider_is_down_nothing_is_lost(as_administrator: Client, administrator: User) -> None:
    first, second = (received_event(session=f"cs_test_{number}") for number in (1, 2))
    chosen = {"action": "reprocess_chosen", "_selected_action": [first.pk, second.pk]}

    answer = as_administrator.post(LIST, chosen)

    assert said(answer) == ["El proveedor de pagos no responde. Los eventos quedan guardados y se reintentan solos."]
    assert done_by_the_office(first) == [("reprocessed", "failed", "Nora")]
    assert done_by_the_office(second) == []
    assert "El proveedor de pagos no respondió. No se perdió nada" in text_of(as_administrator.get(page(first)))
    asked = ask_reprocessing([first.pk, second.pk], "Elegidos", by=administrator)
    run_reprocessing(asked.pk)
    asked.refresh_from_db()
    assert asked.state == ReprocessingState.STOPPED
    assert "Se cortó: el proveedor de pagos no responde." in text_of(as_administrator.get(f"{RUNS}{asked.pk}/change/"))


def test_all_that_a_filter_shows_are_reprocessed_by_a_job(as_administrator: Client, invoice: Invoice) -> None:
    settled, broken = failed_event(1, body=received(invoice)), failed_event(2)
    other = received_event()

    answer = as_administrator.post(f"{LIST}reprocesar/?source=cobranzas-rapipago")

    asked = Reprocessing.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{RUNS}{asked.pk}/change/")
    assert said(answer) == ["Empezamos a reprocesar 2 eventos. Acá vas a ver cómo va."]
    assert asked.chosen_by == "Todos los de la lista con source: cobranzas-rapipago"
    assert "Va por 0 de 2 eventos" in text_of(as_administrator.get(answer["Location"]))
    run_jobs()
    run_reprocessing(asked.pk)  # a job may run twice
    asked.refresh_from_db()
    assert asked.state == ReprocessingState.DONE
    assert [done_by_the_office(event) for event in (settled, broken, other)] == [
        [("reprocessed", "processed", "Nora")],
        [("reprocessed", "failed", "Nora")],
        [],
    ]
    shown = text_of(as_administrator.get(answer["Location"]))
    assert "1 de 2 eventos quedaron terminados" in shown
    assert page(broken) in shown
    assert Payment.objects.filter(channel="rapipago").count() == 1


def test_many_chosen_are_left_to_a_job_and_nothing_is_said_as_such(as_administrator: Client) -> None:
    events = [failed_event(number) for number in range(11)]
    chosen = {"action": "reprocess_chosen", "_selected_action": [event.pk for event in events]}

    answer = as_administrator.post(LIST, chosen)

    assert answer["Location"] == f"{RUNS}{Reprocessing.objects.get().pk}/change/"
    assert len(Reprocessing.objects.get().event_ids) == 11
    WebhookEvent.objects.update(status=WebhookStatus.IGNORED)
    nothing = as_administrator.post(f"{LIST}reprocesar/")
    assert (nothing["Location"], said(nothing)[-1]) == (LIST, "No hay nada para reprocesar: ya estaban terminados.")


def test_one_is_let_be_for_good_with_a_reason(as_administrator: Client, invoice: Invoice) -> None:
    event = failed_event(body=received(invoice))
    key = as_administrator.get(page(event, "descartar")).context["form"]["key"].value()
    assert "Escribí por qué se descarta." in text_of(as_administrator.post(page(event, "descartar"), {"key": key}))
    form = {"key": key, "why": "Era <b>de prueba</b>."}
    question = text_of(as_administrator.post(page(event, "descartar"), form))
    assert "¿Descartar el evento msg_1?" in question
    assert "Era &lt;b&gt;de prueba&lt;/b&gt;." in question

    answer = as_administrator.post(page(event, "descartar"), {**form, "confirmado": "1"})

    assert said(answer)[-1] == "Lo descartamos: no se reintenta más."
    event.refresh_from_db()
    assert (event.status, event.last_error, event.finished_at) == (WebhookStatus.IGNORED, "", timezone.now())
    assert done_by_the_office(event) == [("ignored", "ignored", "Nora")]
    as_administrator.post(page(event, "reprocesar"))
    assert not Payment.objects.exists()
    assert "no hay nada que descartar" in text_of(as_administrator.get(page(event, "descartar")))


def test_only_who_may_acts_on_events(as_owner: Client, anonymous: Client, as_clerk: Client, staff: User) -> None:
    event = failed_event()
    viewer = may(staff, "view_webhookevent")
    shown = text_of(viewer.get(page(event)))
    for path in (page(event, "reprocesar"), page(event, "descartar"), f"{LIST}reprocesar/"):
        assert f'"{path}"' not in shown
        assert viewer.post(path).status_code == 403, path
        assert as_owner.post(path).status_code == 404, path
        assert anonymous.post(path).status_code == 302, path
    clerk = may(staff, "view_webhookevent", "reprocess_webhookevent")
    assert clerk.get(page(event, "reprocesar")).status_code == 405
    assert clerk.get(page(event, "descartar")).status_code == 403
    assert not OfficeEventAction.objects.exists()
    event.refresh_from_db()
    assert (event.status, event.attempts) == (WebhookStatus.FAILED, 3)


@pytest.mark.django_db(transaction=True)
def test_let_be_and_reprocessed_at_once_one_wins(invoice: Invoice, administrator: User, staff: User) -> None:
    event = failed_event(body=received(invoice))

    at_once(partial(ignore_event, event, "Era de prueba.", by=staff), partial(reprocess_event, event, by=administrator))

    event.refresh_from_db()
    assert event.status in {WebhookStatus.IGNORED, WebhookStatus.PROCESSED}
    with pytest.raises(EventFinished):
        reprocess_event(event, by=administrator)
