"""What the assistant says by itself."""

import re
from datetime import datetime
from typing import Final

from tramites.chat.hours import away_words, open_until
from tramites.chat.saying import assistant_says
from tramites.help.searching import find_help
from tramites.models import MOST_TOPICS, Conversation

_FOUND: Final = "Puede que esto responda tu consulta:"
_NOT_FOUND: Final = "No encontré un tema sobre eso. Contámelo con otras palabras o pedí hablar con una persona."
_TOLD_THE_OFFICE: Final = "Listo, ya le avisamos a la oficina. Te responden acá mismo."
CLOSED_BY_OFFICE: Final = "La oficina cerró esta conversación. Si necesitás algo más, escribí acá y la retomamos."
CLOSED_BY_CUSTOMER: Final = "Terminaste la conversación. Si necesitás algo más, escribí acá y la retomamos."
CLOSED_BY_SILENCE: Final = "Cerramos la conversación porque hace días que nadie escribe. Si escribís acá, la retomamos."

_SENTENCE_ENDS: Final = re.compile(r"[.,;:!?¡¿\n]+")
_MOST_SENTENCES: Final = 6


def propose_help(conversation: Conversation, question: str, *, now: datetime) -> None:
    """Answer a question with up to three topics of help, the best first."""
    found = _topics_for(question, now)
    assistant_says(conversation, _FOUND if found else _NOT_FOUND, topics=found, now=now)


def tell_what_comes_next(conversation: Conversation, *, now: datetime) -> None:
    """Answer whoever asked for a person: somebody comes, or when."""
    is_open = open_until(at=now) is not None
    assistant_says(conversation, _TOLD_THE_OFFICE if is_open else away_words(at=now), now=now)


def tell_if_away(conversation: Conversation, *, now: datetime) -> None:
    """Say that nobody is there, to whoever writes again while that is so."""
    if open_until(at=now) is None:
        assistant_says(conversation, away_words(at=now), now=now)


def _topics_for(question: str, now: datetime) -> list[str]:
    """The slugs of topics that answer the question whole or, when none does, its sentences: people greet and tell."""
    texts = find_help(question, at=now)
    if not texts:
        sentences = _SENTENCE_ENDS.split(question)[:_MOST_SENTENCES]
        texts = [text for sentence in sentences for text in find_help(sentence, at=now)]
    return list(dict.fromkeys(text.topic.slug for text in texts))[:MOST_TOPICS]
