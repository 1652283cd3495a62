"""What a bill costs on a date. The rule has one home, the SQL functions of `billing/sql/pricing.sql`, since totals of
thousands of bills, quotes and imports must all agree; these are their names in the ORM.

The price is the first printed amount whose due date has not passed; after the last, that last printed amount plus
interest on the original amount for each day of delay, rounded half up to cents. Of a bill paid in part, only the
unpaid share bears what came after (`docs/money.md`).
"""

from datetime import date

from django.db.models import DateField, F, Func, Value

from oficina.shared.money import MoneyField

_PRICED = ("status", "amount", "surcharge")
_PRINTED = ("due_on", "later_due_on", "later_amounts")


class AmountDue(Func):
    """What pays the invoice of the row wholly on a local date, in pesos; zero when it is paid, covered or void."""

    function = "billing_amount_due"

    def __init__(self, *, on: date | Func, prefix: str = "", **extra: object) -> None:
        priced, printed = ([F(prefix + column) for column in columns] for columns in (_PRICED, _PRINTED))
        held = F(prefix + "applied") + F(prefix + "covered")
        day = Value(on, output_field=DateField()) if isinstance(on, date) else on
        super().__init__(*priced, held, *printed, day, output_field=MoneyField(), **extra)


class NextPriceDay(Func):
    """The first local date after `on` on which the price of the row's invoice is another one.

    While a printed due date is ahead it is the day after it; later every day has a price of its own.
    """

    function = "billing_next_price_day"

    def __init__(self, *, on: date, prefix: str = "", **extra: object) -> None:
        super().__init__(
            F(prefix + "due_on"),
            F(prefix + "later_due_on"),
            Value(on, output_field=DateField()),
            output_field=DateField(),
            **extra,
        )
