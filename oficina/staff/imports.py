"""The kinds of file that the portal imports, those that others depend on first, and what opens each to the office."""

from collections.abc import Mapping
from typing import Final

from accounts.imports import ACCOUNTS
from billing.imports.charges import CHARGES
from billing.imports.invoices import INVOICES
from billing.imports.lines import LINES
from billing.imports.payments import PAYMENTS
from oficina.shared.imports.kinds import ImportKind
from tramites.places.imports import PLACES

IMPORT_KINDS: Final = (ACCOUNTS, INVOICES, LINES, CHARGES, PAYMENTS, PLACES)

PERMISSIONS: Final[Mapping[str, str]] = {
    ACCOUNTS.name: "staff.import_accounts",
    INVOICES.name: "staff.import_invoices",
    LINES.name: "staff.import_invoices",
    CHARGES.name: "staff.import_charges",
    PAYMENTS.name: "staff.import_payments",
    PLACES.name: "tramites.import_paymentplaces",
}
"""By the name of a kind: who may bring such a file. A file of payments moves money, one of bills decides who owes."""


def kind_called(name: str) -> ImportKind:
    """The kind with this name. Raises KeyError."""
    return {kind.name: kind for kind in IMPORT_KINDS}[name]
