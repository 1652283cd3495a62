"""/c/pay/<session>: the page where the customer pays or saves a card. It needs neither script nor cookie.

Going back to the shop without paying leaves the session open. After a payment it waits for the shop's answer to
`checkout.session.completed`, at most some seconds, as Stripe does, before it sends the customer to the success page.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from oficina.simulator import wording
from oficina.simulator.card_form import CardForm, declined_card, filled, prefilled
from oficina.simulator.cards import APPROVED, ARGENTINE
from oficina.simulator.objects import PAYMENT_INTENTS, PaymentIntent, Session
from oficina.simulator.payment_methods import VOUCHER
from oficina.simulator.payments import NotPayableError
from oficina.simulator.saved_objects import SETUP_INTENTS
from oficina.simulator.simulation import Simulation


def blueprint(simulation: Simulation) -> Blueprint:
    """The page and what its buttons do."""
    page = Blueprint("hosted_page", __name__)

    @page.get("/c/pay/<session_id>")
    def show(session_id: str) -> Response:
        session = simulation.sessions.find(session_id)
        if session is None:
            return _shown("missing.html", status=404)
        return _page(simulation, session, _prefilled(simulation, session))

    @page.post("/c/pay/<session_id>")
    def act(session_id: str) -> Response:
        session = simulation.sessions.find(session_id)
        if session is None:
            return _shown("missing.html", status=404)
        return _act(simulation, session)

    return page


def _act(simulation: Simulation, session: Session) -> Response:
    payments = simulation.payments
    here = redirect(_address(session), code=303)
    try:
        match request.form.get("action", "pay"):
            case "pay" | "save":
                return _with_card(simulation, session)
            case "decline":
                card = declined_card(simulation.clock.now())
                _act_of(simulation, session)(session["id"], card, email=request.form.get("email"))
            case "later":
                payments.pay_later(session["id"], email=request.form.get("email"), name=request.form.get("name"))
            case "settle":
                payments.settle(session["id"])
            case "fail":
                payments.fail(session["id"])
            case _:
                return _page(simulation, session, _prefilled(simulation, session), status=400)
    except NotPayableError as refused:
        # A second click on Pagar ends where the first one does.
        if refused.session["payment_status"] == "paid" or _is_saved(refused.session):
            return _to_success(simulation, refused.session)
    return here


def _with_card(simulation: Simulation, session: Session) -> Response:
    form = filled(request.form, simulation.sessions.known_email(session), simulation.clock.now())
    if form.card is None:
        return _page(simulation, session, form, status=422)
    tried = _act_of(simulation, session)(session["id"], form.card, email=form.email, name=form.name)
    return redirect(_address(session), code=303) if tried["status"] == "open" else _to_success(simulation, tried)


def _act_of(simulation: Simulation, session: Session) -> Callable[..., Session]:
    return simulation.setups.save_card if session["mode"] == "setup" else simulation.payments.pay


def _is_saved(session: Session) -> bool:
    return session["mode"] == "setup" and session["status"] == "complete"


def _address(session: Session) -> str:
    return f"/c/pay/{session['id']}"


def _prefilled(simulation: Simulation, session: Session) -> CardForm:
    # Shops are choosy about the country of cards that they charge without their holder.
    number = ARGENTINE if session["mode"] == "setup" else APPROVED
    return prefilled(simulation.sessions.known_email(session), simulation.clock.now(), number)


def _to_success(simulation: Simulation, session: Session) -> Response:
    event_id = simulation.sessions.details(session["id"])["completed_event"]
    if event_id is not None:
        simulation.deliveries.wait_for_answer(event_id, simulation.settings.redirect_wait_seconds)
    return redirect(_success_url(session), code=303)


def _page(simulation: Simulation, session: Session, form: CardForm, status: int = 200) -> Response:
    details = simulation.sessions.details(session["id"])
    currency = session["currency"] or ""
    intent = simulation.store.find(PAYMENT_INTENTS, session["payment_intent"] or "")
    items = [
        {
            "name": item["description"],
            "description": description,
            "quantity": item["quantity"],
            "amount": wording.amount(item["amount_total"], currency),
        }
        for item, description in zip(details["line_items"], details["product_descriptions"], strict=True)
    ]
    return _shown(
        _template(session, intent),
        status=status,
        form_targets=session["success_url"],
        session=session,
        merchant=details["merchant_name"],
        items=items,
        total=wording.amount(session["amount_total"] or 0, currency),
        form=form,
        refusal=_refusal(simulation, session),
        known_email=simulation.sessions.known_email(session),
        offers_voucher=VOUCHER in session["payment_method_types"],
        expires_at=wording.moment(session["expires_at"]),
        success_url=_success_url(session),
        test_cards=wording.test_cards(),
    )


def _refusal(simulation: Simulation, session: Session) -> str | None:
    intent = simulation.store.find(PAYMENT_INTENTS, session["payment_intent"] or "")
    if intent is not None and intent["last_payment_error"] is not None:
        return wording.reason(intent["last_payment_error"])
    setup = simulation.store.find(SETUP_INTENTS, session["setup_intent"] or "")
    if setup is not None and setup["last_setup_error"] is not None:
        return wording.reason_not_saved(setup["last_setup_error"])
    return None


def _template(session: Session, intent: PaymentIntent | None) -> str:
    if session["mode"] == "setup":
        return {"open": "setup.html", "complete": "saved.html", "expired": "setup_expired.html"}[session["status"]]
    if session["status"] == "open":
        return "pay.html"
    if session["status"] == "expired":
        return "expired.html"
    if session["payment_status"] == "paid":
        return "paid.html"
    return "voucher.html" if intent and intent["status"] == "requires_action" else "voucher_unpaid.html"


def _success_url(session: Session) -> str:
    return session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])


def _shown(template: str, *, status: int, form_targets: str | None = None, **context: object) -> Response:
    response = Response(render_template(template, **context), status=status, mimetype="text/html")
    # The form's answer is a redirection to the shop, which browsers count as a target of the form.
    targets = "'self'"
    if form_targets is not None:
        parts = urlsplit(form_targets)
        targets = f"'self' {parts.scheme}://{parts.netloc}"
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; img-src 'self'; form-action {targets}; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
