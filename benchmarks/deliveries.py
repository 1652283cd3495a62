"""How fast new bills are mailed by one worker and by two, to a mail server on loopback that takes everything.

From the commit that plans the mails until all of them are noted as sent. Each mail's PDF is drawn by the worker, and
drawing alone is told beside it, since it is nearly all of the work.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from django.core.management import call_command
from django.db.models import Count
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateWorker
from tqdm import tqdm

from accounts.enums import TermsPurpose
from accounts.models import ServiceAccount, TermsAcceptance, User
from accounts.terms import current_terms
from adhesions.digital.planning import plan_deliveries
from adhesions.enums import DeliveryKind, DeliveryState
from adhesions.models import BillDelivery, DigitalBilling
from benchmarks.imports import import_file
from benchmarks.utility_files import (
    ACCOUNT,
    INVOICE,
    LINE,
    account_rows,
    invoice_rows,
    line_rows,
    write_file,
)
from billing.documents.bill_document import bill_pdf
from billing.models import Invoice, LateInterestPolicy
from oficina.configuration import ROOT
from oficina.shared.dates import today
from tests.mail_server import MailServer

_DRAWN_ALONE = 30
_LOOKS_EVERY_SECONDS = 0.2
_WORKERS = (1, 2)


def run(folder: Path, *, bills: int) -> None:
    """Adheres an account for each bill; then has the bills of one period mailed by one worker, of another by two."""
    call_command("migrate", verbosity=0)
    _load(folder, accounts=bills)
    _say(f"{'':<26}{'facturas':>10}{'segundos':>10}{'por segundo':>13}")
    _draw_alone()
    seconds = {}
    for workers, period in zip(_WORKERS, _periods(), strict=False):
        seconds[workers] = _deliver(folder, period, workers)
        name = "un trabajador" if workers == 1 else f"{workers} trabajadores"
        _say(f"{name:<26}{bills:>10}{seconds[workers]:>10.1f}{bills / seconds[workers]:>13.2f}")
    _say(f"Dos, de uno: {seconds[1] / seconds[2]:.2f} veces. Núcleos: {os.cpu_count()}")


def _load(folder: Path, *, accounts: int) -> None:
    LateInterestPolicy.objects.create(
        valid_from=date(2020, 1, 1), daily_rate=Decimal("0.0007"), monthly_cap=Decimal("0.0300")
    )
    for name, header, rows in (
        ("accounts", ACCOUNT, account_rows),
        ("invoices", INVOICE, invoice_rows),
        ("invoice_lines", LINE, line_rows),
    ):
        write_file(folder / f"{name}.csv", header, rows(accounts))
        import_file(folder / f"{name}.csv")
    _adhere_all()


def _adhere_all() -> None:
    user = User.objects.create(email="medida@correo.example", first_name="Medida", last_name="Prueba")
    terms = current_terms(TermsPurpose.DIGITAL_BILL)
    accounts = list(ServiceAccount.objects.order_by("pk").values_list("pk", flat=True))
    accepted = TermsAcceptance.objects.bulk_create(TermsAcceptance(user=user, terms=terms) for _ in accounts)
    DigitalBilling.objects.bulk_create(
        DigitalBilling(account_id=account, email=f"c{account}@correo.example", made_by=user, acceptance=acceptance)
        for account, acceptance in zip(accounts, accepted, strict=True)
    )


def _periods() -> list[date]:
    """When each of the bills of an account was issued."""
    return list(Invoice.objects.order_by("issued_on").values_list("issued_on", flat=True).distinct())


def _draw_alone() -> None:
    """The floor: as many bills as a process draws when it does nothing else."""
    keys = list(Invoice.objects.order_by("pk").values_list("pk", flat=True)[: _DRAWN_ALONE + 1])
    bill_pdf(keys.pop(), on=today())
    begun = time.perf_counter()
    for key in keys:
        bill_pdf(key, on=today())
    seconds = time.perf_counter() - begun
    _say(f"{'dibujar sin mandar':<26}{len(keys):>10}{seconds:>10.1f}{len(keys) / seconds:>13.2f}")


def _deliver(folder: Path, issued_on: date, workers: int) -> float:
    """Seconds until the bills that were issued on a day are all sent. Raises SystemExit when one was not."""
    server = MailServer()
    with server.serving(), _working(folder, server.url, workers):
        bills = Invoice.objects.filter(issued_on=issued_on)
        begun = time.perf_counter()
        plan_deliveries(DigitalBilling.objects.receiving(), bills, DeliveryKind.NEW, now=timezone.now())
        while BillDelivery.objects.queued().exists():
            time.sleep(_LOOKS_EVERY_SECONDS)
        seconds = time.perf_counter() - begun
    states = BillDelivery.objects.filter(invoice__issued_on=issued_on).values_list("state").annotate(Count("pk"))
    if dict(states) != {DeliveryState.SENT: bills.count()} or len(set(server.received)) != bills.count():
        raise SystemExit(f"not all were sent: {dict(states)}, the server has {len(server.received)}")
    return seconds


@contextmanager
def _working(folder: Path, email_url: str, workers: int) -> Iterator[None]:
    """So many workers as in production, started and idle."""
    environment = {**os.environ, "EMAIL_URL": email_url, "LOG_LEVEL": "WARNING"}
    command = [sys.executable, str(ROOT / "manage.py"), "procrastinate", "worker"]
    with ExitStack() as stack, (folder / "workers.log").open("ab") as log:
        for _ in range(workers):
            process = stack.enter_context(subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log))
            stack.callback(process.terminate)
        since = timezone.now() - timedelta(seconds=30)
        while ProcrastinateWorker.objects.filter(last_heartbeat__gt=since).count() < workers:
            time.sleep(_LOOKS_EVERY_SECONDS)
        yield


def _say(line: str) -> None:
    tqdm.write(line)
