"""The fault API of the local Stripe, one method for each act (docs/simulator.md). Nothing here knows Django."""

import http.client
import json
from datetime import date, datetime
from typing import cast
from urllib.parse import urlencode

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None


class RefusedError(Exception):
    """The fault API said no; `status` is its HTTP status."""

    def __init__(self, status: int, answer: Json) -> None:
        super().__init__(f"{status}: {answer}")
        self.status = status
        self.answer = answer


class SimulatorCalls:
    """What a test can tell a simulator that listens on `port`."""

    port: int

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

    def save_card(self, session_id: str, *, card: str | None = None, email: str | None = None) -> dict[str, Json]:
        """Save a card in a session in setup mode."""
        return self._customer(session_id, "save-card", card=card, email=email)

    # The provider and the banks. `payment` is a session, a PaymentIntent or a charge; amounts are minor units.

    def refund(self, payment: str, *, amount: int | None = None, reason: str | None = None) -> dict[str, Json]:
        """Refund in the provider's dashboard: the shop did not ask for it."""
        return self._act("/_simulator/refunds", payment=payment, amount=amount, reason=reason)

    def succeed_refund(self, refund_id: str) -> dict[str, Json]:
        """A pending refund arrives."""
        return self._act(f"/_simulator/refunds/{refund_id}/succeed")

    def fail_refund(self, refund_id: str, *, failure_reason: str | None = None) -> dict[str, Json]:
        """The bank sends a refund back, even one that had succeeded."""
        return self._act(f"/_simulator/refunds/{refund_id}/fail", failure_reason=failure_reason)

    def dispute(
        self,
        payment: str,
        *,
        amount: int | None = None,
        reason: str | None = None,
        inquiry: bool | None = None,
        withdraw: bool | None = None,
    ) -> dict[str, Json]:
        """Contest a payment. The money is withdrawn at once unless it is an inquiry or `withdraw` says otherwise."""
        return self._act(
            "/_simulator/disputes", payment=payment, amount=amount, reason=reason, inquiry=inquiry, withdraw=withdraw
        )

    def withdraw_dispute(self, dispute_id: str) -> dict[str, Json]:
        return self._act(f"/_simulator/disputes/{dispute_id}/withdraw")

    def reinstate_dispute(self, dispute_id: str, *, amount: int | None = None) -> dict[str, Json]:
        """Give back what was withdrawn, or a part of it."""
        return self._act(f"/_simulator/disputes/{dispute_id}/reinstate", amount=amount)

    def respond_to_dispute(self, dispute_id: str) -> dict[str, Json]:
        return self._act(f"/_simulator/disputes/{dispute_id}/respond")

    def win_dispute(self, dispute_id: str) -> dict[str, Json]:
        """Close it for the shop; what was withdrawn and is still out comes back."""
        return self._act(f"/_simulator/disputes/{dispute_id}/win")

    def lose_dispute(self, dispute_id: str) -> dict[str, Json]:
        """Close it for the card's holder; what was not withdrawn yet is."""
        return self._act(f"/_simulator/disputes/{dispute_id}/lose")

    def keep_fees(
        self, *, basis_points: int | None = None, fixed: int | None = None, dispute: int | None = None
    ) -> dict[str, Json]:
        """Change what the provider keeps from now on, until a reset."""
        return self._act("/_simulator/fees", basis_points=basis_points, fixed=fixed, dispute=dispute)

    def pay_out(self, day: date | None = None, *, currency: str | None = None) -> dict[str, Json]:
        """Send to the bank all that is held at the end of `day` (Mendoza's; today's unless said)."""
        return self._act("/_simulator/payouts", day=day.isoformat() if day else None, currency=currency)

    def books(self, first: date | None = None, last: date | None = None) -> dict[str, Json]:
        """The simulator's own totals: `days`, one by day and currency, and `totals` of all time by currency."""
        asked = {"first": first, "last": last}
        query = urlencode({name: day.isoformat() for name, day in asked.items() if day is not None})
        return cast("dict[str, Json]", self.call("GET", f"/_simulator/books?{query}"))

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

    def hold(
        self, *, size: int = 0, order: str = "reversed", seed: int = 0, matching: str = "*", times: int | None = None
    ) -> None:
        """Keep events back: until there are `size` of them, which then go in `order`, or until `release`."""
        self._fault("reorder", matching, times, {"size": size, "order": order, "seed": seed})

    def release(
        self, *, order: str | None = None, seed: int | None = None, event_ids: tuple[str, ...] | None = None
    ) -> list[str]:
        """Let held events go one after another: all in `order` (`as_made`, `reversed`, `shuffled`) or some by name."""
        named: Json = None if event_ids is None else list(event_ids)
        answer = self._act("/_simulator/release", order=order, seed=seed, event_ids=named)
        return [str(event_id) for event_id in cast("list[Json]", answer["released"])]

    def answer_500(self, *, when: str = "before", matching: str = "*", times: int | None = 1) -> None:
        """Answer API calls with 500: `before` anything is done, or `after` all is done and saved."""
        self._fault("error_500", matching, times, {"when": when})

    def be_slow(self, seconds: float, *, when: str = "after", matching: str = "*", times: int | None = None) -> None:
        """Answer API calls late: sleep `before` they begin to run, or `after` all is done and saved."""
        self._fault("slow", matching, times, {"seconds": seconds, "when": when})

    def leave_refunds_pending(self, *, times: int | None = None) -> None:
        """Make refunds that wait for `succeed_refund` or `fail_refund`."""
        self._fault("refund_pending", "*", times, {})

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

    def wait_until_idle(self, timeout_seconds: float = 60.0) -> None:
        """Wait until no webhook is left to send. Raises RefusedError (504) when that does not come in time."""
        self.call("POST", "/_simulator/wait-until-idle", {"timeout_seconds": timeout_seconds})

    def live_at(self, instant: datetime, *, stands: bool = True) -> None:
        """Let it be `instant` for the simulator, whose time stands as that of a test that stopped it, or goes on."""
        self.call("POST", "/_simulator/clock", {"now": int(instant.timestamp()), "stands": stands})

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

    def _customer(self, session_id: str, act: str, **given: Json) -> dict[str, Json]:
        return self._act(f"/_simulator/sessions/{session_id}/{act}", **given)

    def _act(self, path: str, **given: Json) -> dict[str, Json]:
        body: dict[str, Json] = {name: value for name, value in given.items() if value is not None}
        return cast("dict[str, Json]", self.call("POST", path, body))

    def _fault(self, kind: str, matching: str, times: int | None, options: dict[str, Json]) -> None:
        self.call("POST", "/_simulator/faults", {"kind": kind, "matching": matching, "next": times, **options})
