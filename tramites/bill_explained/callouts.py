"""The numbers on the bill, and what help says of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Final

from oficina.shared.pdf import PagePicture
from tramites.bill_explained.drawing import ExplainedBill
from tramites.models import HelpText

SLUG_OF_A_CALLOUT: Final = "factura-{}"
"""The help topic that explains a marked part: the office writes it as any other, and people find it by searching."""
RADIUS: Final = 16
_GAP: Final = 2


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
    places = _apart([_on_the_page(picture.marks[name], picture) for name in explained])
    return [
        Callout(number=number, anchor=f"parte-{name}", text=told[name], x=f"{x:.1f}", y=f"{y:.1f}")
        for number, (name, (x, y)) in enumerate(zip(explained, places, strict=True), start=1)
    ]


def _on_the_page(corner: tuple[float, float], picture: PagePicture) -> tuple[float, float]:
    """The middle of a number above the corner where a part begins, so that it covers none of it; whole on the page."""
    left, top = corner
    edge = RADIUS + _GAP
    x = min(max(left - RADIUS, edge), picture.width - edge)
    return x, min(max(top + _GAP - RADIUS, edge), picture.height - edge)


def _apart(places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same, from top to bottom, each moved down until it covers no other."""
    apart: list[tuple[float, float]] = []
    room = 2 * RADIUS + _GAP
    for x, lowest in places:
        y = lowest
        for other_x, other_y in sorted(apart, key=itemgetter(1)):
            if abs(x - other_x) < room and abs(y - other_y) < room:
                y = other_y + room
        apart.append((x, y))
    return apart
