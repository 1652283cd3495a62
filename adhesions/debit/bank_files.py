"""The two files of a debit in bank accounts: what the portal presents, and what the bank answers.

Both are ASCII lines of a fixed width that end in CR LF: a header, a line for each debit, a trailer with their count and
total, so that a file that was cut short or changed is known as such. `docs/bank-files.md` has each position. Amounts
are centavos in the file and pesos here. Nothing here touches the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from oficina.shared.money import ZERO

LINE_END: Final = "\r\n"
PRESENTATION_WIDTH: Final = 100
ANSWER_WIDTH: Final = 60
REFERENCE_LENGTH: Final = 20
LARGEST_FILE: Final = 20 * 1024 * 1024
"""Bytes of the largest answer that is read."""

_VERSION: Final = "01"
_AMOUNT_DIGITS: Final = 14
_TOTAL_DIGITS: Final = 16
_COUNT_DIGITS: Final = 8


class BankResult(StrEnum):
    """What the bank says of a debit. The values are those of the file."""

    ACCEPTED = "A"
    REJECTED = "R"
    REVERSED = "V"


class FileFault(StrEnum):
    """Why a whole answer is refused."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_ASCII = "not_ascii"
    WIDTH = "width"
    HEADER = "header"
    DETAIL = "detail"
    TRAILER = "trailer"
    COUNT = "count"
    TOTAL = "total"
    TWICE = "twice"


@dataclass(eq=False)
class BankFileRefusedError(Exception):
    """Nothing of the file was taken. `line` counts from 1; 0 is the file as a whole."""

    fault: FileFault
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class PresentedDebit:
    """One debit for the bank. `reference` is `Payment.public_id`, by which the bank answers; `amount` in pesos."""

    reference: str
    cbu: str
    holder_document: str
    amount: Decimal
    debit_on: date
    account_number: str

    def __repr__(self) -> str:
        return f"PresentedDebit({self.reference})"  # the CBU stays out of logs and reports of errors


@dataclass(frozen=True, kw_only=True)
class BankAnswer:
    """What the bank says of one debit. `reason` is the bank's code, empty unless it was rejected or reversed."""

    reference: str
    result: BankResult
    reason: str
    amount: Decimal
    answered_on: date


@dataclass(frozen=True, kw_only=True)
class AnswerFile:
    """A whole answer. `presentation` is the number of the file that it answers."""

    presentation: int
    written_on: date
    answers: tuple[BankAnswer, ...]


def write_presentation(number: int, debits: Sequence[PresentedDebit], *, cuit: str, written_on: date) -> bytes:
    """The file with these debits, in their order. `cuit` is the utility's, 11 digits; `written_on` a local date."""
    total = sum((debit.amount for debit in debits), ZERO)
    header = f"H{_VERSION}{cuit}{number:08d}{written_on:%Y%m%d}"
    details = [
        f"D{debit.reference:<{REFERENCE_LENGTH}}{debit.cbu}{debit.holder_document}"
        f"{_centavos(debit.amount, _AMOUNT_DIGITS)}{debit.debit_on:%Y%m%d}{debit.account_number:<20}"
        for debit in debits
    ]
    trailer = f"T{len(debits):0{_COUNT_DIGITS}d}{_centavos(total, _TOTAL_DIGITS)}"
    lines = [f"{line:<{PRESENTATION_WIDTH}}" for line in (header, *details, trailer)]
    return "".join(f"{line}{LINE_END}" for line in lines).encode("ascii")


def read_answer(content: bytes) -> AnswerFile:
    """What a bank answered, whole or not at all.

    Raises BankFileRefusedError: for a line of another width or form, for a trailer that is missing or does not tell the
    count and total of the lines, and for a debit that is answered twice with the same result.
    """
    lines = _lines(content)
    if len(lines) < 2:
        raise BankFileRefusedError(FileFault.TRAILER)
    presentation, written_on = _header(lines[0])
    answers = tuple(_detail(line, number) for number, line in enumerate(lines[1:-1], start=2))
    _check_trailer(lines[-1], len(lines), answers)
    seen: set[tuple[str, BankResult]] = set()
    for number, answer in enumerate(answers, start=2):
        if (answer.reference, answer.result) in seen:
            raise BankFileRefusedError(FileFault.TWICE, number)
        seen.add((answer.reference, answer.result))
    return AnswerFile(presentation=presentation, written_on=written_on, answers=answers)


def _lines(content: bytes) -> list[str]:
    if not content.strip():
        raise BankFileRefusedError(FileFault.EMPTY)
    if len(content) > LARGEST_FILE:
        raise BankFileRefusedError(FileFault.TOO_LARGE)
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError:
        raise BankFileRefusedError(FileFault.NOT_ASCII) from None
    # Whoever opened the file on the way may have changed the ends of its lines; what counts is their width.
    lines = text.replace(LINE_END, "\n").removesuffix("\n").split("\n")
    for number, line in enumerate(lines, start=1):
        if len(line) != ANSWER_WIDTH:
            raise BankFileRefusedError(FileFault.WIDTH, number)
    return lines


def _header(line: str) -> tuple[int, date]:
    if not line.startswith(f"H{_VERSION}") or line[19:].strip():
        raise BankFileRefusedError(FileFault.HEADER, 1)
    try:
        return _number(line[3:11]), _day(line[11:19])
    except ValueError:
        raise BankFileRefusedError(FileFault.HEADER, 1) from None


def _detail(line: str, number: int) -> BankAnswer:
    reason = line[22:26].strip()
    try:
        answer = BankAnswer(
            reference=line[1:21].strip(),
            result=BankResult(line[21]),
            reason=reason,
            amount=Decimal(_number(line[26:40])).scaleb(-2),
            answered_on=_day(line[40:48]),
        )
    except ValueError:
        raise BankFileRefusedError(FileFault.DETAIL, number) from None
    is_whole = line[0] == "R" and answer.reference and answer.amount > 0 and not line[48:].strip()
    if not is_whole or bool(reason) is (answer.result is BankResult.ACCEPTED):
        raise BankFileRefusedError(FileFault.DETAIL, number)
    return answer


def _check_trailer(line: str, number: int, answers: Sequence[BankAnswer]) -> None:
    try:
        count, total = _number(line[1:9]), Decimal(_number(line[9:25])).scaleb(-2)
    except ValueError:
        raise BankFileRefusedError(FileFault.TRAILER, number) from None
    if line[0] != "T" or line[25:].strip():
        raise BankFileRefusedError(FileFault.TRAILER, number)
    if count != len(answers):
        raise BankFileRefusedError(FileFault.COUNT, number)
    if total != sum((answer.amount for answer in answers), ZERO):
        raise BankFileRefusedError(FileFault.TOTAL, number)


def _centavos(amount: Decimal, digits: int) -> str:
    return f"{int(amount.scaleb(2)):0{digits}d}"


def _number(text: str) -> int:
    if not text.isdigit():  # int() takes signs, spaces and underscores too
        raise ValueError(text)
    return int(text)


def _day(text: str) -> date:
    _number(text)  # `fromisoformat` takes dashes and weeks too
    return date.fromisoformat(text)
