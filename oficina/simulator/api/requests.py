"""What a request to the API is, and what a resource declares about its routes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from oficina.simulator.errors import no_such
from oficina.simulator.objects import ApiObject, EventRequest, Kind
from oficina.simulator.parameters import Parameter
from oficina.simulator.schema import check
from oficina.simulator.simulation import Simulation


@dataclass(frozen=True)
class ApiRequest:
    """A request after authentication, its parameters still unjudged; `expand` has been taken out of them."""

    method: str
    path: str
    object_id: str
    parameters: dict[str, Parameter]
    request_id: str
    idempotency_key: str | None

    @property
    def cause(self) -> EventRequest:
        """What the events that come of this request name as their cause."""
        return {"id": self.request_id, "idempotency_key": self.idempotency_key}


type Handler = Callable[[Simulation, ApiRequest], Mapping[str, object]]


def retrieve_of[T: ApiObject](kind: Kind[T]) -> Handler:
    """The handler that answers one object of a kind, or Stripe's 404."""

    def retrieve(simulation: Simulation, request: ApiRequest) -> Mapping[str, object]:
        check(request.parameters, {})
        found = simulation.store.find(kind, request.object_id)
        if found is None:
            raise no_such(kind.name, request.object_id, kind.parameter)
        return found

    return retrieve


@dataclass(frozen=True)
class Route:
    """`rule` is a Flask rule; an identifier in it is called `object_id`."""

    method: Literal["GET", "POST"]
    rule: str
    handler: Handler
