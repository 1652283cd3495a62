"""What customers ask, in their own words, finds the topic that answers it."""

import pytest
from django.utils import timezone

from tests.conftest import NOON
from tramites.help.first_help import publish_first_help
from tramites.help.searching import find_help

QUESTIONS = {
    "no me llego la boleta": "no-recibi-factura",
    "debito": "debito-automatico",
    "me olvide la clave": "olvide-mi-contrasena",
    "donde pago": "donde-pago",
    "cambio de titular": "cambio-de-titular",
    "cuanto debo": "inicio",
    "quiero pagar con tarjeta": "pagar-una-factura",
    "como me registro": "registrarme",
    "no puedo entrar": "ingresar",
    "donde esta el numero de cuenta": "vincular-una-cuenta",
    "plan de pagos": "deuda-en-cuotas",
    "me vino muy caro": "reclamar",
    "no tengo agua": "sin-agua",
    "recibo de pago": "mis-pagos",
    "ya pague y sigue pendiente": "ya-pague-en-otro-lado",
    "pague dos veces": "saldo-a-favor",
    "quiero la factura por mail": "factura-digital",
    "cambiar la contraseña": "cambiar-contrasena",
    "certificado de libre deuda": "libre-deuda",
    "perdi el telefono con los codigos": "segundo-factor",
    "cambiar mi correo mail": "mis-datos",
    "sacar una cuenta": "mis-cuentas",
    # With slips of the finger.
    "factrua dijital": "factura-digital",
    "olbide contrasenia": "olvide-mi-contrasena",
    "devito automatico": "debito-automatico",
    "libre dueda": "libre-deuda",
    "CAMBIO DE TITULARIDÁD": "cambio-de-titular",
}


@pytest.mark.django_db
def test_each_question_finds_its_topic_first() -> None:
    publish_first_help(now=NOON)

    def first(question: str) -> str:
        found = find_help(question, at=timezone.now())
        return found[0].topic.slug if found else ""

    assert {question: first(question) for question in QUESTIONS} == QUESTIONS
    assert find_help("xyzzy", at=timezone.now()) == []
    assert find_help("débito", at=timezone.now())[0].topic.slug == "debito-automatico"
