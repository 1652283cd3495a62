"""The office's work lists in a browser: an event that failed, a discrepancy, and a job that failed."""

import pytest
from django.db import connection
from playwright.sync_api import expect
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.discrepancies import open_discrepancy
from billing.enums import DiscrepancyKind, DiscrepancyState, WebhookStatus
from billing.models import WebhookEvent
from oficina.shared.models import JobFailure
from tests.billing.channels.signing import received
from tests.factories.billing import InvoiceFactory
from tests.factories.channels import CollectionChannelFactory
from tests.live.browsing import Visits
from tests.live.portal import Portal
from tests.live.test_office_money import clerk, opened_by, press


def a_failed_event() -> WebhookEvent:
    """Of a channel that nobody created yet; tried so often that the worker leaves it alone for years."""
    return WebhookEvent.objects.create(
        source="cobranzas-rapipago", event_id="msg_1", event_type="payment.received",
        body=received(InvoiceFactory.create()), status=WebhookStatus.FAILED, attempts=24,
        last_error="DoesNotExist: CollectionChannel matching query does not exist.",
    )  # fmt: skip


def a_failed_job() -> int:
    """The nightly tidying, which failed for lack of memory."""
    job_id = app.configure_task("shared.tidy_up", schedule_in={"days": 1}).defer(timestamp=1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job_id])
        cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", [job_id])
    JobFailure.objects.create(job_id=job_id, attempt=0, error="MemoryError: no room (oficina/shared/tasks.py:70)")
    return job_id


@pytest.mark.expects_complaints
def test_an_event_is_reprocessed_and_a_discrepancy_worked_on(portal: Portal, visits: Visits) -> None:
    event = a_failed_event()
    found = open_discrepancy(DiscrepancyKind.UNKNOWN_OBJECT, about="message:msg_1", event=event)
    treasurer = clerk(
        "view_webhookevent", "reprocess_webhookevent", "view_discrepancy", "resolve_discrepancy", "view_payment"
    )
    office = opened_by(visits, treasurer)

    office.goto("/admin/billing/webhookevent/?status__exact=failed")
    office.locator("#result_list tbody th a").first.click()
    expect(office.get_by_text("No encontramos en el portal el canal")).to_be_visible()
    press(office, "Reprocesar")
    expect(office.get_by_text("1 evento volvió a fallar")).to_be_visible()
    CollectionChannelFactory.create()
    press(office, "Reprocesar")
    expect(office.get_by_text("Reprocesamos 1 evento.")).to_be_visible()
    event.refresh_from_db()
    assert event.status == WebhookStatus.PROCESSED
    with office.expect_navigation():
        office.get_by_role("link", name="Objeto desconocido").click()
    press(office, "Tomarla")
    expect(office.get_by_text("La tiene Olga Ríos.")).to_be_visible()
    office.get_by_label("Nota", exact=True).fill("Faltaba crear el canal.")
    press(office, "Guardar nota")
    expect(office.locator(".office-timeline")).to_contain_text("Faltaba crear el canal.")
    with office.expect_navigation():
        office.get_by_role("link", name="Resolver", exact=True).click()
    office.get_by_label("Error del canal o del proveedor").check()
    office.get_by_label("Qué viste y qué se hizo").fill("Se creó el canal y entró el pago.")
    press(office, "Continuar")
    press(office, "Sí, resolverla")

    expect(office.get_by_text("Quedó resuelta, con tu nombre.")).to_be_visible()
    found.refresh_from_db()
    assert (found.state, found.resolved_by) == (DiscrepancyState.RESOLVED, treasurer)


def test_a_job_that_failed_says_why_and_is_tried_again(portal: Portal, visits: Visits) -> None:
    job_id = a_failed_job()
    office = opened_by(visits, clerk("view_backgroundjob", "retry_backgroundjob"))

    office.goto("/admin/staff/backgroundjob/?estado=failed")
    office.locator("#result_list tbody th a").first.click()
    expect(office.get_by_text("MemoryError: no room")).to_be_visible()
    press(office, "Reintentar")

    expect(office.get_by_text("se prueba una vez más")).to_be_visible()
    done = ProcrastinateJob.objects.filter(pk=job_id, status="succeeded")
    portal.wait_until(done.exists, "the second try")
    office.goto("/admin/procesos/")
    expect(office.get_by_role("heading", name="Tareas que corren solas")).to_be_visible()
    expect(office.get_by_text("en marcha").first).to_be_visible()
