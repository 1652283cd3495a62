"""What PDF/UA-1 (ISO 14289-1) asks of a document's structure, as far as a program can tell."""

import itertools
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name, Pdf

_PAINTS = {"Tj", "TJ", "'", '"', "f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "Do", "sh", "INLINE IMAGE"}


def faults_of_structure(pdf: bytes) -> list[str]:
    """What is wrong with it, in words; empty when nothing is."""
    with pikepdf.open(BytesIO(pdf)) as document:
        tags = list(tags_below(document.Root.get("/StructTreeRoot", Dictionary()).get("/K", pikepdf.Array())))
        return [
            *_of_the_document(document),
            *_of_headings(tags),
            *_of_tables(tags),
            *(f"{tag.S} says nothing to whoever cannot see it" for tag in tags if _is_silent(tag)),
            *_of_links(document, tags),
            *_unmarked(document),
        ]


def _of_the_document(document: Pdf) -> Iterator[str]:
    with document.open_metadata() as told:
        if told.get("pdfuaid:part") != "1":
            yield "it does not claim to be PDF/UA-1"
        if not told.get("dc:title"):
            yield "it has no title"
    root = document.Root
    if not root.get("/Lang"):
        yield "it has no language"
    if not root.get("/MarkInfo", Dictionary()).get("/Marked", False):
        yield "it is not marked as tagged"
    if not root.get("/ViewerPreferences", Dictionary()).get("/DisplayDocTitle", False):
        yield "its window shows the name of the file instead of the title"
    for number, page in enumerate(document.pages, start=1):
        if "/Annots" in page and page.get("/Tabs") != Name.S:
            yield f"page {number}: the keyboard does not follow its structure"


def _of_headings(tags: list[Dictionary]) -> Iterator[str]:
    levels = [int(str(tag.S)[2:]) for tag in tags if str(tag.S) in {f"/H{level}" for level in range(1, 7)}]
    if levels[:1] != [1]:
        yield "its first heading is not of the first level"
    for before, after in itertools.pairwise(levels):
        if after > before + 1:
            yield f"a heading of level {after} comes after one of level {before}"


def _of_tables(tags: list[Dictionary]) -> Iterator[str]:
    for table in (tag for tag in tags if Name.Table == tag.S):
        inside = list(tags_below(table.K))
        rows = [[cell for cell in _children(tag) if cell.S in (Name.TH, Name.TD)] for tag in inside if tag.S == Name.TR]
        headings = {str(tag.ID) for tag in inside if tag.S == Name.TH and "/ID" in tag}
        if len({sum(_spanned(cell) for cell in row) for row in rows}) != 1:
            yield "the rows of a table are not equally long"
        for cell in (cell for row in rows for cell in row if cell.S == Name.TD):
            named = {str(name) for name in _attribute(cell, "/Headers") or []}
            if not named or not named <= headings:
                yield "a cell of a table does not say which heading it has"


def _spanned(cell: Dictionary) -> int:
    return int(_attribute(cell, "/ColSpan") or 1)


def _of_links(document: Pdf, tags: list[Dictionary]) -> Iterator[str]:
    links = [mark for page in document.pages for mark in page.get("/Annots", []) if mark.Subtype == Name.Link]
    if len(links) > sum(Name.Link == tag.S for tag in tags):
        yield "a link has no tag"
    for link in links:
        if not str(link.get("/Contents", "")):
            yield "a link does not say where it leads"
        if "/StructParent" not in link:
            yield "a link is in no structure"


def _unmarked(document: Pdf) -> Iterator[str]:
    """What is drawn has to be content of some tag or marked as an artifact."""
    for number, page in enumerate(document.pages, start=1):
        depth = 0
        for instruction in pikepdf.parse_content_stream(page):
            operator = str(instruction.operator)
            depth += (operator in {"BDC", "BMC"}) - (operator == "EMC")
            if operator in _PAINTS and not depth:
                yield f"page {number}: something is drawn ({operator}) that is neither content nor an artifact"
                break


def _is_silent(tag: Dictionary) -> bool:
    return bool(Name.Figure == tag.S and not str(tag.get("/Alt", "")).strip())


def _attribute(tag: Dictionary, name: str) -> Any:
    attributes = tag.get("/A", Dictionary())
    listed = [attributes] if isinstance(attributes, Dictionary) else list(attributes)
    return next((one[name] for one in listed if isinstance(one, Dictionary) and name in one), None)


def _children(tag: Dictionary) -> list[Dictionary]:
    kids = tag.get("/K", pikepdf.Array())
    listed = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    return [kid for kid in listed if isinstance(kid, Dictionary) and "/S" in kid]


def tags_below(node: pikepdf.Object) -> Iterator[Dictionary]:
    """The structure below a node, each tag before those inside it."""
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from tags_below(child)
    elif isinstance(node, Dictionary) and "/S" in node:
        yield node
        yield from tags_below(node.get("/K", pikepdf.Array()))
