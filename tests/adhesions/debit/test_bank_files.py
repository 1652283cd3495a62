"""The files of bank debits: what is written, what is read, and that a damaged answer is refused whole."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adhesions.debit.bank_files import (
    ANSWER_WIDTH,
    PRESENTATION_WIDTH,
    BankAnswer,
    BankFileRefusedError,
    BankResult,
    FileFault,
    PresentedDebit,
    read_answer,
    write_presentation,
)
from billing.decline_words import decline_words
from tests.adhesions.debit.test_bank_accounts import CBU

DAY = date(2026, 12, 4)
REFERENCE = "8d69mhjxkpj2hrkhaz86"
ANSWERS = [
    BankAnswer(reference=REFERENCE, result=BankResult.ACCEPTED, reason="", amount=Decimal("1234.56"), answered_on=DAY),
    BankAnswer(reference="b" * 20, result=BankResult.REJECTED, reason="R10", amount=Decimal("0.01"), answered_on=DAY),
]


def answer_file(answers: list[BankAnswer], *, count: int | None = None, total: Decimal | None = None) -> bytes:
    """What a bank writes, by another hand than the one that reads it."""
    count = len(answers) if count is None else count
    total = sum((answer.amount for answer in answers), Decimal(0)) if total is None else total
    lines = ["H01" + "00000007" + "20261207"]
    for answer in answers:
        centavos = str(answer.amount.scaleb(2).to_integral_value()).rjust(14, "0")
        day = answer.answered_on.isoformat().replace("-", "")
        lines.append("R" + answer.reference.ljust(20) + answer.result + answer.reason.ljust(4) + centavos + day)
    lines.append("T" + str(count).rjust(8, "0") + str(int(total * 100)).rjust(16, "0"))
    return "".join(line.ljust(60) + "\r\n" for line in lines).encode()


def test_presentation_as_documented() -> None:
    debit = PresentedDebit(
        reference=REFERENCE, cbu=CBU, holder_document="20304128763", amount=Decimal("1234.56"), debit_on=DAY,
        account_number="0820014237001",
    )  # fmt: skip

    written = write_presentation(7, [debit, debit], cuit="30709182737", written_on=date(2026, 12, 3))

    lines = written.decode("ascii").split("\r\n")
    detail = f"D{REFERENCE}{CBU}2030412876300000000123456202612040820014237001"
    assert [len(line) for line in lines] == [PRESENTATION_WIDTH] * 4 + [0]
    assert [line.rstrip() for line in lines] == [
        "H01307091827370000000720261203",
        detail,
        detail,
        "T000000020000000000246912",
        "",
    ]
    assert CBU not in repr(debit)


def test_presentation_without_debits_has_header_and_trailer() -> None:
    written = write_presentation(1, [], cuit="30709182737", written_on=DAY)
    assert [line[:1] for line in written.decode().split("\r\n")] == ["H", "T", ""]


def test_answer_is_read_as_it_was_written() -> None:
    read = read_answer(answer_file(ANSWERS))
    assert (read.presentation, read.written_on, list(read.answers)) == (7, date(2026, 12, 7), ANSWERS)


def test_ends_of_lines_do_not_matter() -> None:
    written = answer_file(ANSWERS)
    assert read_answer(written.replace(b"\r\n", b"\n")) == read_answer(written[:-2]) == read_answer(written)


@pytest.mark.parametrize(
    ("damage", "fault", "line"),
    [
        (lambda _: b"", FileFault.EMPTY, 0),
        (lambda _: b" \r\n", FileFault.EMPTY, 0),
        (lambda whole: whole.replace(b"R10", "R1ñ".encode()), FileFault.NOT_ASCII, 0),
        (lambda whole: whole[:62], FileFault.TRAILER, 0),
        (lambda whole: whole[:-62], FileFault.TRAILER, 3),  # the trailer is gone
        (lambda whole: whole[:-10], FileFault.WIDTH, 4),
        (lambda whole: whole[:62] + whole[124:], FileFault.COUNT, 3),  # a detail is gone
        (lambda whole: whole.replace(b"H01", b"H02"), FileFault.HEADER, 1),
        (lambda whole: whole.replace(b"20261207", b"20261307"), FileFault.HEADER, 1),
        (lambda whole: whole.replace(b"123456", b"12345X"), FileFault.DETAIL, 2),
        (lambda whole: whole.replace(b"123456", b"123457"), FileFault.TOTAL, 4),
        (lambda whole: whole.replace(b"R10 ", b"    "), FileFault.DETAIL, 3),
        (lambda whole: whole.replace(b"86A    ", b"86AR10 "), FileFault.DETAIL, 2),
        (lambda whole: whole.replace(b"86A", b"86X"), FileFault.DETAIL, 2),
        (lambda whole: whole.replace(b"T0000", b"X0000"), FileFault.TRAILER, 4),
        (lambda whole: whole.replace(b"T0000", b"T+000"), FileFault.TRAILER, 4),
    ],
)
def test_damaged_answer_is_refused_whole(damage: Callable[[bytes], bytes], fault: FileFault, line: int) -> None:
    with pytest.raises(BankFileRefusedError) as refused:
        read_answer(damage(answer_file(ANSWERS)))
    assert (refused.value.fault, refused.value.line) == (fault, line)


def test_one_debit_answered_twice_is_refused() -> None:
    with pytest.raises(BankFileRefusedError) as refused:
        read_answer(answer_file([ANSWERS[0], ANSWERS[0]]))
    assert (refused.value.fault, refused.value.line) == (FileFault.TWICE, 3)


@given(st.integers(0, len(answer_file(ANSWERS)) - 3))
def test_answer_cut_anywhere_is_refused(length: int) -> None:
    """Up to its last line end, which adds nothing."""
    with pytest.raises(BankFileRefusedError):
        read_answer(answer_file(ANSWERS)[:length])


@given(st.binary(max_size=4 * ANSWER_WIDTH))
def test_rubbish_is_refused_and_nothing_else_happens(content: bytes) -> None:
    with pytest.raises(BankFileRefusedError):
        read_answer(content)


def test_reason_of_the_bank_has_words() -> None:
    assert decline_words("R10") == "No había fondos suficientes en la cuenta bancaria."
    assert decline_words("R99") == "No lo aprobaron."
