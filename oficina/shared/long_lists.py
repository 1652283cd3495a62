"""Lists of thousands of rows as PDF, drawn row by row: the only place that knows ReportLab.

For what is too long for `oficina.shared.pdf` (docs/decisions/0093). These documents have a title, a language, embedded
fonts and text that can be copied, and no tags: whoever needs tags has the same rows as a page and as a CSV file.
Memory holds the finished pages, compressed, and the one that is being drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Final

from django.conf import settings
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

_REGULAR: Final = "LiberationSans-Regular"
_BOLD: Final = "LiberationSans-Bold"

# The light values of static/css/tokens.css.
_INK, _MUTED = HexColor("#10212c"), HexColor("#475c69")
_BRAND, _BRAND_WAVE = HexColor("#0b3450"), HexColor("#3a86bd")
_WATER, _WATER_SOFT = HexColor("#0a5b91"), HexColor("#e2eff8")
_LINE = HexColor("#d3dde3")

# The page of static/css/documents.css, in points from its lower left corner.
_WIDTH, _HEIGHT = A4
_LEFT, _RIGHT = 12 * mm, _WIDTH - 12 * mm
_TOP, _BOTTOM = _HEIGHT - 11 * mm, 16 * mm
_FOOT = 8 * mm
_TEXT, _SMALL = 8.0, 7.5
_LEADING = 3.7 * mm
_PADDING = 1.1 * mm
_GAP = 3 * mm
_NAMES = 22 * mm

_TOTAL = "total"


@dataclass(frozen=True, kw_only=True)
class ListColumn:
    """One column. `share`: of the width, in parts of the sum of all. Figures end-align and never break."""

    heading: str
    share: int
    figures: bool = False


@dataclass(frozen=True, kw_only=True)
class ListHead:
    """What stands above the rows, and at the foot of each page. `facts` are names and values."""

    title: str
    account_number: str
    facts: Sequence[tuple[str, str]]
    foot: str


class LongList:
    """A list that is being drawn: rows are added one after the other, then it is finished."""

    def __init__(self, head: ListHead, columns: Sequence[ListColumn]) -> None:
        self._head = head
        self._columns = columns
        self._places = _places(columns)
        self._sheet = _Sheet(f"{head.title}, cuenta {head.account_number}")
        self._pages = 1
        self._total_y = self._begin()

    def add(self, cells: Sequence[str]) -> None:
        """One row, a text for each column. It is as high as its longest cell and never breaks over two pages."""
        broken = [place.lines(text) for text, place in zip(cells, self._places, strict=True)]
        height = max(map(len, broken)) * _LEADING + 2 * _PADDING
        self._make_room(height)
        sheet = self._sheet
        sheet.style(_REGULAR, _TEXT, _INK)
        for lines, place in zip(broken, self._places, strict=True):
            for number, line in enumerate(lines):
                sheet.put(line, sheet.y - _PADDING - _TEXT - number * _LEADING, place.left, place.end)
        sheet.y -= height
        sheet.rule(_LINE, 0.2 * mm)

    def finish(self, total: str) -> bytes:
        """The document. The total, known when all rows are, stands above them and again below."""
        sheet = self._sheet
        self._make_room(3 * _LEADING)
        sheet.rule(_INK, 0.5 * mm)
        sheet.style(_BOLD, 10, _INK)
        sheet.put("Total", sheet.y - 1.5 * _LEADING, _LEFT)
        sheet.put(total, sheet.y - 1.5 * _LEADING, _LEFT, _RIGHT)
        sheet.end_page()
        for page in range(1, self._pages + 1):
            sheet.begin_part(_foot(page))
            sheet.style(_REGULAR, _SMALL, _MUTED)
            sheet.put(self._head.foot, _FOOT, _LEFT)
            sheet.put(f"Página {page} de {self._pages}", _FOOT, _LEFT, _RIGHT)
            sheet.end_part()
        sheet.begin_part(_TOTAL)
        sheet.facts([("Total", total)], self._total_y)
        sheet.end_part()
        return sheet.save()

    def _begin(self) -> float:
        """The first page down to its headings; gives where the total goes."""
        sheet = self._sheet
        _draw_head(sheet, self._head)
        total_y = sheet.facts(self._head.facts, sheet.y - 7 * mm)
        sheet.part(_TOTAL)
        sheet.y = total_y - _LEADING - 3 * mm
        self._draw_headings()
        return total_y

    def _make_room(self, height: float) -> None:
        """Goes on to a new page unless this much is free on the one at hand."""
        sheet = self._sheet
        if sheet.y - height >= _BOTTOM:
            return
        sheet.end_page()
        self._pages += 1
        sheet.style(_REGULAR, _SMALL, _MUTED)
        sheet.y = _TOP - _SMALL
        sheet.put(f"{self._head.title} · Cuenta {self._head.account_number}", sheet.y, _LEFT)
        sheet.y -= 4 * mm
        self._draw_headings()

    def _draw_headings(self) -> None:
        sheet = self._sheet
        sheet.part(_foot(self._pages))
        sheet.style(_REGULAR, _SMALL, _MUTED)
        for column, place in zip(self._columns, self._places, strict=True):
            sheet.put(column.heading, sheet.y - _TEXT, place.left, place.end)
        sheet.y -= _TEXT + _PADDING
        sheet.rule(_INK, 0.35 * mm)


class _Sheet:
    """The page at hand; `y` is where it is written next, in points from below. A part may be placed before it is
    drawn, which is how a page tells how many there are.
    """

    def __init__(self, title: str) -> None:
        _know_fonts()
        self.y = _TOP
        self._file = BytesIO()
        self.canvas = Canvas(self._file, pagesize=A4, pageCompression=1, initialFontName=_REGULAR, lang="es-AR")
        self.canvas.setTitle(title)
        self.canvas.setAuthor(settings.UTILITY.utility_legal_name)
        self.canvas.setViewerPreference("DisplayDocTitle", "true")

    def style(self, font: str, size: float, colour: HexColor) -> None:
        self.canvas.setFont(font, size)
        self.canvas.setFillColor(colour)

    def put(self, text: str, y: float, left: float, end: float | None = None) -> None:
        """The text from `left`, or up to `end`."""
        if end is None:
            self.canvas.drawString(left, y, text)
        else:
            self.canvas.drawRightString(end, y, text)

    def rule(self, colour: HexColor, width: float) -> None:
        self.canvas.setStrokeColor(colour)
        self.canvas.setLineWidth(width)
        self.canvas.line(_LEFT, self.y, _RIGHT, self.y)

    def facts(self, facts: Sequence[tuple[str, str]], y: float) -> float:
        """Names and values below each other from `y`; gives where the next one would be."""
        for name, value in facts:
            self.style(_REGULAR, _TEXT, _MUTED)
            self.put(name, y, _LEFT)
            self.style(_BOLD, _TEXT, _INK)
            for line in simpleSplit(value, _BOLD, _TEXT, _RIGHT - _LEFT - _NAMES):
                self.put(line, y, _LEFT + _NAMES)
                y -= _LEADING
        return y

    def part(self, name: str) -> None:
        self.canvas.doForm(name)

    def begin_part(self, name: str) -> None:
        self.canvas.beginForm(name, 0, 0, _WIDTH, _HEIGHT)

    def end_part(self) -> None:
        self.canvas.endForm()

    def end_page(self) -> None:
        self.canvas.showPage()

    def save(self) -> bytes:
        self.canvas.save()
        return self._file.getvalue()


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where the text of a column lies, in points. Figures end at `end`; other texts begin at `left`."""

    left: float
    width: float
    end: float | None

    def lines(self, text: str) -> list[str]:
        """The text in lines that fit. A word that is longer than the column is cut."""
        if self.end is not None or self._fits(text):
            return [text]
        return [part for line in simpleSplit(text, _REGULAR, _TEXT, self.width) for part in self._cut(line)]

    def _fits(self, text: str) -> bool:
        return bool(pdfmetrics.stringWidth(text, _REGULAR, _TEXT) <= self.width)

    def _cut(self, line: str) -> list[str]:
        parts = []
        while not self._fits(line):
            fitting = next(end for end in range(len(line) - 1, 0, -1) if end == 1 or self._fits(line[:end]))
            parts.append(line[:fitting])
            line = line[fitting:]
        return [*parts, line]


def _places(columns: Sequence[ListColumn]) -> list[_Place]:
    """The columns side by side over the whole width, a gap between each two."""
    unit = (_RIGHT - _LEFT - _GAP * (len(columns) - 1)) / sum(column.share for column in columns)
    places, left = [], _LEFT
    for column in columns:
        width = column.share * unit
        places.append(_Place(left=left, width=width, end=left + width if column.figures else None))
        left += width + _GAP
    return places


def _foot(page: int) -> str:
    return f"foot-{page}"


def _draw_head(sheet: _Sheet, head: ListHead) -> None:
    """The head of templates/documents/base.html: who issues it, what it is, which account."""
    utility = settings.UTILITY
    _draw_mark(sheet.canvas, _LEFT, _TOP, 13 * mm)
    sheet.style(_BOLD, 14, _BRAND)
    sheet.put(utility.utility_legal_name, _TOP - 13, _LEFT + 16 * mm)
    sheet.style(_REGULAR, _SMALL, _MUTED)
    data = (
        utility.utility_address,
        f"CUIT {utility.utility_cuit} · {utility.utility_vat_condition}",
        f"Ingresos brutos {utility.utility_gross_income_number}",
        f"Inicio de actividades {utility.utility_activity_start}",
    )
    for number, line in enumerate(data):
        sheet.put(line, _TOP - 9.5 * mm - number * 3.6 * mm, _LEFT + 16 * mm)
    _draw_account(sheet, head, _RIGHT - 74 * mm)
    sheet.y = _TOP - 24.5 * mm
    sheet.rule(_BRAND, 0.6 * mm)


def _draw_account(sheet: _Sheet, head: ListHead, left: float) -> None:
    sheet.style(_BOLD, 13, _INK)
    sheet.put(head.title, _TOP - 12, left)
    sheet.canvas.setStrokeColor(_WATER)
    sheet.canvas.setFillColor(_WATER_SOFT)
    sheet.canvas.setLineWidth(0.5 * mm)
    sheet.canvas.roundRect(left, _TOP - 21 * mm, _RIGHT - left, 13.5 * mm, mm, fill=1)
    sheet.style(_REGULAR, _SMALL, _MUTED)
    sheet.put("N.º de cuenta", _TOP - 12 * mm, left + 3 * mm)
    sheet.style(_BOLD, 14, _INK)
    sheet.put(head.account_number, _TOP - 18.2 * mm, left + 3 * mm)


def _draw_mark(canvas: Canvas, left: float, top: float, side: float) -> None:
    """The sign of templates/documents/base.html, whose drawing is 36 wide and grows downwards."""
    canvas.saveState()
    canvas.translate(left, top)
    canvas.scale(side / 36, -side / 36)
    canvas.setLineWidth(3)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    roof, wave = canvas.beginPath(), canvas.beginPath()
    roof.moveTo(4, 31)
    roof.lineTo(18, 5)
    roof.lineTo(32, 31)
    wave.moveTo(11.5, 23.5)
    wave.curveTo(13.7, 21.5, 15.8, 21.5, 18, 23.5)
    wave.curveTo(20.2, 25.5, 22.3, 25.5, 24.5, 23.5)
    for colour, path in ((_BRAND, roof), (_BRAND_WAVE, wave)):
        canvas.setStrokeColor(colour)
        canvas.drawPath(path)
    canvas.restoreState()


@cache
def _know_fonts() -> None:
    """Has ReportLab find the documents' fonts among the system's, once in a process."""
    for name in (_REGULAR, _BOLD):
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
