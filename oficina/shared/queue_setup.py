"""What is set up once for the queue, in every process (`PROCRASTINATE_ON_APP_READY`)."""

from procrastinate import App

from oficina.shared.job_failures import keep_failures
from oficina.shared.queue_connections import enqueue_in_transactions


def set_up_queue(app: App) -> None:
    """Called by procrastinate with its app."""
    enqueue_in_transactions(app)
    keep_failures(app)
