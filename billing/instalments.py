"""The documents by which a payment plan is paid: invoices of kind `instalment`.

An instalment is issued as an offer: it has a code and can be paid through every channel, and nobody owes it while the
bills of its plan are owed. It is owed from `begin_instalments` on.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from accounts.models import ServiceAccount
from billing.models import Invoice


@dataclass(frozen=True, kw_only=True)
class InstalmentDraft:
    """One instalment to be issued. `concept` is its title, 120 characters at most: `Cuota 3 de 12 del plan …`.

    `due_on` is a local date; `capital`, `interest` and `vat`, the VAT of the interest, are pesos; `vat_rate` per cent.
    """

    concept: str
    due_on: date
    capital: Decimal
    interest: Decimal
    vat: Decimal
    vat_rate: Decimal


def issue_instalments(account: ServiceAccount, drafts: Sequence[InstalmentDraft], *, now: datetime) -> list[Invoice]:
    """Issue these instalments as offers, in their order: numbered by the portal's own point of sale, each with a
    payment code, and with capital and interest as lines. In the caller's transaction; the account is locked here.

    ISSUED is told. Also for a document by which all the rest of a plan can be paid early: it stays an offer.
    """
    raise NotImplementedError(account, drafts, now)


def begin_instalments(account_id: int, invoice_ids: Collection[int]) -> None:
    """The plan is in force: these instalments are owed from now on. Twice changes nothing.

    OWED is told, so that whoever debits bills announces them.
    """
    raise NotImplementedError(account_id, invoice_ids)


def void_instalments(account_id: int, invoice_ids: Collection[int], *, at: datetime) -> None:
    """The utility no longer stands by these instalments. Money that is on them becomes credit of the account, and the
    office is told of it, as of money that comes for them later. Also of paid ones. Twice changes nothing.

    VOIDED is told; checkouts open on them are closed by a job.
    """
    raise NotImplementedError(account_id, invoice_ids, at)
