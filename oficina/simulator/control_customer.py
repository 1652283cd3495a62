"""The part of the fault API that is the customer, without a browser."""

from collections.abc import Callable

from flask import Blueprint, Response, abort, jsonify

from oficina.simulator.cards import APPROVED, DECLINED
from oficina.simulator.control_body import Body, sent
from oficina.simulator.objects import Session
from oficina.simulator.simulation import Simulation


def install(control: Blueprint, simulation: Simulation) -> None:
    """Add what a customer can do to a session."""
    payments, setups = simulation.payments, simulation.setups

    def decline(session_id: str, body: Body) -> Session:
        in_setup = simulation.sessions.get(session_id)["mode"] == "setup"
        act = setups.save_card if in_setup else payments.pay
        return act(session_id, body.card(DECLINED), email=body.text("email"))

    def misreport(session_id: str, body: Body) -> Session:
        return simulation.sessions.misreport(
            session_id, amount_total=body.amount("amount_total"), currency=body.text("currency")
        )

    acts: dict[str, Callable[[str, Body], Session]] = {
        "pay": lambda session, body: payments.pay(session, body.card(APPROVED), email=body.text("email")),
        "save-card": lambda session, body: setups.save_card(session, body.card(APPROVED), email=body.text("email")),
        "decline": decline,
        "pay-later": lambda session, body: payments.pay_later(session, email=body.text("email")),
        "settle": lambda session, _body: payments.settle(session),
        "fail": lambda session, _body: payments.fail(session),
        "expire": lambda session, _body: simulation.sessions.expire(session),
        "misreport": misreport,
    }

    @control.post("/sessions/<session_id>/<act>")
    def customer(session_id: str, act: str) -> Response:
        if act not in acts:
            abort(404, f"there is no such act; there are: {', '.join(acts)}")
        return jsonify(acts[act](session_id, sent()))
