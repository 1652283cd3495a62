"""Messages of a payment with one field wrong, by what is wrong with it: the change, and the field that is told."""

from tests.billing.channels.signing import Json

_MANY: list[Json] = [{"payment_code": "7", "amount": "10.00"}] * 101

WRONG_FIELDS: dict[str, tuple[dict[str, Json], str]] = {
    "empty number": ({"operation_number": ""}, "operation_number"),
    "number with a space": ({"operation_number": "R 1"}, "operation_number"),
    "number too long": ({"operation_number": "1" * 65}, "operation_number"),
    "number as a number": ({"operation_number": 7}, "operation_number"),
    "number with a NUL": ({"operation_number": "R\u0000"}, "operation_number"),
    "local instant": ({"paid_at": "2026-11-24T10:30:00"}, "paid_at"),
    "a date": ({"paid_at": "2026-11-24"}, "paid_at"),
    "seconds since 1970": ({"paid_at": 1_795_537_800}, "paid_at"),
    "no such day": ({"paid_at": "2026-02-30T10:30:00Z"}, "paid_at"),
    "the year one": ({"paid_at": "0001-01-01T00:00:00+14:00"}, "paid_at"),
    "in the future": ({"paid_at": "2026-11-24T12:05:01-03:00"}, "paid_at"),
    "dollars": ({"currency": "USD"}, "currency"),
    "small letters": ({"currency": "ars"}, "currency"),
    "amount as an integer": ({"amount": 1000}, "amount"),
    "amount as a float": ({"amount": 1000.5}, "amount"),
    "comma": ({"amount": "1000,00"}, "amount"),
    "thousands": ({"amount": "1.000.00"}, "amount"),
    "a thousandth": ({"amount": "1000.001"}, "amount"),
    "negative": ({"amount": "-1000"}, "amount"),
    "zero": ({"amount": "0.00"}, "amount"),
    "exponent": ({"amount": "1e3"}, "amount"),
    "not a number": ({"amount": "NaN"}, "amount"),
    "digits of another script": ({"amount": "\N{FULLWIDTH DIGIT ONE}000"}, "amount"),
    "a trillion": ({"amount": "9999999999999"}, "amount"),
    "does not add up": ({"amount": "1000.01"}, ""),
    "no bill": ({"bills": []}, "bills"),
    "bill without name": ({"bills": [{"amount": "1000.00"}]}, "bills"),
    "bill of two names": ({"bills": [{"payment_code": "7", "invoice_number": "1", "amount": "1000.00"}]}, "bills"),
    "half a name": ({"bills": [{"document_code": 18, "amount": "1000.00"}]}, "bills"),
    "another document": ({"bills": [{"document_code": 6, "invoice_number": "1", "amount": "1000.00"}]}, "bills"),
    "code as text": ({"bills": [{"document_code": "18", "invoice_number": "1", "amount": "1000.00"}]}, "bills"),
    "code that is none": ({"bills": [{"payment_code": "'; --", "amount": "1000.00"}]}, "bills"),
    "101 bills": ({"bills": _MANY, "amount": "1010.00"}, "bills"),
    "a field too many": ({"customer": "Ana"}, "customer"),
}
