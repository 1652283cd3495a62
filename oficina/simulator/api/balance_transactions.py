"""/v1/balance_transactions: each movement of the account's balance, with the provider's fee."""

from collections.abc import Mapping

from oficina.simulator.api.listing import PAGE_FIELDS, equal, listed
from oficina.simulator.api.requests import ApiRequest, Route, retrieve_of
from oficina.simulator.balance_objects import BALANCE_TRANSACTIONS, PAYOUTS
from oficina.simulator.errors import no_such
from oficina.simulator.payouts import held_by
from oficina.simulator.schema import Field, check, text
from oficina.simulator.simulation import Simulation


def list_transactions(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
    """A page of movements, filtered by payout, source, type, currency or date. A payout's list has its own too."""
    fields: dict[str, Field] = {
        **PAGE_FIELDS,
        "currency": text(),
        "payout": text(),
        "source": text(),
        "type": text(),
    }
    values = check(request.parameters, fields)
    conditions = equal(values, "currency", "source", "type")
    if "payout" in values:
        payout_id = str(values["payout"])
        if simulation.store.find(PAYOUTS, payout_id) is None:
            raise no_such(PAYOUTS.name, payout_id, "payout")
        conditions.append(held_by(payout_id))
    return listed(simulation.store, BALANCE_TRANSACTIONS, "/v1/balance_transactions", values, conditions)


ROUTES = (
    Route("GET", "/v1/balance_transactions", list_transactions),
    Route("GET", "/v1/balance_transactions/<object_id>", retrieve_of(BALANCE_TRANSACTIONS)),
)
