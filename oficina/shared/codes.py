"""Codes that machines read, as SVG."""

from dataclasses import dataclass

import segno


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
