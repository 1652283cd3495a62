"""The part of the fault API that is the provider and the banks: refunds, disputes, fees, payouts, and the books."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date

from flask import Blueprint, Response, abort, jsonify, request

from oficina.simulator import books
from oficina.simulator.balance_objects import Dispute, Refund
from oficina.simulator.control_body import Body, sent
from oficina.simulator.days import day_of
from oficina.simulator.fees import FeeSchedule
from oficina.simulator.objects import CHARGES, PAYMENT_INTENTS, SESSIONS
from oficina.simulator.refunds import NewRefund
from oficina.simulator.simulation import Simulation


def install(control: Blueprint, simulation: Simulation) -> None:
    """Add what happens to money without the shop's asking."""
    _add_refunds(control, simulation)
    _add_disputes(control, simulation)
    _add_fees_and_payouts(control, simulation)
    _add_books(control, simulation)


def _add_refunds(control: Blueprint, simulation: Simulation) -> None:
    refunds = simulation.refunds

    @control.post("/refunds")
    def refund_in_dashboard() -> Response:
        body = sent()
        return jsonify(
            refunds.create(
                NewRefund(charge=_charge_of(simulation, body), amount=body.amount("amount"), reason=body.text("reason"))
            )
        )

    acts: dict[str, Callable[[str, Body], Refund]] = {
        "succeed": lambda refund, _body: refunds.succeed(refund),
        "fail": lambda refund, body: refunds.fail(refund, body.text("failure_reason") or "unknown"),
    }

    @control.post("/refunds/<refund_id>/<act>")
    def refund(refund_id: str, act: str) -> Response:
        if act not in acts:
            abort(404, f"there is no such act; there are: {', '.join(acts)}")
        return jsonify(acts[act](refund_id, sent()))


def _add_disputes(control: Blueprint, simulation: Simulation) -> None:
    disputes = simulation.disputes

    @control.post("/disputes")
    def contest() -> Response:
        body = sent()
        inquiry = body.flag("inquiry", default=False)
        withdraws = body.flag("withdraw", default=not inquiry)
        with simulation.store.transaction():
            dispute = disputes.open(
                _charge_of(simulation, body),
                amount=body.amount("amount"),
                reason=body.text("reason") or "fraudulent",
                inquiry=inquiry,
            )
            return jsonify(disputes.withdraw(dispute["id"]) if withdraws else dispute)

    acts: dict[str, Callable[[str, Body], Dispute]] = {
        "withdraw": lambda dispute, _body: disputes.withdraw(dispute),
        "reinstate": lambda dispute, body: disputes.reinstate(dispute, amount=body.amount("amount")),
        "respond": lambda dispute, _body: disputes.respond(dispute),
        "win": lambda dispute, _body: disputes.close(dispute, "won"),
        "lose": lambda dispute, _body: disputes.close(dispute, "lost"),
    }

    @control.post("/disputes/<dispute_id>/<act>")
    def dispute(dispute_id: str, act: str) -> Response:
        if act not in acts:
            abort(404, f"there is no such act; there are: {', '.join(acts)}")
        return jsonify(acts[act](dispute_id, sent()))


def _add_fees_and_payouts(control: Blueprint, simulation: Simulation) -> None:
    @control.get("/fees")
    def fees() -> Response:
        return jsonify(asdict(simulation.fees.schedule()))

    @control.post("/fees")
    def change_fees() -> Response:
        """Keep other fees from now on; what is left out stays."""
        body, now = sent(), simulation.fees.schedule()
        try:
            changed = FeeSchedule(
                basis_points=body.whole("basis_points", least=0, default=now.basis_points),
                fixed=body.whole("fixed", least=0, default=now.fixed),
                dispute=body.whole("dispute", least=0, default=now.dispute),
            )
        except ValueError as refused:
            abort(400, str(refused))
        simulation.fees.change(changed)
        return jsonify(asdict(changed))

    @control.post("/payouts")
    def pay_out() -> Response:
        body = sent()
        day = body.day("day", default=day_of(simulation.clock.now()))
        return jsonify(simulation.payouts.pay_out(day, body.text("currency") or "ars"))


def _add_books(control: Blueprint, simulation: Simulation) -> None:
    @control.get("/books")
    def read_books() -> Response:
        """Every day's totals from `first` to `last`, and the totals of all time, in minor units."""
        query = Body(request.args.to_dict())
        first, last = query.day("first", default=date.min), query.day("last", default=date.max)
        days = [
            {"day": day.isoformat(), "currency": currency, **asdict(entry)}
            for day, currency, entry in books.by_day(simulation.store)
            if first <= day <= last
        ]
        return jsonify(
            days=days, totals={currency: asdict(entry) for currency, entry in books.totals(simulation.store).items()}
        )


def _charge_of(simulation: Simulation, body: Body) -> str:
    """The charge that `payment` names: a session, a PaymentIntent or the charge itself."""
    named = body.text("payment") or ""
    session = simulation.store.find(SESSIONS, named)
    intent = simulation.store.find(PAYMENT_INTENTS, (session["payment_intent"] or "") if session else named)
    charge = simulation.store.find(CHARGES, (intent["latest_charge"] or "") if intent else named)
    if charge is None or not charge["paid"]:
        abort(404, "payment is the identifier of a session, a PaymentIntent or a charge that was paid")
    return charge["id"]
