"""What somebody who saved a card is told when no mandate was made of it: they may never come back to read it."""

from typing import Final

from accounts.account_numbers import account_number_ending, format_account_number
from accounts.addresses import page_of
from adhesions.enums import CardSetupRefusal
from adhesions.models import CardSetup
from oficina.shared.dates import clock, local_day, short_date
from oficina.shared.mail import send_mail_later

REFUSAL_WORDS: Final = {
    CardSetupRefusal.FOREIGN: "La tarjeta es de un banco de otro país, y solo debitamos de las emitidas en el país.",
    CardSetupRefusal.EXPIRED: "La tarjeta está vencida.",
    CardSetupRefusal.ALREADY_DEBITED: "La cuenta ya estaba adherida al débito automático, así que quedó como estaba.",
    CardSetupRefusal.PROVIDER: "La plataforma de pago no pudo guardar la tarjeta.",
}
"""Why there is no mandate, as a sentence to whoever saved the card."""

_SUBJECT: Final = "Débito automático: no pudimos adherir tu tarjeta"


def tell_not_adhered(setup: CardSetup) -> None:
    """That no debit will be made, and why. Nobody is told who gave the account up meanwhile."""
    words = REFUSAL_WORDS.get(CardSetupRefusal(setup.refusal))
    if words is None:
        return
    link = setup.link
    context = {
        "title": _SUBJECT,
        "paragraphs": [words, "No guardamos la tarjeta y no se te cobró nada."],
        "facts": {
            "Cuenta": format_account_number(link.account.number),
            "Pedida": f"{short_date(local_day(setup.begun_at))}, {clock(setup.begun_at)}",
        },
        "address": page_of(link.user_id, link.account_id, "direct_debit"),
    }
    ending = account_number_ending(link.account.number)
    send_mail_later(link.user.email, f"{_SUBJECT}, cuenta terminada en {ending}", "adhesions/debit", context)
