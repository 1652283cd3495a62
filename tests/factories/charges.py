"""Charges that nobody has accepted yet."""

from datetime import date
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from billing.models import Charge
from tests.factories.accounts import ServiceAccountFactory


class ChargeFactory(DjangoModelFactory[Charge]):
    """A new meter, 12,100 pesos with VAT, raised on 20/11/2026."""

    class Meta:
        model = Charge

    account = factory.SubFactory(ServiceAccountFactory)
    charge_number = factory.Sequence(lambda n: f"C-{n:06d}")
    concept = "Cambio de medidor"
    description = "Retiro del medidor y colocación de uno nuevo"
    amount = Decimal("12100.00")
    raised_on = date(2026, 11, 20)
