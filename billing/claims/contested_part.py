"""What the m³ above the average cost on a bill that is presumed wrong.

Ley 24.240, art. 31: of such a bill the customer pays only the average consumption while the claim is open, and of any
bill only what they do not contest. The portal takes whole bills, so it says how much that is and where to pay the rest.
"""

from dataclasses import dataclass
from decimal import Decimal

from billing.billed_periods import cubic_metres
from billing.models import Invoice, InvoiceLine
from billing.unusual_consumption import UnusualConsumption
from oficina.shared.money import ZERO, round_to_cents

_CUBIC_METRES = "m³"


@dataclass(frozen=True)
class ContestedPart:
    """The m³ above the average and their price on this bill in pesos, with VAT; None when its lines do not tell."""

    used: Decimal
    price: Decimal | None

    @property
    def used_words(self) -> str:
        """`42 m³`."""
        return cubic_metres(self.used)


def contested_part(invoice: Invoice, unusual: UnusualConsumption) -> ContestedPart:
    """What of a bill, presumed wrong by `unusual`, is above the average. One query unless it was loaded with its lines.

    A tariff by blocks has lines for a part of the consumption each; what the m³ above the average cost is then for the
    office to say.
    """
    above = round_to_cents(unusual.used - unusual.average)
    measured = [line for line in invoice.lines.all() if line.unit == _CUBIC_METRES]
    if not measured or any(line.quantity != unusual.used for line in measured):
        return ContestedPart(above, None)
    return ContestedPart(above, sum((_price(line, above) for line in measured), ZERO))


def _price(line: InvoiceLine, cubic: Decimal) -> Decimal:
    net = round_to_cents(line.unit_price * cubic)
    return net + round_to_cents(net * line.vat_rate / 100)
