"""What people attach is told by its content and written anew; what lies, or carries more than it shows, is refused."""

import io

import pikepdf
import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from oficina.shared.uploads import (
    PAGE_LIMIT,
    PICTURE_SIDE,
    UPLOAD_LIMIT,
    UploadRefusal,
    UploadRefusedError,
    clean_upload,
)

HTML = b"<!doctype html><script>alert(1)</script>"
EXECUTABLE = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 200
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect width="9" height="9"/></svg>'


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: object) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, 200 if mode == "L" else "#2a6f97").save(written, kind, **options)
    return written.getvalue()


def pdf(pages: int = 1) -> pikepdf.Pdf:
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(200, 100))
    return document


def saved(document: pikepdf.Pdf, encryption: pikepdf.Encryption | None = None) -> bytes:
    written = io.BytesIO()
    document.save(written, encryption=encryption)
    return written.getvalue()


def upload(name: str, content: bytes, declared: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=declared or "application/octet-stream")


def refusal_of(name: str, content: bytes, declared: str = "") -> UploadRefusal:
    with pytest.raises(UploadRefusedError) as refused:
        clean_upload(upload(name, content, declared))
    return refused.value.refusal


@pytest.mark.parametrize(
    ("name", "content", "kept_name", "media_type"),
    [
        ("comprobante.png", picture("PNG"), "comprobante.png", "image/png"),
        ("IMG_2041.JPG", picture("JPEG"), "IMG_2041.jpg", "image/jpeg"),
        ("IMG_2041.JPG", picture("PNG"), "IMG_2041.png", "image/png"),
        ("whatsapp.webp", picture("WEBP"), "whatsapp.jpg", "image/jpeg"),
        ("recibo.pdf", saved(pdf()), "recibo.pdf", "application/pdf"),
        ("image", picture("JPEG"), "image.jpg", "image/jpeg"),
        ("../../etc/pás<wd>\r\n.png", picture("PNG"), "pás wd.png", "image/png"),
        ("C:\\fotos\\ticket.png", picture("PNG"), "ticket.png", "image/png"),
        (".png", picture("PNG"), "png.png", "image/png"),
    ],
)
def test_a_picture_or_pdf_is_kept_under_a_clean_name(
    name: str, content: bytes, kept_name: str, media_type: str
) -> None:
    kept = clean_upload(upload(name, content))
    assert (kept.name, kept.media_type) == (kept_name, media_type)


@pytest.mark.parametrize("declared", ["image/jpeg", "application/pdf", "text/html"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("foto.jpg", HTML),
        ("foto.png", SVG),
        ("foto.svg", SVG),
        ("recibo.pdf", EXECUTABLE),
        ("recibo.pdf", HTML),
        ("recibo.gif", b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00;"),
        ("recibo.docx", b"PK\x03\x04" + b"\x00" * 100),
    ],
)
def test_what_is_neither_picture_nor_pdf_is_refused_whatever_it_calls_itself(
    name: str, content: bytes, declared: str
) -> None:
    assert refusal_of(name, content, declared) == UploadRefusal.KIND


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("foto.jpg", saved(pdf())),
        ("recibo.pdf", picture("PNG")),
        ("instalar.exe", picture("PNG")),
        ("pagina.html", saved(pdf())),
    ],
)
def test_a_name_that_says_another_kind_is_refused(name: str, content: bytes) -> None:
    assert refusal_of(name, content) == UploadRefusal.NAME_LIES


def test_size_is_counted_in_bytes() -> None:
    assert refusal_of("nada.pdf", b"") == UploadRefusal.EMPTY
    assert refusal_of("grande.pdf", saved(pdf()) + b"\n" * UPLOAD_LIMIT) == UploadRefusal.TOO_LARGE


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_that_breaks_off_is_unreadable(kind: str) -> None:
    whole = picture(kind, size=(300, 300), mode="RGB")
    assert refusal_of("foto.png", whole[: len(whole) // 2]) == UploadRefusal.UNREADABLE


def test_a_pdf_that_is_no_pdf_inside_is_unreadable() -> None:
    assert refusal_of("recibo.pdf", b"%PDF-1.7\n" + HTML) == UploadRefusal.UNREADABLE


def test_a_small_file_that_unfolds_into_a_huge_picture_is_refused_before_it_is_decoded() -> None:
    bomb = picture("PNG", size=(20_000, 20_000), mode="1")
    assert len(bomb) < 200_000
    assert refusal_of("foto.png", bomb) == UploadRefusal.TOO_MANY_PIXELS


def test_a_photograph_is_turned_upright_made_smaller_and_forgets_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825)[1] = "S"  # GPS latitude
    kept = clean_upload(upload("foto.jpg", picture("JPEG", size=(6400, 400), exif=exif, comment=b"mi casa")))
    with Image.open(io.BytesIO(kept.content)) as shown:
        assert shown.size == (188, PICTURE_SIDE)
        assert dict(shown.getexif()) == {}
    assert b"mi casa" not in kept.content


def test_what_hides_behind_a_picture_is_left_behind() -> None:
    kept = clean_upload(upload("foto.png", picture("PNG") + HTML))
    assert b"script" not in kept.content


def test_what_was_transparent_becomes_paper() -> None:
    see_through = io.BytesIO()
    Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(see_through, "WEBP", lossless=True)
    kept = clean_upload(upload("foto.webp", see_through.getvalue()))
    with Image.open(io.BytesIO(kept.content)) as shown:
        assert shown.getpixel((4, 4)) == (255, 255, 255)


def test_a_pdf_is_rebuilt_from_its_pages_without_scripts_or_files() -> None:
    document = pdf()
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    document.pages[0].obj.AA = pikepdf.Dictionary(
        O=pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("calc.exe"))
    )
    document.pages[0].obj.Annots = pikepdf.Array(
        [
            document.make_indirect(
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot,
                    Subtype=pikepdf.Name.Link,
                    Rect=[0, 0, 9, 9],
                    A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://example.org/")),
                )
            )
        ]
    )
    document.attachments["virus.exe"] = EXECUTABLE
    kept = clean_upload(upload("recibo.pdf", saved(document) + HTML))
    with pikepdf.open(io.BytesIO(kept.content)) as shown:
        assert sorted(shown.Root.keys()) == ["/Pages", "/Type"]
        assert "/AA" not in shown.pages[0].obj
        assert "/Annots" not in shown.pages[0].obj
        assert [*shown.attachments] == []
    for hidden in (b"alert", b"calc", b"script", b"example.org"):
        assert hidden not in kept.content


def test_what_was_typed_into_a_pdf_stays_on_its_page() -> None:
    document = pdf()
    look = document.make_stream(b"0.16 0.44 0.59 rg 0 0 100 50 re f")
    look.update(pikepdf.Dictionary(Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 100, 50]))
    stamp = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Stamp, Rect=[0, 0, 100, 50], F=4, AP=pikepdf.Dictionary(N=look)
    )
    document.pages[0].obj.Annots = pikepdf.Array([document.make_indirect(stamp)])
    kept = clean_upload(upload("recibo.pdf", saved(document)))
    drawn = pypdfium2.PdfDocument(kept.content)[0].render(scale=1).to_pil()
    assert drawn.getpixel((20, 80)) == (41, 112, 150)
    assert drawn.getpixel((150, 20)) == (255, 255, 255)


def test_a_pdf_behind_a_password_is_refused_and_one_that_only_forbids_changes_is_not() -> None:
    locked = saved(pdf(), encryption=pikepdf.Encryption(user="secreto", owner="otro"))
    assert refusal_of("recibo.pdf", locked) == UploadRefusal.LOCKED
    bank_slip = saved(pdf(), encryption=pikepdf.Encryption(user="", owner="banco"))
    assert clean_upload(upload("recibo.pdf", bank_slip)).media_type == "application/pdf"


def test_pages_are_counted() -> None:
    assert clean_upload(upload("recibo.pdf", saved(pdf(PAGE_LIMIT)))).name == "recibo.pdf"
    assert refusal_of("recibo.pdf", saved(pdf(PAGE_LIMIT + 1))) == UploadRefusal.TOO_MANY_PAGES
    assert refusal_of("recibo.pdf", saved(pdf(0))) == UploadRefusal.UNREADABLE
