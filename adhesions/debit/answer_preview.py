"""What a bank's answer would do, told before it does anything."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from adhesions.debit.bank_files import BankAnswer, BankResult, read_answer
from adhesions.debit.refusals import UnknownPresentation
from adhesions.models import BankAnswerFile, BankPresentation
from oficina.shared.money import ZERO


@dataclass(frozen=True, kw_only=True)
class AnswerGroup:
    """The debits of an answer with one result and one reason (the bank's code, empty when accepted). Pesos."""

    result: BankResult
    reason: str
    count: int
    total: Decimal


@dataclass(frozen=True, kw_only=True)
class AnswerPreview:
    """What an answer tells of its presentation. `unknown` are references that are none of it; `count` and `total` are
    those of the whole file. `loaded` is the same file, when it was loaded before: then it would do nothing.
    """

    presentation: BankPresentation
    groups: list[AnswerGroup]
    unknown: list[str]
    count: int
    total: Decimal
    loaded: BankAnswerFile | None


def preview_answer(content: bytes) -> AnswerPreview:
    """Read an answer as `load_answer` will. Changes nothing. Raises BankFileRefusedError and UnknownPresentation."""
    read = read_answer(content)
    presentation = BankPresentation.objects.filter(number=read.presentation).first()
    if presentation is None:
        raise UnknownPresentation(read.presentation)
    presented = set(presentation.tries.values_list("payment__public_id", flat=True))
    loaded = BankAnswerFile.objects.filter(sha256=hashlib.sha256(content).hexdigest())
    return AnswerPreview(
        presentation=presentation,
        groups=_grouped([answer for answer in read.answers if answer.reference in presented]),
        unknown=[answer.reference for answer in read.answers if answer.reference not in presented],
        count=len(read.answers),
        total=sum((answer.amount for answer in read.answers), ZERO),
        loaded=loaded.select_related("loaded_by", "presentation").defer("content").first(),
    )


def _grouped(answers: Sequence[BankAnswer]) -> list[AnswerGroup]:
    amounts: defaultdict[tuple[BankResult, str], list[Decimal]] = defaultdict(list)
    for answer in answers:
        amounts[answer.result, answer.reason].append(answer.amount)
    return [
        AnswerGroup(result=result, reason=reason, count=len(same), total=sum(same, ZERO))
        for (result, reason), same in sorted(amounts.items())
    ]
