"""The paper of a closed shift: what it took, what was counted, and a place to sign.

It is drawn from rows that never change, so it need not be kept.
"""

from decimal import Decimal
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet

from accounts.account_numbers import format_account_number
from billing.desk.totals import shift_totals
from billing.enums import TillMeans
from billing.models import TillPayment, TillShift
from oficina.shared.dates import clock, local_day, short_date
from oficina.shared.money import ZERO, pesos
from oficina.shared.pdf import render_pdf


def render_closing(shift: TillShift) -> bytes:
    """The closing as PDF, of a shift that is closed, loaded with its people. Raises ValueError for one that is open."""
    if shift.closed_at is None or shift.closed_by is None:
        raise ValueError(f"shift {shift.pk} is open")
    totals = shift_totals(shift)
    counted, expected = shift.counted_cash or ZERO, shift.expected_cash or ZERO
    cash = next(total.amount for total in totals.by_means if total.means == TillMeans.CASH)
    context = {
        "utility": settings.UTILITY,
        "portal_host": urlsplit(settings.BASE_URL).netloc,
        "shift": shift,
        "day": short_date(local_day(shift.opened_at)),
        "facts": [
            ("Quien cobró", shift.clerk.full_name),
            ("Abierta", f"{short_date(local_day(shift.opened_at))}, {clock(shift.opened_at)} h"),
            ("Cerrada", f"{short_date(local_day(shift.closed_at))}, {clock(shift.closed_at)} h"),
            ("La cerró", shift.closed_by.full_name),
        ],
        "means": [(total.means.label, str(total.count), pesos(total.amount)) for total in totals.by_means],
        "total": (str(totals.count), pesos(totals.amount)),
        "annulled": (str(totals.annulled), pesos(totals.annulled_amount)) if totals.annulled else None,
        "cash": [
            ("Fondo inicial", pesos(shift.opening_cash)),
            ("Efectivo cobrado", pesos(cash)),
            ("Tenía que haber", pesos(expected)),
            ("Se contó", pesos(counted)),
        ],
        "difference": _difference(counted - expected),
        "lines": [_line(taken) for taken in _payments(shift)],
    }
    return render_pdf("documents/till_closing.html", context)


def _difference(amount: Decimal) -> str:
    if not amount:
        return "No hay diferencia"
    return f"{'Sobran' if amount > 0 else 'Faltan'} {pesos(abs(amount))}"


def _payments(shift: TillShift) -> QuerySet[TillPayment]:
    listed = shift.payments.select_related("payment__account", "payment__receipt").order_by("number")
    return listed.defer("payment__request", "payment__account__parcel", "payment__receipt__pdf")


def _line(taken: TillPayment) -> dict[str, str]:
    payment = taken.payment
    return {
        "number": f"{taken.number}",
        "at": clock(payment.paid_at or payment.created_at),
        "account": format_account_number(payment.account.number),
        "receipt": payment.receipt.number,
        "means": f"Tarjeta, cupón {taken.coupon}" if taken.means == TillMeans.CARD else taken.get_means_display(),
        "amount": pesos(taken.amount),
        "annulled": f"Anulado: {taken.annulment_reason}" if taken.annulled_at else "",
    }
