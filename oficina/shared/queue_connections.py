"""Which connection enqueues a job: always Django's own, so that the job is part of the transaction that causes it.

procrastinate does so in the web. In its worker it replaces the app's connector by one with connections of its own, and
whatever a job enqueues would be there before its cause is committed, and stay when that is rolled back.
"""

from procrastinate import App
from procrastinate.connector import BaseConnector
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from oficina.shared.audit.jobs import tell_the_job


class _WorkerConnector(PsycopgConnector):
    """A worker fetches and finishes jobs, asynchronously, on its own connections; its jobs enqueue on theirs."""

    def __init__(self, enqueuing: DjangoConnector) -> None:
        super().__init__(kwargs=connector_params(enqueuing.alias))
        self._enqueuing = enqueuing

    def get_sync_connector(self) -> BaseConnector:
        return self._enqueuing


class _TransactionalConnector(DjangoConnector):
    def get_worker_connector(self) -> _WorkerConnector:
        return _WorkerConnector(self)


def enqueue_in_transactions(app: App) -> None:
    """Has jobs enqueued on Django's connection, in the worker too. What a job writes is known as its."""
    app.connector = app.job_manager.connector = _TransactionalConnector()
    # After those that close connections which were left open.
    app.worker_defaults["task_middleware"] = [*(app.worker_defaults.get("task_middleware") or []), tell_the_job]
