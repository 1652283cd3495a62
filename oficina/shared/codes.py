"""Codes that machines read, as SVG."""

from dataclasses import dataclass
from itertools import groupby

import segno
from barcode.itf import ITF


@dataclass(frozen=True)
class QrCode:
    """A QR code to draw: the side of its square in modules, and the SVG path of its dark ones."""

    side: int
    path: str


def qr_code(text: str) -> QrCode:
    """The QR code of a text, with a margin of four modules as the standard asks and error correction M."""
    code = segno.make_qr(text, error="m", boost_error=False)
    border = 4
    runs = []
    for y, row in enumerate(code.matrix):
        x = 0
        while x < len(row):
            width = 1
            while x + width < len(row) and row[x + width] == row[x]:
                width += 1
            if row[x]:
                runs.append(f"M{x + border} {y + border}h{width}v1h-{width}z")
            x += width
    return QrCode(side=len(code.matrix) + 2 * border, path="".join(runs))


@dataclass(frozen=True)
class Bars:
    """A barcode to draw: its width in narrow bars, quiet zones left out, and the SVG path of its bars, 10 high."""

    width: int
    path: str


def interleaved_2_of_5(digits: str) -> Bars:
    """The bars of an even number of digits, wide ones three times as wide as narrow ones."""
    (modules,) = ITF(digits, narrow=1, wide=3).build()
    path, x = [], 0
    for dark, run in groupby(modules):
        width = len(list(run))
        if dark == "1":
            path.append(f"M{x} 0h{width}v10h-{width}z")
        x += width
    return Bars(width=x, path="".join(path))
