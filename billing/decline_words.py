"""Why a means of payment was refused, as customers need it."""

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
    NOT_AT_PROVIDER: "La plataforma de pago no tenía este pago, así que lo cerramos.",
}
_ANY_OTHER: Final = "La plataforma de pago no lo aprobó."


def decline_words(code: str) -> str:
    """A sentence for the provider's code of a refusal; a general one when it is unknown."""
    return _DECLINES.get(code, _ANY_OTHER)
