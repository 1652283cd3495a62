"""Codes that machines read."""

from io import BytesIO

import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from oficina.shared.codes import Bars, interleaved_2_of_5


def read(bars: Bars) -> str:
    """What a reader makes of the bars, drawn from their path with a quiet zone on both sides."""
    module, quiet = 2, 10
    image = Image.new("L", ((bars.width + 2 * quiet) * module, 60), 255)
    draw = ImageDraw.Draw(image)
    for bar in bars.path.split("M")[1:]:
        x, width = int(bar.split(" ")[0]), int(bar.split("h")[1].split("v")[0])
        left = (x + quiet) * module
        draw.rectangle((left, 0, left + width * module - 1, 59), fill=0)
    page = BytesIO()
    image.save(page, "PNG")
    (found,) = zxingcpp.read_barcodes(Image.open(page))
    return found.text


def test_bars_by_hand() -> None:
    # start nnnn; 1 is wide-narrow-narrow-narrow-wide in bars, 2 narrow-wide-narrow-narrow-wide in spaces; stop wnn
    assert interleaved_2_of_5("12") == Bars(
        width=27,
        path="M0 0h1v10h-1zM2 0h1v10h-1zM4 0h3v10h-3zM8 0h1v10h-1zM12 0h1v10h-1zM14 0h1v10h-1zM16 0h3v10h-3z"
        "M22 0h3v10h-3zM26 0h1v10h-1z",
    )


@settings(max_examples=30)
@given(st.text("0123456789", min_size=42, max_size=42))
def test_a_machine_reads_back_what_was_drawn(digits: str) -> None:
    assert read(interleaved_2_of_5(digits)) == digits
