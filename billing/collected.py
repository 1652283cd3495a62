"""What came in by the ledger, and what left it again: by channel, between instants.

A payment counts on the day on which the ledger took it, as in the rendición (`billing.export`): the movements of some
days there add up to what is net of them here. What a refund or a dispute takes counts on the day on which it left, and
what comes back of one on the day on which it came back.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from billing.enums import LEFT_OR_CAME_BACK, AllocationReason
from oficina.shared.money import ZERO


class Collected(NamedTuple):
    """Pesos: `received` in so many `payments`, `returned` to whoever had paid. More may come back than leaves: then
    `returned` is negative.
    """

    payments: int = 0
    received: Decimal = ZERO
    returned: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        """What stayed, in pesos."""
        return self.received - self.returned

    def plus(self, other: "Collected") -> "Collected":
        """Both together."""
        return Collected(self.payments + other.payments, self.received + other.received, self.returned + other.returned)


type ByChannel = Mapping[str, Collected]
"""By the slug of the channel; a channel of which nothing came or left is not there."""

# Each part reads its rows by an index of its own: the payments without their table, what was returned by the few that
# were. `width_bucket` numbers the stretches between the instants from 1.
_COLLECTED = """
    WITH returned AS (
        SELECT payment_id, amount, created_at FROM billing_allocation
        WHERE reason = %(return)s AND created_at >= %(since)s AND created_at < %(until)s
        UNION ALL
        SELECT payment_id, amount, created_at FROM billing_creditentry
        WHERE reason = ANY (%(left)s) AND created_at >= %(since)s AND created_at < %(until)s
    )
    SELECT width_bucket(settled_at, %(instants)s::timestamptz[]), channel, count(*), sum(amount_received), 0.00
    FROM billing_payment WHERE settled_at >= %(since)s AND settled_at < %(until)s
    GROUP BY 1, 2
    UNION ALL
    SELECT width_bucket(returned.created_at, %(instants)s::timestamptz[]), payment.channel, 0, 0.00, -sum(amount)
    FROM returned JOIN billing_payment AS payment ON payment.id = returned.payment_id
    GROUP BY 1, 2
"""


def collected_between(instants: Sequence[datetime]) -> list[ByChannel]:
    """What was collected from each of these instants, in order, until the next: one fewer than there are. One query."""
    parameters: dict[str, datetime | str | list[str]] = {
        "instants": [instant.isoformat() for instant in instants],
        "since": instants[0],
        "until": instants[-1],
        "return": AllocationReason.RETURN.value,
        "left": [reason.value for reason in LEFT_OR_CAME_BACK],
    }
    stretches: list[defaultdict[str, Collected]] = [defaultdict(Collected) for _ in instants[1:]]
    with connection.cursor() as cursor:
        cursor.execute(_COLLECTED, parameters)
        for number, channel, *found in cursor.fetchall():
            stretch = stretches[number - 1]
            stretch[channel] = stretch[channel].plus(Collected(*found))
    return [dict(stretch) for stretch in stretches]


def in_all(parts: Sequence[Collected]) -> Collected:
    """All of these together."""
    whole = Collected()
    for part in parts:
        whole = whole.plus(part)
    return whole


def together(stretches: Sequence[ByChannel]) -> ByChannel:
    """What was collected in all of these stretches, by channel."""
    whole: defaultdict[str, Collected] = defaultdict(Collected)
    for stretch in stretches:
        for channel, part in stretch.items():
            whole[channel] = whole[channel].plus(part)
    return dict(whole)
