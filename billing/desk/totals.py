"""What a shift of the till took, by means."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum

from billing.enums import TillMeans
from billing.models import TillShift
from oficina.shared.money import ZERO


@dataclass(frozen=True, kw_only=True)
class MeansTotal:
    """Payments by one means that were not annulled: how many, and pesos."""

    means: TillMeans
    count: int
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class ShiftTotals:
    """What a shift took, by each means, and what was annulled in it."""

    by_means: list[MeansTotal]
    annulled: int
    annulled_amount: Decimal

    @property
    def count(self) -> int:
        """How many payments stand."""
        return sum(total.count for total in self.by_means)

    @property
    def amount(self) -> Decimal:
        """What they add up to, in pesos."""
        return sum((total.amount for total in self.by_means), ZERO)


def shift_totals(shift: TillShift) -> ShiftTotals:
    """The totals of a shift, as it is now. One statement."""
    found = {
        (row["means"], row["annulled"]): row
        for row in shift.payments.annotate(annulled=Q(annulled_at__isnull=False))
        .values("means", "annulled")
        .annotate(count=Count("pk"), total=Sum("amount"))
    }
    standing = [(means, found.get((means.value, False))) for means in TillMeans]
    annulled = [row for (_, is_annulled), row in found.items() if is_annulled]
    return ShiftTotals(
        by_means=[
            MeansTotal(means=means, count=row["count"] if row else 0, amount=row["total"] if row else ZERO)
            for means, row in standing
        ],
        annulled=sum(row["count"] for row in annulled),
        annulled_amount=sum((row["total"] for row in annulled), ZERO),
    )
