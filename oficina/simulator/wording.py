"""What the hosted page says, in Spanish of Argentina: amounts, hours, reasons."""

from datetime import UTC, datetime
from decimal import Decimal

from oficina.simulator.cards import TEST_CARDS, CardAnswer
from oficina.simulator.days import ZONE
from oficina.simulator.objects import PaymentError
from oficina.simulator.saved_objects import SetupError

_SYMBOLS = {"ars": "$"}
_NO_CHARGE = "No se te cobró nada."
_NOT_SAVED = "No guardamos nada."

_REASONS = {
    "insufficient_funds": f"La tarjeta no tiene fondos suficientes. {_NO_CHARGE} Probá con otra.",
    "lost_card": f"El banco rechazó la tarjeta. {_NO_CHARGE} Probá con otra.",
    "stolen_card": f"El banco rechazó la tarjeta. {_NO_CHARGE} Probá con otra.",
    "card_velocity_exceeded": f"La tarjeta superó su límite. {_NO_CHARGE} Probá más tarde o con otra.",
    "expired_card": f"La tarjeta está vencida. {_NO_CHARGE} Probá con otra.",
    "incorrect_cvc": f"El código de seguridad no es correcto. {_NO_CHARGE} Revisalo y probá de nuevo.",
    "processing_error": f"No pudimos procesar la tarjeta. {_NO_CHARGE} Probá de nuevo en unos minutos.",
    "test_mode_live_card": f"Este es un pago de prueba: usá una de las tarjetas de prueba. {_NO_CHARGE}",
}
_DECLINED = f"El banco rechazó la tarjeta. {_NO_CHARGE} Probá con otra."

_OUTCOMES = {
    None: "Se aprueba",
    "generic_decline": "Se rechaza",
    "insufficient_funds": "Fondos insuficientes",
    "lost_card": "Tarjeta perdida",
    "stolen_card": "Tarjeta robada",
    "card_velocity_exceeded": "Límite superado",
    "expired_card": "Tarjeta vencida",
    "incorrect_cvc": "Código de seguridad incorrecto",
    "processing_error": "Error al procesar",
}
_REFUNDS = {"succeed": "", "pend": "; la devolución demora", "fail": "; la devolución falla después"}
_BRANDS = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express"}
_FUNDING = {"credit": "crédito", "debit": "débito", "prepaid": "prepaga"}


def amount(minor_units: int, currency: str) -> str:
    """`123456` of `ars` as `$ 1.234,56`, with a space that does not break."""
    figures = f"{Decimal(minor_units) / 100:,.2f}".translate(str.maketrans(",.", ".,"))
    return f"{_SYMBOLS.get(currency, currency.upper())}\u00a0{figures}"


def moment(instant: int) -> str:
    """A UTC instant as day and hour in Mendoza: `24/11/2026 a las 14:05`."""
    return datetime.fromtimestamp(instant, UTC).astimezone(ZONE).strftime("%d/%m/%Y a las %H:%M")


def reason(error: PaymentError) -> str:
    """Why a card was not charged, and what to do."""
    return _REASONS.get(error["decline_code"] or error["code"], _DECLINED)


def reason_not_saved(error: SetupError) -> str:
    """Why a card was not saved, and what to do."""
    return _REASONS.get(error["decline_code"] or error["code"], _DECLINED).replace(_NO_CHARGE, _NOT_SAVED)


def test_cards() -> list[tuple[str, str, str]]:
    """Number, brand and outcome of each test card, to be read by a person."""
    return [
        (
            _grouped(number),
            f"{_BRANDS[answer.brand]} {_FUNDING[answer.funding]}",
            _outcome(answer),
        )
        for number, answer in TEST_CARDS.items()
    ]


def _outcome(answer: CardAnswer) -> str:
    outcome = _OUTCOMES[answer.decline_code or answer.code]
    if answer.saved_anyway:
        return f"Se puede guardar. {outcome} al cobrar"
    if answer.asks_for_holder:
        return f"{outcome}, salvo que la cobren sin vos"
    return outcome + _REFUNDS[answer.refunds]


def _grouped(number: str) -> str:
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
