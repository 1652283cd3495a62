import pytest
from django.utils import timezone

from accounts.models import AccountLink
from adhesions.digital.planning import plan_new_bills
from adhesions.models import BillDelivery, BounceSource, DigitalBilling
from tests.factories.adhesions import digital
from tests.factories.billing import InvoiceFactory
from tests.factories.bounces import BounceSourceFactory, give_bounce_secret
from tests.jobs import run_jobs


@pytest.fixture
def source(at_noon: object, db: None) -> BounceSource:
    """The mail server at noon, with a secret."""
    server = BounceSourceFactory.create()
    give_bounce_secret(server)
    return server


@pytest.fixture
def adhesion(at_noon: object, link: AccountLink) -> DigitalBilling:
    """Ana has the bills of the account mailed."""
    return digital(link)


def planned(adhesion: DigitalBilling) -> BillDelivery:
    """One more bill that is about to be mailed to her."""
    plan_new_bills([InvoiceFactory.create(account=adhesion.account, issued_on=timezone.localdate()).pk])
    return BillDelivery.objects.latest("pk")


def mailed(adhesion: DigitalBilling) -> BillDelivery:
    """One more bill that was mailed to her."""
    delivery = planned(adhesion)
    run_jobs()
    delivery.refresh_from_db()
    assert delivery.state == "sent"
    return delivery


@pytest.fixture
def sent(adhesion: DigitalBilling) -> BillDelivery:
    """A bill that was mailed to her."""
    return mailed(adhesion)
