"""A visit to save a card, in the words of the page to which it leads back."""

from dataclasses import dataclass
from typing import Final

from adhesions.debit.card_setup_mails import REFUSAL_WORDS
from adhesions.enums import CardSetupRefusal, CardSetupState
from adhesions.models import CardSetup
from oficina.shared.dates import clock

_NOTHING_KEPT: Final = "No guardamos la tarjeta y no se te cobró nada."


@dataclass(frozen=True, kw_only=True)
class CardSetupPage:
    """What the page says. `action` is what the way back to Débito automático is called, when there is one, and
    `tries_again` that it is for another card.
    """

    title: str
    text: str
    tone: str
    action: str = ""
    tries_again: bool = False
    is_waiting: bool = False
    may_continue: bool = False


def card_setup_page(setup: CardSetup, *, turned_back: bool) -> CardSetupPage:
    """The page of a visit that made no mandate so far. `turned_back` says that its person left without saving."""
    if setup.is_undecided:
        return _open_page(setup) if turned_back and setup.page_address else _WAITING
    if setup.state == CardSetupState.ABANDONED:
        return _ABANDONED
    return _refused_page(CardSetupRefusal(setup.refusal))


_WAITING: Final = CardSetupPage(
    title="Estamos confirmando tu tarjeta",
    text=(
        "La plataforma de pago todavía no nos dijo que la guardaste. Esta página se actualiza sola; si te vas, te "
        "avisamos por mail cuando la cuenta quede adherida."
    ),
    tone="info",
    is_waiting=True,
    may_continue=True,
)
_ABANDONED: Final = CardSetupPage(
    title="No llegaste a guardar la tarjeta",
    text="Se terminó el tiempo para guardarla: la cuenta no está adherida y no se te cobró nada.",
    tone="warning",
    action="Probar de nuevo",
    tries_again=True,
)
_ACTIONS: Final = {
    CardSetupRefusal.FOREIGN: "Probar con otra tarjeta",
    CardSetupRefusal.EXPIRED: "Probar con otra tarjeta",
    CardSetupRefusal.ALREADY_DEBITED: "Ver la adhesión",
}


def _open_page(setup: CardSetup) -> CardSetupPage:
    return CardSetupPage(
        title="Todavía no guardaste la tarjeta",
        text=f"La cuenta no está adherida. Podés guardar la tarjeta hasta las {clock(setup.expires_at)}.",
        tone="info",
        action="Elegir otro medio",
        may_continue=True,
    )


def _refused_page(refusal: CardSetupRefusal) -> CardSetupPage:
    return CardSetupPage(
        title="No pudimos adherir la tarjeta",
        text=f"{REFUSAL_WORDS.get(refusal, '')} {_NOTHING_KEPT}".strip(),
        tone="warning" if refusal == CardSetupRefusal.ALREADY_DEBITED else "danger",
        action=_ACTIONS.get(refusal, "Probar de nuevo"),
        tries_again=refusal != CardSetupRefusal.ALREADY_DEBITED,
    )
