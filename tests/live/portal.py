"""What a test of the running portal holds in its hands."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from procrastinate.contrib.django.models import ProcrastinateJob

from oficina.demo.models import ReceivedMail
from tests.live.processes import LiveProcesses
from tests.simulator_process import SimulatorProcess

PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Portal:
    """The running portal of one test. Its database is the test's own: what the ORM commits, the pages show."""

    processes: LiveProcesses

    @property
    def base_url(self) -> str:
        """`http://127.0.0.1:<port>`, without a final slash."""
        return self.processes.base_url

    @property
    def simulator(self) -> SimulatorProcess:
        """The local Stripe: its customer's acts and its faults."""
        return self.processes.simulator

    def mails(self, to: str) -> list[ReceivedMail]:
        """The mail that reached an address, oldest first."""
        return list(ReceivedMail.objects.filter(recipients=to).order_by("id"))

    def wait_for_mail(self, to: str, *, subject: str = "", timeout: float = PATIENCE_SECONDS) -> ReceivedMail:
        """The newest mail to an address whose subject contains `subject`, once there is one. Raises TimeoutError."""

        def newest() -> ReceivedMail | None:
            found = [mail for mail in self.mails(to) if subject in mail.subject]
            return found[-1] if found else None

        return self.wait_until(newest, f"a mail to {to} about {subject!r}", timeout=timeout)

    def wait_until[T](self, condition: Callable[[], T | None], what: str, *, timeout: float = PATIENCE_SECONDS) -> T:
        """What `condition` gives once it gives something true. Raises TimeoutError that names `what`."""
        deadline = time.monotonic() + timeout
        while True:
            found = condition()
            if found:
                return found
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what} did not come within {timeout:.0f} s")
            time.sleep(0.05)

    def wait_for_jobs(self, *, timeout: float = PATIENCE_SECONDS) -> None:
        """Until the worker has done all that is due and has nothing in hand. Raises TimeoutError."""
        waiting = ProcrastinateJob.objects.filter(status__in=["todo", "doing"], scheduled_at=None)
        self.wait_until(lambda: not waiting.exists(), "an empty queue", timeout=timeout)

    def complaints(self) -> list[str]:
        """Lines of the logs of web and worker that tell of something that broke."""
        return [
            f"{name}: {line}"
            for name in ("web", "worker")
            for line in self.processes.log(name).read_text(errors="replace").splitlines()
            if " ERROR " in line or " CRITICAL " in line or line.startswith("Traceback")
        ]
