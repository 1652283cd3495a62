import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import AccountLink
from billing.models import Invoice, Receipt
from tests.billing.views.page_text import words_of
from tests.factories.billing import paid_checkout

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture(autouse=True)
def _no_limit_left_over(db: None) -> None:
    cache.clear()


@pytest.fixture
def receipt(link: AccountLink, invoice: Invoice) -> Receipt:
    return paid_checkout(invoice, payer=link.user).receipt


def test_a_genuine_receipt_shows_date_amount_and_masked_account(
    anonymous: Client, link: AccountLink, receipt: Receipt
) -> None:
    answer = anonymous.get(f"/verificar/{receipt.verification_code}/")
    ending = f"{link.account.number[10:13]}-{link.account.number[13]}"
    facts = "Documento Recibo de pago Fecha del pago 24/11/2026 Importe $ 1.000,00"
    assert f"{facts} Cuenta terminada en {ending} Verificar otro" in words_of(answer)
    body = answer.content.decode()
    for hidden in (link.account.number[3:10], receipt.payment.number, receipt.number, "Ferreyra", "Suárez", "4417"):
        assert hidden not in body


def test_a_code_is_read_as_people_type_it(anonymous: Client, receipt: Receipt) -> None:
    code = receipt.verification_code
    typed = f" {code[:4].lower()} {code[4:8]}-{code[8:]}".replace("0", "o").replace("1", "l")
    answer = anonymous.get("/verificar/", {"codigo": typed})
    assert (answer.status_code, answer["Location"]) == (302, f"/verificar/{code}/")
    assert "Este documento es auténtico" in words_of(anonymous.get(f"/verificar/{typed.strip()}/"))


def test_an_unknown_code_says_so(anonymous: Client, receipt: Receipt) -> None:
    answer = anonymous.get("/verificar/AAAABBBBCCCC/")
    assert answer.status_code == 404
    assert "No emitimos ningún documento con el código AAAABBBBCCCC ." in words_of(answer)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Escribí el código que está junto al código QR."),
        ("123", "El código tiene 12 letras y números. Revisalo."),
    ],
)
def test_the_form_says_what_is_wrong(anonymous: Client, typed: str, words: str) -> None:
    answer = anonymous.get("/verificar/", {"codigo": typed})
    assert words in words_of(answer)
    assert "<title>Error: Verificar un comprobante" in answer.content.decode()


def test_an_empty_form_asks(anonymous: Client) -> None:
    page = words_of(anonymous.get("/verificar/"))
    assert "Código de verificación" in page
    assert "Revisá" not in page


def test_tries_are_limited(anonymous: Client, receipt: Receipt) -> None:
    answers = [anonymous.get("/verificar/AAAABBBBCCCC/").status_code for _ in range(61)]
    assert answers == [404] * 60 + [429]
    assert anonymous.get("/verificar/").status_code == 429
    assert anonymous.get(f"/verificar/{receipt.verification_code}/").status_code == 429


def test_it_rejects_other_methods(anonymous: Client) -> None:
    assert anonymous.post("/verificar/").status_code == 405
    assert anonymous.post("/verificar/AAAABBBBCCCC/").status_code == 405
