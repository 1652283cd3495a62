"""The numbers on the bill, and what help says of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from oficina.shared.pdf import PagePicture
from tramites.bill_explained.drawing import ExplainedBill
from tramites.models import HelpText

SLUG_OF_A_CALLOUT: Final = "factura-{}"
"""The help topic that explains a marked part: the office writes it as any other, and people find it by searching."""
RADIUS: Final = 16


@dataclass(frozen=True, kw_only=True)
class Callout:
    """A number on the picture, with its explanation. `x` and `y` are text: a template must not localise them."""

    number: int
    anchor: str
    text: HelpText
    x: str
    y: str


def callouts_of(bill: ExplainedBill, picture: PagePicture, *, at: datetime) -> Sequence[Callout]:
    """Those of the parts that are on the picture and that help explains at an instant, as one reads the page."""
    slugs = {SLUG_OF_A_CALLOUT.format(name): name for name in bill.callouts if name in picture.marks}
    texts = HelpText.objects.in_force(at=at).filter(topic__slug__in=slugs)
    told = {slugs[text.topic.slug]: text for text in texts}
    explained = sorted(told, key=lambda name: picture.marks[name][::-1])
    return [_placed(number, name, told[name], picture) for number, name in enumerate(explained, start=1)]


def _placed(number: int, name: str, text: HelpText, picture: PagePicture) -> Callout:
    """On the corner where the part begins, and whole on the page."""
    left, top = picture.marks[name]
    return Callout(
        number=number,
        anchor=f"parte-{name}",
        text=text,
        x=f"{min(max(left - RADIUS, RADIUS + 2), picture.width - RADIUS - 2):.1f}",
        y=f"{min(max(top + RADIUS / 2, RADIUS + 2), picture.height - RADIUS - 2):.1f}",
    )
