"""Why a bank rejected or reversed a debit, as customers need it."""

from typing import Final

_REASONS: Final = {
    "R02": "La cuenta está cerrada o suspendida.",
    "R03": "La cuenta no existe.",
    "R04": "El número de cuenta no es válido.",
    "R08": "El titular le pidió al banco que no lo pague.",
    "R10": "No había fondos suficientes en la cuenta.",
    "R14": "El CUIT o CUIL no es el del titular de la cuenta.",
    "R15": "La cuenta dio de baja este servicio.",
    "R20": "La cuenta es de otra moneda.",
    "R23": "La sucursal no está habilitada.",
    "R24": "El banco recibió el débito dos veces.",
}
_ANY_OTHER: Final = "El banco no lo aceptó."


def bank_reason(code: str) -> str:
    """A sentence for the bank's code; a general one when it is unknown."""
    return _REASONS.get(code, _ANY_OTHER)
