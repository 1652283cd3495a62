"""The local Stripe as a real process, for tests: started on a free port, driven over HTTP, stopped or killed.

Nothing here knows Django. `SimulatorProcess` is the simulator and its fault API (docs/simulator.md);
`WebhookReceiver` is a shop that answers webhooks as a test tells it to.
"""

import http.client
import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self, cast
from urllib.parse import urlsplit

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None

PROJECT = Path(__file__).resolve().parent.parent
READY = "Local Stripe ready at "
START_SECONDS = 30.0
_NAP_SECONDS = 0.01


class RefusedError(Exception):
    """The fault API said no; `status` is its HTTP status."""

    def __init__(self, status: int, answer: Json) -> None:
        super().__init__(f"{status}: {answer}")
        self.status = status
        self.answer = answer


@dataclass
class SimulatorProcess:
    """A simulator with its state in `state`. The same object can be started again on the same port and state."""

    state: Path
    webhook_url: str | None = None
    webhook_secrets: tuple[str, ...] = ("whsec_test_current",)
    api_key: str = "sk_test_simulator"
    retry_delays: tuple[float, ...] = (0.1, 0.2, 0.4)
    redirect_wait: float = 5.0
    webhook_timeout: float = 5.0
    merchant_name: str = "Aguas de Prueba"
    extra_options: tuple[str, ...] = ()
    port: int = 0
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def base_url(self) -> str:
        """The address for `StripeClient(base_addresses={"api": …})`, known once started."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Start and return when it answers. Raises RuntimeError when it does not within START_SECONDS."""
        process = subprocess.Popen(
            self._command(),
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self._process = process
        assert process.stdout is not None
        readable, _, _ = select.select([process.stdout], [], [], START_SECONDS)
        line = process.stdout.readline() if readable else ""
        if not line.startswith(READY):
            self.kill()
            raise RuntimeError(f"the simulator did not start; it said {line!r}")
        self.port = urlsplit(line.removeprefix(READY).strip()).port or 0
        return self

    def stop(self) -> int:
        """Stop as an operator does (SIGTERM); returns the exit code."""
        return self._end(lambda process: process.terminate())

    def kill(self) -> int:
        """Stop as a power cut does (SIGKILL); returns the exit code."""
        return self._end(lambda process: process.kill())

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_exception: object) -> None:
        if self._process is not None:
            self.stop()

    # The customer, without a browser.

    def pay(self, session_id: str, *, card: str | None = None, email: str | None = None) -> dict[str, Json]:
        return self._customer(session_id, "pay", card=card, email=email)

    def decline(self, session_id: str, *, card: str | None = None) -> dict[str, Json]:
        return self._customer(session_id, "decline", card=card)

    def pay_later(self, session_id: str, *, email: str | None = None) -> dict[str, Json]:
        return self._customer(session_id, "pay-later", email=email)

    def settle(self, session_id: str) -> dict[str, Json]:
        return self._customer(session_id, "settle")

    def fail(self, session_id: str) -> dict[str, Json]:
        return self._customer(session_id, "fail")

    def expire(self, session_id: str) -> dict[str, Json]:
        return self._customer(session_id, "expire")

    def misreport(
        self, session_id: str, *, amount_total: int | None = None, currency: str | None = None
    ) -> dict[str, Json]:
        """Make an open session charge another amount (minor units) or currency than was asked for."""
        return self._customer(session_id, "misreport", amount_total=amount_total, currency=currency)

    # Faults. `times` is for how many matches it holds; None is until `clear_faults`.

    def duplicate(
        self, copies: int, *, concurrent: bool = False, matching: str = "*", times: int | None = None
    ) -> None:
        """Deliver each event `copies` times, one after another or all at once."""
        self._fault("duplicate", matching, times, {"times": copies, "concurrent": concurrent})

    def twin(self, *, event_ids: int = 2, matching: str = "*", times: int | None = None) -> None:
        """Make several events, each with its own id, of one change."""
        self._fault("twin", matching, times, {"times": event_ids})

    def delay(self, seconds: float, *, matching: str = "*", times: int | None = None) -> None:
        """Deliver events later."""
        self._fault("delay", matching, times, {"seconds": seconds})

    def drop(self, *, matching: str = "*", times: int | None = None) -> None:
        """Never deliver events; the API still lists them."""
        self._fault("drop", matching, times, {})

    def lose_answer(
        self, *, how: str = "cut", matching: str = "POST /v1/checkout/sessions", times: int | None = 1
    ) -> None:
        """Do what is asked, then cut the connection (`cut`) or answer 500 (`error`) instead of telling."""
        self._fault("answer_lost", matching, times, {"how": how})

    def clear_faults(self) -> None:
        self.call("DELETE", "/_simulator/faults")

    # Webhooks, time and state.

    def deliveries(self) -> list[dict[str, Json]]:
        """Every delivery of every event with its attempts, oldest first."""
        return cast("list[dict[str, Json]]", self.call("GET", "/_simulator/deliveries"))

    def redeliver(self, event_id: str) -> None:
        self.call("POST", f"/_simulator/events/{event_id}/redeliver", {})

    def send_webhooks_to(self, url: str | None, *, secrets: tuple[str, ...] | None = None) -> None:
        """Change the address, and the secrets when given; without an address nothing is sent."""
        body: dict[str, Json] = {"url": url}
        if secrets is not None:
            body["secrets"] = list(secrets)
        self.call("POST", "/_simulator/webhook", body)

    def wait_until_idle(self, timeout_seconds: float = 10.0) -> None:
        """Wait until no webhook is left to send. Raises RefusedError (504) when that does not come in time."""
        self.call("POST", "/_simulator/wait-until-idle", {"timeout_seconds": timeout_seconds})

    def live_at(self, instant: datetime) -> None:
        """Let it be `instant` for the simulator and go on from there: for a test that stops or moves its own time."""
        self.call("POST", "/_simulator/clock", {"now": int(instant.timestamp())})

    def advance_clock(self, seconds: int) -> None:
        """Make sessions, events and keys older; the time in signatures stays."""
        self.call("POST", "/_simulator/clock", {"advance_seconds": seconds})

    def reset(self) -> None:
        self.call("POST", "/_simulator/reset", {})

    def health(self) -> dict[str, Json]:
        return cast("dict[str, Json]", self.call("GET", "/_simulator/health"))

    def call(self, method: str, path: str, body: Json = None) -> Json:
        """One call of the fault API. Raises RefusedError."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=75)
        try:
            payload = None if body is None else json.dumps(body)
            connection.request(method, path, payload, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = cast("Json", json.loads(response.read()))
        finally:
            connection.close()
        if response.status != 200:
            raise RefusedError(response.status, answer)
        return answer

    def _command(self) -> list[str]:
        options = {
            "--port": str(self.port),
            "--state": str(self.state),
            "--api-key": self.api_key,
            "--merchant-name": self.merchant_name,
            "--retry-delays": ",".join(map(str, self.retry_delays)),
            "--redirect-wait": str(self.redirect_wait),
            "--webhook-timeout": str(self.webhook_timeout),
        }
        if self.webhook_url is not None:
            options["--webhook-url"] = self.webhook_url
        secrets = [word for secret in self.webhook_secrets for word in ("--webhook-secret", secret)]
        pairs = [word for pair in options.items() for word in pair]
        return [sys.executable, "-m", "oficina.simulator", *pairs, *secrets, *self.extra_options]

    def _end(self, signal: Callable[[subprocess.Popen[str]], None]) -> int:
        process, self._process = self._process, None
        if process is None:
            raise RuntimeError("the simulator is not running")
        signal(process)
        try:
            return process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        finally:
            if process.stdout is not None:
                process.stdout.close()

    def _customer(self, session_id: str, act: str, **given: Json) -> dict[str, Json]:
        body: dict[str, Json] = {name: value for name, value in given.items() if value is not None}
        return cast("dict[str, Json]", self.call("POST", f"/_simulator/sessions/{session_id}/{act}", body))

    def _fault(self, kind: str, matching: str, times: int | None, options: dict[str, Json]) -> None:
        self.call("POST", "/_simulator/faults", {"kind": kind, "matching": matching, "next": times, **options})


@dataclass(frozen=True)
class ReceivedWebhook:
    """A webhook as it came: the raw body, the signature, and the instant (monotonic seconds)."""

    body: bytes
    signature: str
    path: str
    at: float

    @property
    def event(self) -> dict[str, Json]:
        return cast("dict[str, Json]", json.loads(self.body))


class WebhookReceiver:
    """A small shop. `answer` decides the HTTP status of each webhook (a 3xx goes to `/elsewhere`), and may sleep."""

    def __init__(self) -> None:
        self.received: list[ReceivedWebhook] = []
        self.answer: Callable[[ReceivedWebhook], int] = lambda _webhook: 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver._take(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the parent's name
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/webhooks/stripe/"

    def types(self) -> list[str]:
        """The types of the events received, in order."""
        return [str(webhook.event["type"]) for webhook in self.received]

    def wait_for(self, count: int, timeout_seconds: float = 10.0) -> None:
        """Wait until `count` webhooks came. Raises TimeoutError."""
        # Naps are counted, because a test may have stopped the clock.
        for _ in range(int(timeout_seconds / _NAP_SECONDS)):
            if len(self.received) >= count:
                return
            time.sleep(_NAP_SECONDS)
        raise TimeoutError(f"{len(self.received)} webhooks of {count}: {self.types()}")

    @contextmanager
    def running(self) -> Iterator[Self]:
        self._thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def _take(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        webhook = ReceivedWebhook(body, request.headers["Stripe-Signature"], request.path, time.monotonic())
        self.received.append(webhook)
        status = self.answer(webhook)
        request.send_response(status)
        if 300 <= status < 400:
            request.send_header("Location", "/elsewhere")
        request.send_header("Content-Length", "0")
        request.end_headers()
