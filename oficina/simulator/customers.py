"""Customers: whoever saves payment methods to be charged later."""

from dataclasses import dataclass, field

from oficina.simulator.clock import Clock
from oficina.simulator.errors import no_such
from oficina.simulator.events import NO_REQUEST, Events
from oficina.simulator.identifiers import new_id
from oficina.simulator.objects import EventRequest
from oficina.simulator.saved_objects import CUSTOMERS, Customer
from oficina.simulator.store import Store


@dataclass(frozen=True)
class NewCustomer:
    """A customer asked for; everything may be left out."""

    email: str | None = None
    name: str | None = None
    phone: str | None = None
    description: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)


class Customers:
    """The acts on customers."""

    def __init__(self, store: Store, clock: Clock, events: Events) -> None:
        self._store = store
        self._clock = clock
        self._events = events

    def create(self, wanted: NewCustomer, request: EventRequest = NO_REQUEST) -> Customer:
        """Make one; as in Stripe, a mail may have several."""
        customer: Customer = {
            "id": new_id("cus", 14),
            "object": "customer",
            "created": self._clock.now(),
            "address": None,
            "balance": 0,
            "currency": None,
            "delinquent": False,
            "description": wanted.description,
            "email": wanted.email,
            "livemode": False,
            "metadata": wanted.metadata,
            "name": wanted.name,
            "phone": wanted.phone,
            "tax_exempt": "none",
        }
        with self._store.transaction():
            self._store.insert(CUSTOMERS, customer)
            self._events.emit("customer.created", customer, request)
        return customer

    def get(self, customer_id: str, *, parameter: str = CUSTOMERS.parameter) -> Customer:
        """A customer. Raises StripeError (404), naming the parameter that named it."""
        customer = self._store.find(CUSTOMERS, customer_id)
        if customer is None:
            raise no_such(CUSTOMERS.name, customer_id, parameter)
        return customer
