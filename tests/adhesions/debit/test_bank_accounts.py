"""Reading a CBU as people type it."""

import pytest

from adhesions.debit.bank_accounts import AccountFault, AccountRefusedError, bank_code, read_cbu
from adhesions.debit.banks import bank_name

CBU = "2850590940090418135201"


@pytest.mark.parametrize("typed", [CBU, "28505909 40090418135201", " 2850590-9 4009041813520-1 "])
def test_separators_do_not_matter(typed: str) -> None:
    assert read_cbu(typed) == CBU


@pytest.mark.parametrize(
    ("typed", "fault", "digits"),
    [
        ("", AccountFault.NOT_DIGITS, 0),
        ("mi.alias.mp", AccountFault.NOT_DIGITS, 0),
        ("٢" * 22, AccountFault.NOT_DIGITS, 22),
        (CBU[:-1], AccountFault.LENGTH, 21),
        (CBU + "1", AccountFault.LENGTH, 23),
        ("2850590840090418135201", AccountFault.CHECK_DIGIT, 22),  # of the bank and branch
        ("2850590940090418135202", AccountFault.CHECK_DIGIT, 22),  # of the account
        ("2850590940090418153201", AccountFault.CHECK_DIGIT, 22),  # two digits changed places
        ("0000003100010000000001", AccountFault.WALLET, 22),  # a CVU
    ],
)
def test_what_is_no_cbu_says_what_is_wrong(typed: str, fault: AccountFault, digits: int) -> None:
    with pytest.raises(AccountRefusedError) as refused:
        read_cbu(typed)
    assert (refused.value.fault, refused.value.digits) == (fault, digits)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_the_bank_has_its_name_and_one_that_is_not_listed_its_code() -> None:
    assert bank_name(bank_code(CBU)) == "Banco Macro"
    assert bank_name("999") == "Banco 999"
