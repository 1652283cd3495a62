"""What people attach: pictures and PDFs, told by their content and written anew before anything keeps them.

A picture is decoded and encoded again, a PDF is rebuilt from its pages. What rode along stays behind: the place where a
photograph was taken, scripts, embedded files, a second format hidden behind the first.
"""

import io
import re
import warnings
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

import pikepdf
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from oficina.shared.enums import UploadMediaType

UPLOAD_LIMIT = 5 * 1024 * 1024
"""Bytes of one attachment."""

PIXEL_LIMIT = 30_000_000
"""Pixels of one picture in memory. Larger photographs are decoded at a half or a quarter of their size."""

PICTURE_SIDE = 3000
"""Pixels of the longer side of a picture that is kept: enough to read any receipt."""

PAGE_LIMIT = 20
"""Pages of one PDF."""

_PICTURE_FORMATS = ("JPEG", "PNG", "WEBP")
_PICTURE_ENDINGS = frozenset({".jpg", ".jpeg", ".jfif", ".png", ".webp"})
_PDF_ENDINGS = frozenset({".pdf"})
_PDF_HEADER = b"%PDF-"
_PDF_HEADER_WITHIN = 1024
_NAME_LENGTH = 80


class UploadRefusal(StrEnum):
    """Why an attachment is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    KIND = "kind"
    NAME_LIES = "name_lies"
    UNREADABLE = "unreadable"
    LOCKED = "locked"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_PIXELS = "too_many_pixels"


class UploadRefusedError(Exception):
    """The attachment is not taken, and why."""

    def __init__(self, refusal: UploadRefusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, kw_only=True)
class CleanUpload:
    """An attachment that may be kept: its name with the ending of what it is, and its content as we wrote it."""

    name: str
    media_type: UploadMediaType
    content: bytes


def clean_upload(file: UploadedFile[bytes]) -> CleanUpload:
    """The attachment written anew. Neither its ending nor the type that the browser declares is believed.

    Raises UploadRefusedError, also when the name says that it is another kind of file than it is.
    """
    if not file.size:
        raise UploadRefusedError(UploadRefusal.EMPTY)
    if file.size > UPLOAD_LIMIT:
        raise UploadRefusedError(UploadRefusal.TOO_LARGE)
    content = file.read(UPLOAD_LIMIT + 1)
    name = PurePosixPath((file.name or "").replace("\\", "/"))
    ending = name.suffix.lower()
    if _PDF_HEADER in content[:_PDF_HEADER_WITHIN]:
        _refuse_other_ending(ending, _PDF_ENDINGS)
        return _as_pdf(content, name.stem)
    cleaned = _as_picture(content, name.stem)
    _refuse_other_ending(ending, _PICTURE_ENDINGS)
    return cleaned


def _refuse_other_ending(ending: str, right: frozenset[str]) -> None:
    """A name without an ending claims nothing; some telephones send those."""
    if ending and ending not in right:
        raise UploadRefusedError(UploadRefusal.NAME_LIES)


def _as_pdf(content: bytes, stem: str) -> CleanUpload:
    try:
        with pikepdf.open(io.BytesIO(content)) as source, pikepdf.new() as rebuilt:
            if not 0 < len(source.pages) <= PAGE_LIMIT:
                few = UploadRefusal.TOO_MANY_PAGES if len(source.pages) else UploadRefusal.UNREADABLE
                raise UploadRefusedError(few)
            source.generate_appearance_streams()
            source.flatten_annotations()
            rebuilt.pages.extend(source.pages)
            for page in rebuilt.pages:
                for active in ("/AA", "/Annots", "/AF", "/PieceInfo"):
                    if active in page.obj:
                        del page.obj[active]
            written = io.BytesIO()
            rebuilt.save(written, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    except pikepdf.PasswordError:
        raise UploadRefusedError(UploadRefusal.LOCKED) from None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError):
        raise UploadRefusedError(UploadRefusal.UNREADABLE) from None
    return CleanUpload(name=_clean_name(stem, ".pdf"), media_type=UploadMediaType.PDF, content=written.getvalue())


def _as_picture(content: bytes, stem: str) -> CleanUpload:
    try:
        with _opened(content) as found:
            is_png = found.format == "PNG"
            picture = ImageOps.exif_transpose(found)
        picture.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
        if is_png and len(written := _encoded(_drawable(picture), "PNG")) <= UPLOAD_LIMIT:
            return CleanUpload(name=_clean_name(stem, ".png"), media_type=UploadMediaType.PNG, content=written)
        written = _encoded(_on_white(picture), "JPEG")
    except Image.DecompressionBombError:
        raise UploadRefusedError(UploadRefusal.TOO_MANY_PIXELS) from None
    except UnidentifiedImageError:
        raise UploadRefusedError(UploadRefusal.KIND) from None
    except (OSError, ValueError, SyntaxError, EOFError):
        raise UploadRefusedError(UploadRefusal.UNREADABLE) from None
    return CleanUpload(name=_clean_name(stem, ".jpg"), media_type=UploadMediaType.JPEG, content=written)


def _opened(content: bytes) -> Image.Image:
    """The picture, decoded whole, and at a reduced scale when it is a large photograph."""
    # WeasyPrint sets this for the whole process, so that half a file passes; our documents hold no bitmaps.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with warnings.catch_warnings(action="ignore"):
        found = Image.open(io.BytesIO(content), formats=_PICTURE_FORMATS)
        found.draft("RGB", (PICTURE_SIDE, PICTURE_SIDE))
        if found.width * found.height > PIXEL_LIMIT:
            raise UploadRefusedError(UploadRefusal.TOO_MANY_PIXELS)
        found.load()
    return found


def _drawable(picture: Image.Image) -> Image.Image:
    return picture if picture.mode in ("1", "L", "RGB", "RGBA") else picture.convert("RGBA")


def _on_white(picture: Image.Image) -> Image.Image:
    """What was transparent becomes paper, not black."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    paper = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(paper, picture.convert("RGBA")).convert("RGB")


def _encoded(picture: Image.Image, kind: str) -> bytes:
    """The pixels alone: what else the file said is in `info`, which the encoders would write out again."""
    picture.info = {}
    written = io.BytesIO()
    picture.save(written, kind, **({"quality": 85, "optimize": True} if kind == "JPEG" else {}))
    return written.getvalue()


def _clean_name(stem: str, ending: str) -> str:
    """A name that is safe in a header and on any disk: letters, digits, spaces and dashes."""
    kept = re.sub(r"[^\w\- ]+", " ", stem)
    return (" ".join(kept.split())[:_NAME_LENGTH].strip() or "archivo") + ending
