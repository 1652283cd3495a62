"""/_simulator/: the fault API. It acts for the customer without a browser and makes the simulator misbehave.

It speaks JSON and answers only to this machine. Described for users in docs/simulator.md.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, jsonify, request
from werkzeug.exceptions import HTTPException

from oficina.simulator import control_customer, control_money
from oficina.simulator.control_body import sent
from oficina.simulator.errors import StripeError
from oficina.simulator.faults import ORDERS, Option, UnknownFaultError
from oficina.simulator.objects import EVENTS
from oficina.simulator.payments import NotPayableError
from oficina.simulator.simulation import Simulation

_LONGEST_WAIT_SECONDS = 60.0


def blueprint(simulation: Simulation) -> Blueprint:
    """Every path of the fault API."""
    control = Blueprint("control", __name__, url_prefix="/_simulator")
    control.before_request(_only_this_machine)
    control.register_error_handler(HTTPException, _refused)
    control.register_error_handler(StripeError, _stripe_refused)
    control.register_error_handler(NotPayableError, _not_payable)
    control.register_error_handler(UnknownFaultError, _unknown_fault)
    _add_state(control, simulation)
    _add_faults(control, simulation)
    _add_webhook(control, simulation)
    _add_deliveries(control, simulation)
    control_customer.install(control, simulation)
    control_money.install(control, simulation)
    return control


def _add_state(control: Blueprint, simulation: Simulation) -> None:
    @control.get("/health")
    def health() -> Response:
        return jsonify(
            status="ok",
            pending_deliveries=simulation.deliveries.pending(),
            held_deliveries=len(simulation.deliveries.held()),
            now=simulation.clock.now(),
        )

    @control.post("/reset")
    def reset() -> Response:
        simulation.reset()
        return jsonify(status="ok")

    @control.post("/clock")
    def move_clock() -> Response:
        body = sent()
        if "now" in body.values:
            stands = body.values.get("stands") is True
            simulation.clock.move_world(int(body.number("now", least=0)), stands=stands)
        else:
            simulation.clock.advance(int(body.number("advance_seconds", least=1)))
        simulation.follow_clock()
        return jsonify(now=simulation.clock.now())


def _add_faults(control: Blueprint, simulation: Simulation) -> None:
    @control.get("/faults")
    def listed() -> Response:
        return jsonify([asdict(fault) for fault in simulation.faults.listed()])

    @control.post("/faults")
    def add() -> Response:
        body = dict(sent().values)
        kind, matching, remaining = body.pop("kind", None), body.pop("matching", None), body.pop("next", None)
        if not isinstance(kind, str) or not isinstance(matching, str | None):
            abort(400, "kind and matching are strings")
        if not (remaining is None or (isinstance(remaining, int) and remaining >= 1)):
            abort(400, "next is a whole number from 1, or null for until cleared")
        options: dict[str, Option] = {}
        for name, value in body.items():
            if not isinstance(value, bool | int | float | str):
                abort(400, f"{name} must be a plain value")
            options[name] = value
        fault = simulation.faults.add(kind, matching=matching, remaining=remaining, options=options)
        return jsonify(asdict(fault))

    @control.delete("/faults")
    def clear() -> Response:
        simulation.faults.clear()
        return jsonify(status="ok")


def _add_webhook(control: Blueprint, simulation: Simulation) -> None:
    @control.post("/webhook")
    def configure() -> Response:
        """Change where events go and with what they are signed; what is left out stays."""
        body = sent().values
        url = body.get("url", simulation.deliveries.webhook_url())
        secrets = body.get("secrets", simulation.deliveries.secrets())
        if not isinstance(url, str | None):
            abort(400, "url is a string or null")
        if not isinstance(secrets, list) or not secrets or not all(isinstance(secret, str) for secret in secrets):
            abort(400, "secrets is a list of strings")
        simulation.deliveries.configure(url=url, secrets=[str(secret) for secret in secrets])
        return jsonify(url=url, secrets=len(secrets))


def _add_deliveries(control: Blueprint, simulation: Simulation) -> None:
    @control.get("/deliveries")
    def log() -> Response:
        return jsonify([delivery | _readable_times(delivery) for delivery in simulation.deliveries.log()])

    @control.post("/events/<event_id>/redeliver")
    def redeliver(event_id: str) -> Response:
        with simulation.store.transaction():
            event = simulation.store.find(EVENTS, event_id)
            if event is None:
                abort(404, "there is no such event")
            simulation.deliveries.enqueue(event_id, event["type"])
        return jsonify(status="ok")

    @control.post("/release")
    def release() -> Response:
        """Let held events go: those of `event_ids`, in that order, or all of them in the `order` said."""
        body = sent()
        event_ids = body.values.get("event_ids")
        if isinstance(event_ids, list):
            released = simulation.events.release_these([str(event_id) for event_id in event_ids])
        elif (order := body.text("order") or "reversed") in ORDERS:
            released = simulation.events.release(order, body.whole("seed", least=0, default=0))
        else:
            abort(400, f"order is one of {', '.join(ORDERS)}")
        return jsonify(released=released)

    @control.post("/wait-until-idle")
    def wait_until_idle() -> tuple[Response, int]:
        """Answer when no webhook is left to send, or with 504 when that does not come in time."""
        seconds = sent().number("timeout_seconds", default=10.0, least=0)
        idle = simulation.deliveries.wait_until_idle(min(seconds, _LONGEST_WAIT_SECONDS))
        return jsonify(idle=idle, pending=simulation.deliveries.pending()), 200 if idle else 504


def _readable_times(delivery: Mapping[str, object]) -> dict[str, object]:
    due_at = delivery["due_at"]
    return {"due_at": datetime.fromtimestamp(due_at, UTC).isoformat()} if isinstance(due_at, float) else {}


def _only_this_machine() -> None:
    if not ipaddress.ip_address(request.remote_addr or "0.0.0.0").is_loopback:  # noqa: S104 -- an address that is refused
        abort(403, "only from this machine")


def _refused(error: HTTPException) -> tuple[Response, int]:
    return jsonify(error=error.description), error.code or 500


def _stripe_refused(error: StripeError) -> tuple[Response, int]:
    return jsonify(error=error.message), error.status


def _not_payable(error: NotPayableError) -> tuple[Response, int]:
    return jsonify(error=str(error), session=error.session), 409


def _unknown_fault(error: UnknownFaultError) -> tuple[Response, int]:
    return jsonify(error=str(error)), 400
