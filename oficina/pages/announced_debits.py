"""Which of the bills that an account has pending will be debited by themselves."""

from django.db.models import OuterRef, Subquery

from accounts.models import AccountLink
from adhesions.models import ScheduledDebit


def debit_day(link: AccountLink) -> Subquery:
    """Of a bill of the account, the local date of its next debit; nothing when none was announced."""
    announced = ScheduledDebit.objects.filter(
        invoice=OuterRef("pk"), mandate__account=link.account_id, try_on__isnull=False
    )
    return Subquery(announced.order_by("try_on").values("try_on")[:1])
