"""`python -m oficina.simulator`: run the local Stripe until SIGTERM or SIGINT."""

import argparse
import logging
import os
import signal
import socket
import sys
import threading
from pathlib import Path

from oficina.simulator import server
from oficina.simulator.deliveries import DeliveryPolicy
from oficina.simulator.fees import FeeSchedule
from oficina.simulator.objects import API_VERSION
from oficina.simulator.simulation import Settings, Simulation


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="oficina.simulator", description="A local stand-in for Stripe.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument(
        "--port", type=int, default=8001, help="0 takes a free one, told in the line printed when ready"
    )
    parser.add_argument("--public-url", help="where browsers reach it, when that is not http://HOST:PORT")
    parser.add_argument("--state", type=Path, required=True, help="folder of the database, made when it is not there")
    parser.add_argument("--webhook-url", help="where events are sent; without it none is")
    parser.add_argument(
        "--webhook-secret", action="append", default=[], help="signs the webhooks; twice during a rotation"
    )
    parser.add_argument("--api-key", default="sk_test_oficina")
    parser.add_argument("--merchant-name", default="Comercio de prueba")
    parser.add_argument("--api-version", default=API_VERSION, help="what events say they are shaped as")
    parser.add_argument("--least-amount", type=int, default=50, help="minor units")
    parser.add_argument("--most-amount", type=int, default=99_999_999, help="minor units")
    parser.add_argument("--fee-basis-points", type=int, default=350, help="kept of each charge, in hundredths of 1 %%")
    parser.add_argument("--fee-fixed", type=int, default=0, help="kept of each charge besides, minor units")
    parser.add_argument("--dispute-fee", type=int, default=150_000, help="kept of each dispute, minor units")
    parser.add_argument("--redirect-wait", type=float, default=10.0, help="seconds to wait for the webhook's answer")
    parser.add_argument("--webhook-timeout", type=float, default=10.0, help="seconds")
    parser.add_argument(
        "--retry-delays",
        default="1,2,5,10,30,60,120,300",
        help="seconds between attempts, separated by commas",
    )
    arguments = parser.parse_args(argv)
    if arguments.webhook_url and not arguments.webhook_secret:
        parser.error("--webhook-url needs --webhook-secret")
    return arguments


def _settings(arguments: argparse.Namespace, port: int) -> Settings:
    delays = tuple(float(delay) for delay in str(arguments.retry_delays).split(",") if delay)
    return Settings(
        state=arguments.state,
        public_url=(arguments.public_url or f"http://{arguments.host}:{port}").rstrip("/"),
        api_key=arguments.api_key,
        webhook_url=arguments.webhook_url,
        webhook_secrets=tuple(arguments.webhook_secret),
        merchant_name=arguments.merchant_name,
        api_version=arguments.api_version,
        least_amount=arguments.least_amount,
        most_amount=arguments.most_amount,
        redirect_wait_seconds=arguments.redirect_wait,
        delivery=DeliveryPolicy(arguments.webhook_timeout, delays),
        fees=FeeSchedule(arguments.fee_basis_points, arguments.fee_fixed, arguments.dispute_fee),
    )


def main(argv: list[str]) -> None:
    """Run until a signal says stop; exits with a message when the port is taken."""
    arguments = _arguments(argv)
    logging.basicConfig(level=logging.WARNING, format="simulator: %(levelname)s %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    try:
        listener = socket.create_server((arguments.host, arguments.port), backlog=128)
    except OSError as problem:
        sys.exit(f"simulator: cannot listen on {arguments.host}:{arguments.port}: {os.strerror(problem.errno or 0)}")
    settings = _settings(arguments, listener.getsockname()[1])
    simulation = Simulation(settings)
    httpd = server.serve(listener, server.create_app(simulation))
    simulation.start()
    threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.1}, name="http", daemon=True).start()
    sys.stdout.write(f"Local Stripe ready at {settings.public_url}\n")
    sys.stdout.flush()
    stop.wait()
    httpd.shutdown()
    simulation.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
