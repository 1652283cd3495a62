"""Why a means of payment was refused, as customers need it: the codes of the payment provider and those of banks."""

from typing import Final

from billing.closing import NOT_AT_PROVIDER

_DECLINES: Final = {
    "authentication_required": "El banco pidió confirmar el pago, y en un débito no hay quien lo confirme.",
    "insufficient_funds": "La tarjeta no tenía fondos suficientes.",
    "expired_card": "La tarjeta está vencida.",
    "incorrect_cvc": "El código de seguridad de la tarjeta no era correcto.",
    "card_declined": "El banco no autorizó la tarjeta.",
    "generic_decline": "El banco no autorizó la tarjeta.",
    "lost_card": "La tarjeta fue denunciada como perdida.",
    "stolen_card": "La tarjeta fue denunciada como robada.",
    "R02": "La cuenta bancaria está cerrada o suspendida.",
    "R03": "La cuenta bancaria no existe.",
    "R04": "El número de la cuenta bancaria no es válido.",
    "R08": "El titular de la cuenta le pidió al banco que no lo pague.",
    "R10": "No había fondos suficientes en la cuenta bancaria.",
    "R14": "El CUIT o CUIL no es el del titular de la cuenta bancaria.",
    "R15": "La cuenta bancaria dio de baja este servicio.",
    "R20": "La cuenta bancaria es de otra moneda.",
    "R23": "La sucursal del banco no está habilitada.",
    "R24": "El banco recibió el débito dos veces.",
    NOT_AT_PROVIDER: "La plataforma de pago no tenía este pago, así que lo cerramos.",
}
_ANY_OTHER: Final = "No lo aprobaron."


def decline_words(code: str) -> str:
    """A sentence for the code of a refusal; a general one when it is unknown."""
    return _DECLINES.get(code, _ANY_OTHER)
