"""The local Stripe as a real process, for tests: started on a free port, driven over HTTP, stopped or killed.

Nothing here knows Django. `SimulatorProcess` is the simulator, with its fault API from `tests.simulator_calls`;
`WebhookReceiver` is a shop that answers webhooks as a test tells it to.
"""

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self, cast
from urllib.parse import urlsplit

from tests.simulator_calls import Json, RefusedError, SimulatorCalls

__all__ = ["Json", "ReceivedWebhook", "RefusedError", "SimulatorProcess", "WebhookReceiver"]

PROJECT = Path(__file__).resolve().parent.parent
READY = "Local Stripe ready at "
START_SECONDS = 30.0
_NAP_SECONDS = 0.01


@dataclass
class SimulatorProcess(SimulatorCalls):
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

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Nothing is answered while the block runs; what came meanwhile is answered after it."""
        process = self._process
        assert process is not None
        process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            process.send_signal(signal.SIGCONT)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_exception: object) -> None:
        if self._process is not None:
            self.stop()

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

    def _end(self, send: Callable[[subprocess.Popen[str]], None]) -> int:
        process, self._process = self._process, None
        if process is None:
            raise RuntimeError("the simulator is not running")
        send(process)
        try:
            return process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        finally:
            if process.stdout is not None:
                process.stdout.close()


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

    def wait_for(self, count: int, timeout_seconds: float = 60.0) -> None:
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
