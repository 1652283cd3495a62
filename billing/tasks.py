"""The jobs of billing."""

import logging

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from billing.channels.inbox import finish_messages
from billing.channels.operations import finish_operations
from billing.event_work import REPROCESS_EVENTS_TASK, run_reprocessing
from billing.expiring_checkouts import EXPIRE_CHECKOUTS_TASK
from billing.gateway.errors import ProviderUnavailableError
from billing.inbox import finish_events
from billing.listings.requests import DRAW_LISTING_TASK, draw_listing, give_listing_up, remove_expired_listings
from billing.payment_reports.acts import accept_what_channels_told
from billing.polling import check_checkouts, withdraw_checkouts_of
from billing.receipts import DELIVER_RECEIPT_TASK, deliver_receipt
from billing.reconciliation.comparison import reconcile
from billing.return_polling import check_disputes, check_refunds
from billing.stored_documents import DRAW_DOCUMENTS_TASK, draw_documents
from oficina.shared.jobs import TRIES_AGAIN_FOR_A_DAY, TRIES_AGAIN_SOON, TriesAgain, described

_log = logging.getLogger(__name__)

_WHILE_SOMEBODY_WATCHES = TriesAgain((5, 30))


@described(
    "Seguir los pagos",
    "Procesa lo que avisó el proveedor y le pregunta por pagos, devoluciones y reclamos en curso.",
)
@app.periodic(cron="* * * * *")
@app.task(name="billing.follow_payments", queueing_lock="billing.follow_payments")
def follow_payments(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every minute: events that are unfinished, then checkouts, refunds and disputes that may have changed
    unannounced.
    """
    finish_events(now=timezone.now())
    check_checkouts(now=timezone.now())
    check_refunds(now=timezone.now())
    check_disputes(now=timezone.now())


@described("Seguir los canales de cobranza", "Procesa los avisos de los canales que quedaron pendientes.")
@app.periodic(cron="* * * * *")
@app.task(name="billing.follow_channels", queueing_lock="billing.follow_channels")
def follow_channels(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every minute: messages of collection channels that are unfinished."""
    finish_messages(now=timezone.now())


@described(
    "Imputar lo que esperaba su factura",
    "Busca de nuevo la factura de la plata que avisaron los canales y no se pudo imputar.",
)
@app.periodic(cron="23 * * * *")
@app.task(name="billing.finish_operations", queueing_lock="billing.finish_operations")
def finish_operations_of_channels(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every hour: money of channels that found no bill, which may have been imported since."""
    finish_operations()


@described("Aceptar avisos de pago", "Acepta los pagos que avisó un cliente y que su canal ya informó.")
@app.periodic(cron="*/10 * * * *")
@app.task(name="billing.accept_reports", queueing_lock="billing.accept_reports")
def accept_reported_payments(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every ten minutes: payments that customers reported and that their channel has told itself since."""
    accept_what_channels_told(now=timezone.now())


@described("Conciliar con el proveedor", "Compara cada día con los libros del proveedor de pagos.")
@app.periodic(cron="7 * * * *")
@app.task(name="billing.reconcile", queueing_lock="billing.reconcile", lock="billing.reconcile")
def reconcile_days(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every hour: the days that are due are compared with the provider's books."""
    try:
        reconcile(now=timezone.now())
    except ProviderUnavailableError:
        _log.warning("the provider does not answer; the days wait for the next hour")


@described("Reprocesar eventos", "Procesa otra vez los eventos que eligió la oficina.")
@app.task(name=REPROCESS_EVENTS_TASK)
def reprocess_events(*, reprocessing_id: int) -> None:
    """Acts again on the events that somebody of the office chose."""
    run_reprocessing(reprocessing_id)


@described("Cerrar pagos abiertos", "Cierra los pagos abiertos de facturas que se pagaron por otro medio.")
@app.task(name=EXPIRE_CHECKOUTS_TASK, retry=TRIES_AGAIN_SOON)
def expire_checkouts_of(*, invoice_ids: list[int]) -> None:
    """Closes the checkouts that still offer bills which were paid elsewhere."""
    withdraw_checkouts_of(invoice_ids, cause="paid_elsewhere")


@described("Hacer y mandar un recibo", "Dibuja el recibo de un pago y se lo manda a quien pagó.")
@app.task(name=DELIVER_RECEIPT_TASK, retry=TRIES_AGAIN_FOR_A_DAY)
def draw_and_mail_receipt(*, receipt_id: int) -> None:
    """Draws the receipt of a payment that settled, and mails it to whoever paid."""
    deliver_receipt(receipt_id)


@described("Dibujar documentos", "Dibuja documentos que se emitieron y todavía no tienen su PDF.")
@app.task(name=DRAW_DOCUMENTS_TASK, retry=TRIES_AGAIN_FOR_A_DAY)
def draw_stored_documents(*, label: str, document_ids: list[int]) -> None:
    """Draws documents of one kind that were issued and are not drawn yet."""
    draw_documents(label, document_ids)


@described("Preparar un listado largo", "Dibuja el listado que pidió un cliente.")
@app.task(name=DRAW_LISTING_TASK, retry=_WHILE_SOMEBODY_WATCHES, pass_context=True)
def draw_long_listing(context: JobContext, *, listing_id: int) -> None:
    """Draws a long listing. After the last try it is given up, so that whoever asked may ask again; and so is one that
    comes back after more tries than that, which means that the workers that had it in hand were killed.
    """
    last_try = len(_WHILE_SOMEBODY_WATCHES.waits)
    if context.job.attempts > last_try:
        give_listing_up(listing_id)
        return
    try:
        draw_listing(listing_id, now=timezone.now())
    except Exception:
        if context.job.attempts == last_try:
            give_listing_up(listing_id)
        raise


@described("Borrar listados vencidos", "Borra los listados que ya nadie va a bajar.")
@app.periodic(cron="27 4 * * *")
@app.task(name="billing.remove_expired_listings", queueing_lock="billing.remove_expired_listings")
def remove_old_listings(timestamp: int) -> None:  # noqa: ARG001  given to every periodic job
    """Every night: listings whose time is over."""
    remove_expired_listings(now=timezone.now())
