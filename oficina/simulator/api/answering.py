"""What every request to the API goes through: key, parameters, idempotency, expansion, errors, faults."""

import base64
import binascii
import hmac
import json
import logging
import socket
import time
from collections.abc import Callable
from contextlib import suppress

from flask import Flask, Response, request

from oficina.simulator.api import (
    balance_transactions,
    charges,
    checkout_sessions,
    customers,
    disputes,
    events,
    payment_intents,
    payment_methods,
    payouts,
    refunds,
    setup_intents,
)
from oficina.simulator.api.expansion import expanded, paths_of
from oficina.simulator.api.requests import ApiRequest, Handler, Route
from oficina.simulator.errors import CardRefusedError, StripeError, not_authenticated, unrecognized_url
from oficina.simulator.faults import Fault
from oficina.simulator.idempotency import Answer
from oficina.simulator.identifiers import new_id
from oficina.simulator.objects import API_VERSION
from oficina.simulator.parameters import decode
from oficina.simulator.simulation import Simulation

ROUTES: tuple[Route, ...] = (
    *checkout_sessions.ROUTES,
    *payment_intents.ROUTES,
    *charges.ROUTES,
    *refunds.ROUTES,
    *disputes.ROUTES,
    *balance_transactions.ROUTES,
    *payouts.ROUTES,
    *setup_intents.ROUTES,
    *customers.ROUTES,
    *payment_methods.ROUTES,
    *events.ROUTES,
)
_LOG = logging.getLogger(__name__)
_LONGEST_KEY = 255


def install(app: Flask, simulation: Simulation) -> None:
    """Add every route of the API to the application; any other path under /v1 is Stripe's 404."""
    for route in ROUTES:
        name = f"{route.method} {route.rule}"
        app.add_url_rule(route.rule, endpoint=name, view_func=_view(simulation, route.handler), methods=[route.method])
    app.add_url_rule(
        "/v1/<path:rest>",
        endpoint="unrecognized",
        view_func=_unrecognized,
        methods=["GET", "POST", "DELETE", "PUT"],
    )


def _view(simulation: Simulation, handler: Handler) -> Callable[..., Response]:
    def view(object_id: str = "") -> Response:
        request_id = new_id("req", 14)
        faults = simulation.faults.take("call", f"{request.method} {request.path}")
        failed = _strike(faults, "before", request_id)
        if failed is not None:
            return failed
        try:
            _authenticate(simulation.settings.api_key)
            response = _answer(simulation, handler, object_id, request_id)
        except StripeError as error:
            response = _json(error.status, json.dumps(error.body(request_id)), request_id)
        except Exception:  # noqa: BLE001 -- as in Stripe, whatever goes wrong is a 500 with a body
            _LOG.exception("%s %s", request.method, request.path)
            response = _json(500, json.dumps(_our_fault().body(request_id)), request_id)
        return _strike(faults, "after", request_id) or _with_answer_faults(simulation, response, request_id)

    return view


def _unrecognized(rest: str) -> Response:
    request_id = new_id("req", 14)
    error = unrecognized_url(request.method, f"/v1/{rest}")
    return _json(error.status, json.dumps(error.body(request_id)), request_id)


def _answer(simulation: Simulation, handler: Handler, object_id: str, request_id: str) -> Response:
    form = request.form if request.method == "POST" else request.args
    parameters = decode(list(form.items(multi=True)))
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    if key is not None and len(key) > _LONGEST_KEY:
        raise StripeError(400, f"Idempotency keys can have up to {_LONGEST_KEY} characters.")
    paths = paths_of(parameters.get("expand"))
    rest = {name: value for name, value in parameters.items() if name != "expand"}
    api_request = ApiRequest(request.method, request.path, object_id, rest, request_id, key)
    # The effect and the answer that a retry will get are one transaction.
    with simulation.store.transaction():
        if key is not None:
            kept = simulation.answers.find(key, request.path, parameters)
            if kept is not None:
                return _replayed(kept, request_id, key)
        answer = _ran(simulation, handler, api_request, paths)
        if key is not None:
            simulation.answers.keep(key, request.path, parameters, answer)
    return _json(answer.status, answer.body, request_id, key)


def _ran(simulation: Simulation, handler: Handler, api_request: ApiRequest, paths: list[str]) -> Answer:
    try:
        body = expanded(simulation, handler(simulation, api_request), paths)
    except CardRefusedError as refused:
        return Answer(refused.status, json.dumps(refused.body(api_request.request_id)), api_request.request_id)
    return Answer(200, json.dumps(body), api_request.request_id)


def _replayed(kept: Answer, request_id: str, key: str) -> Response:
    response = _json(kept.status, kept.body, request_id, key)
    response.headers["Idempotent-Replayed"] = "true"
    response.headers["Original-Request"] = kept.request_id
    return response


def _strike(faults: list[Fault], when: str, request_id: str) -> Response | None:
    """Be slow, and fail, before the call begins to run or after all of it is saved, as the faults say."""
    failed: Response | None = None
    for fault in faults:
        if fault.options["when"] != when:
            continue
        if fault.kind == "slow":
            time.sleep(float(fault.options["seconds"]))
        else:
            failed = _json(500, json.dumps(_our_fault().body(request_id)), request_id)
    return failed


def _with_answer_faults(simulation: Simulation, response: Response, request_id: str) -> Response:
    """Lose a good answer, after all is done and saved, when a fault says so."""
    if response.status_code != 200:
        return response
    for fault in simulation.faults.take("answer", f"{request.method} {request.path}"):
        if fault.options["how"] == "cut":
            _cut_connection()
        else:
            response = _json(500, json.dumps(_our_fault().body(request_id)), request_id)
    return response


def _cut_connection() -> None:
    connection = request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        with suppress(OSError):  # the caller was quicker
            connection.shutdown(socket.SHUT_RDWR)


def _our_fault() -> StripeError:
    return StripeError(500, "An unknown error occurred.", type="api_error")


def _authenticate(api_key: str) -> None:
    presented = _presented_key()
    if presented is None or not hmac.compare_digest(presented.encode(), api_key.encode()):
        raise not_authenticated(presented)


def _presented_key() -> str | None:
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip() or None
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(credentials, validate=True).decode().partition(":")[0] or None
        except (binascii.Error, UnicodeDecodeError):
            return None
    return None


def _json(status: int, body: str, request_id: str, key: str | None = None) -> Response:
    response = Response(body, status=status, content_type="application/json")
    response.headers["Request-Id"] = request_id
    response.headers["Stripe-Version"] = request.headers.get("Stripe-Version", API_VERSION)
    if key is not None:
        response.headers["Idempotency-Key"] = key
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="Stripe"'
    return response
