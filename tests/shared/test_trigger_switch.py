"""No setting of a session switches a trigger off."""

import pgtrigger
import pytest
from django.db import ProgrammingError, connection, transaction

from billing.models import PaymentEvent
from tests.factories.billing import InvoiceFactory, open_checkout

pytestmark = pytest.mark.django_db

_TRIGGERS = "SELECT array_agg(tgname)::text FROM pg_trigger WHERE tgrelid = 'billing_paymentevent'::regclass"


def test_setting_of_the_library_ignores_nothing() -> None:
    open_checkout(InvoiceFactory.create())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT set_config('pgtrigger.ignore', ({_TRIGGERS}), true)")

    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        PaymentEvent.objects.update(cause="rewritten")


def test_the_library_itself_ignores_nothing() -> None:
    open_checkout(InvoiceFactory.create())

    with (
        pytest.raises(ProgrammingError, match="Cannot update or delete"),
        pgtrigger.ignore("billing.PaymentEvent:append_only"),
        transaction.atomic(),
    ):
        PaymentEvent.objects.update(cause="rewritten")
