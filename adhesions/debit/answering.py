"""What the bank answers of the debits that were presented to it: accepted, rejected, or reversed days later."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, time

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from adhesions.debit.bank_files import BankAnswer, BankResult, read_answer
from adhesions.debit.collecting import decide
from adhesions.debit.refusals import UnknownPresentation
from adhesions.models import BankAnswerFile, BankPresentation, DebitTry
from billing.decline_words import decline_words
from billing.discrepancies import open_discrepancy
from billing.enums import DiscrepancyKind, PaymentState
from billing.gateway.reports import MoneyReport, MoneyStatus
from billing.locks import lock_account
from billing.refunds import record_reversal
from billing.refusals import PaymentNotRefundable, RefundExceeds, RefundKeyUsed
from billing.settlement import settle_payment
from oficina.shared.money import CURRENCY

CAUSE = "bank_answer"
"""The cause of what a bank's answer does."""

_AT_NOON = time(12)


@dataclass
class AnswerOutcome:
    """What an answer did: how many debits it accepted, rejected and reversed, and the references that are none of this
    presentation's. `is_new` is false when the same file was loaded before, and nothing was done.
    """

    file: BankAnswerFile
    is_new: bool
    accepted: int = 0
    rejected: int = 0
    reversed: int = 0
    unknown: list[str] = field(default_factory=list)


def load_answer(content: bytes, *, by: User, now: datetime) -> AnswerOutcome:
    """Apply the bank's answer, whole, in one transaction; loading the same file again changes nothing.

    Each debit is settled by the acts that settle any payment, so an answer that comes in two files is applied once
    too. What does not fit the ledger is put before the office. Raises BankFileRefusedError and UnknownPresentation.
    """
    answer = read_answer(content)
    with transaction.atomic():
        presentation = BankPresentation.objects.filter(number=answer.presentation).first()
        if presentation is None:
            raise UnknownPresentation(answer.presentation)
        file, is_new = BankAnswerFile.objects.get_or_create(
            sha256=hashlib.sha256(content).hexdigest(),
            defaults={"presentation": presentation, "content": content, "loaded_at": now, "loaded_by": by},
        )
        outcome = AnswerOutcome(file, is_new)
        if not is_new:
            return outcome
        tries = presentation.tries.select_related("payment", "debit__mandate")
        by_reference = {made.payment.public_id: made for made in tries}
        for account_id in sorted({made.payment.account_id for made in by_reference.values()}):
            lock_account(account_id)
        for told in answer.answers:
            made = by_reference.get(told.reference)
            if made is None:
                outcome.unknown.append(told.reference)
            else:
                _apply(made, told, outcome, now)
        _tell_unknown(outcome)
    return outcome


def _apply(made: DebitTry, told: BankAnswer, outcome: AnswerOutcome, now: datetime) -> None:
    match told.result:
        case BankResult.ACCEPTED:
            _settle(made, told, MoneyStatus.PAID)
            outcome.accepted += 1
        case BankResult.REJECTED:
            _settle(made, told, MoneyStatus.FAILED)
            outcome.rejected += 1
        case BankResult.REVERSED:
            _reverse(made, told)
            outcome.reversed += 1
    decide(made.debit_id, now=now)


def _settle(made: DebitTry, told: BankAnswer, money: MoneyStatus) -> None:
    payment = settle_payment(
        made.payment_id,
        MoneyReport(
            reference=told.reference,
            money=money,
            amount=told.amount,
            currency=CURRENCY,
            provider_payment_id=None,
            paid_at=_instant(told),
            failure_code=told.reason,
        ),
        cause=CAUSE,
    )
    if money is MoneyStatus.FAILED and payment.state == PaymentState.SUCCEEDED:
        _put_before_the_office(DiscrepancyKind.OPERATION_DIFFERS, made, told)


def _reverse(made: DebitTry, told: BankAnswer) -> None:
    try:
        record_reversal(
            made.payment_id,
            amount=told.amount,
            operation_number=f"{told.reference}-{told.result}",
            reversed_at=_instant(told),
            reason=decline_words(told.reason),
        )
    except (PaymentNotRefundable, RefundExceeds, RefundKeyUsed):
        _put_before_the_office(DiscrepancyKind.MORE_WITHDRAWN, made, told)


def _put_before_the_office(kind: DiscrepancyKind, made: DebitTry, told: BankAnswer) -> None:
    open_discrepancy(
        kind,
        about=f"bank:{told.reference}:{told.result}",
        payment=made.payment,
        detail={"result": told.result, "reason": told.reason, "amount": str(told.amount)},
    )


def _tell_unknown(outcome: AnswerOutcome) -> None:
    for reference in outcome.unknown:
        open_discrepancy(
            DiscrepancyKind.UNKNOWN_OBJECT,
            about=f"bank:{outcome.file.presentation.number}:{reference}",
            detail={"presentation": outcome.file.presentation.number, "reference": reference},
        )


def _instant(told: BankAnswer) -> datetime:
    """A bank tells days; noon of one falls on that day whatever the time zone."""
    return min(timezone.make_aware(datetime.combine(told.answered_on, _AT_NOON)), timezone.now())
