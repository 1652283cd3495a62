"""The kinds of file that the portal imports, those that others depend on first."""

from accounts.imports import ACCOUNTS
from billing.imports.charges import CHARGES
from billing.imports.invoices import INVOICES
from billing.imports.lines import LINES
from billing.imports.payments import PAYMENTS
from tramites.places.imports import PLACES

IMPORT_KINDS = (ACCOUNTS, INVOICES, LINES, CHARGES, PAYMENTS, PLACES)
