"""What a test reads of an answer of the portal."""

import re
from typing import TYPE_CHECKING

from django.contrib.messages import get_messages

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

type Answer = _MonkeyPatchedWSGIResponse


def text_of(answer: Answer) -> str:
    """The HTML, with its line breaks and indentation as single spaces."""
    return re.sub(r"[ \n]+", " ", answer.content.decode())


def said(answer: Answer) -> list[str]:
    """The messages that the next page will show."""
    return [str(message) for message in get_messages(answer.wsgi_request)]
