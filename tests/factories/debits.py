"""Mandates of direct debit, and debits that were announced."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.enums import TermsPurpose
from accounts.models import AccountLink, TermsAcceptance, TermsVersion
from adhesions.enums import CardSetupState, DebitMeans, DebitState
from adhesions.models import CardSetup, DirectDebit, ScheduledDebit
from billing.models import Invoice
from oficina.shared.dates import today


def debit_terms(link: AccountLink) -> TermsAcceptance:
    """That the person of a link accepted the terms of direct debit."""
    terms, _ = TermsVersion.objects.get_or_create(
        purpose=TermsPurpose.DIRECT_DEBIT, version=1, defaults={"title": "Débito automático", "body": "Texto"}
    )
    return TermsAcceptance.objects.create(user=link.user, terms=terms)


def bank_mandate(link: AccountLink, **fields: Any) -> DirectDebit:
    """A mandate on a bank account whose number nobody can read."""
    return DirectDebit.objects.create(
        account=link.account,
        made_by=link.user,
        acceptance=debit_terms(link),
        means=DebitMeans.BANK,
        cbu="x",
        bank_code="285",
        holder_document="20304128763",
        last4="5201",
        **fields,
    )


def card_mandate(link: AccountLink, **fields: Any) -> DirectDebit:
    """A mandate on a card that the provider keeps."""
    return DirectDebit.objects.create(
        account=link.account,
        made_by=link.user,
        acceptance=debit_terms(link),
        means=DebitMeans.CARD,
        **{
            "provider_customer_id": "cus_1",
            "provider_method_id": "pm_1",
            "brand": "visa",
            "last4": "0021",
            "good_until": date(2030, 12, 31),
            **fields,
        },
    )


def announced(mandate: DirectDebit, invoice: Invoice, **fields: Any) -> ScheduledDebit:
    """A debit of a bill that its notice told, for in ten days."""
    on = today() + timedelta(days=10)
    return ScheduledDebit.objects.create(
        mandate=mandate,
        invoice=invoice,
        state=DebitState.ANNOUNCED,
        **{"amount": Decimal("1000.00"), "debit_on": on, "try_on": on, **fields},
    )


def card_setup(link: AccountLink, state: CardSetupState = CardSetupState.BEGUN, **fields: Any) -> CardSetup:
    """A visit to the provider's page to save a card that nobody made there, with forty minutes to go."""
    now = timezone.now()
    made = CardSetup.objects.create(
        link=link, terms=debit_terms(link).terms, request={}, begun_at=now, expires_at=now + timedelta(minutes=40)
    )
    if state == CardSetupState.BEGUN:
        return made
    made.state, made.session_id, made.page_address = CardSetupState.OPENED, f"cs_{made.pk}", "https://example.com/"
    made.save()
    if state != CardSetupState.OPENED:
        made.state, made.decided_at = state, now
        for name, value in fields.items():
            setattr(made, name, value)
        made.save()
    return made
