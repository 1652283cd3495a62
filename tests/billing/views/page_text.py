"""What a person reads on a page."""

import html
import re
from typing import Protocol


class Answer(Protocol):
    """What the test client gives."""

    content: bytes


def words_of(answer: Answer) -> str:
    """The words of the main part of a page, without markup, each space one space."""
    page = answer.content.decode()
    main = re.search(r"<main.*?</main>", page, re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", main.group(0) if main else page)
    return re.sub(r"\s+", " ", html.unescape(text)).strip()
