import pytest

from oficina.shared.prose import links_in, prose_html


def test_paragraphs_subtitles_and_lists() -> None:
    text = "Uno.\nSigue.\n\n## Dos\n\nTres.\r\n\r\n- a\n- b\n\n## Cuatro\nCinco."
    assert prose_html(text) == (
        "<p>Uno.<br>\nSigue.</p>\n<h2>Dos</h2>\n<p>Tres.</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<h2>Cuatro</h2>\n"
        "<p>Cinco.</p>"
    )


def test_emphasis_steps_and_links() -> None:
    assert prose_html("1. **Ya**\n2. [Acá](/mis-cuentas/)\n3. [Allá](https://aguas.example/?a=1&b=2)") == (
        '<ol>\n<li><strong>Ya</strong></li>\n<li><a href="/mis-cuentas/" rel="noopener noreferrer">Acá</a></li>\n'
        '<li><a href="https://aguas.example/?a=1&amp;b=2" rel="noopener noreferrer">Allá</a></li>\n</ol>'
    )


def test_headings_stay_below_that_of_the_page() -> None:
    assert prose_html("# Uno\n\n###### Seis") == "<h2>Uno</h2>\n<h4>Seis</h4>"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("## <b>", "<h2>&lt;b&gt;</h2>"),
        ("- <i onclick=x>", "<ul>\n<li>&lt;i onclick=x&gt;</li>\n</ul>"),
        ('<img src=x onerror="alert(1)">', '<p>&lt;img src=x onerror="alert(1)"&gt;</p>'),
        ("[Acá](javascript:alert(1))", "<p>[Acá](javascript:alert(1))</p>"),
        ("[Acá](JaVaScRiPt&#58;alert(1))", "<p>[Acá](JaVaScRiPt:alert(1))</p>"),
        ("[Acá](data:text/html;base64,PHNjcmlwdD4=)", "<p>[Acá](data:text/html;base64,PHNjcmlwdD4=)</p>"),
        ("[Acá](ftp://aguas.example)", '<p><a rel="noopener noreferrer">Acá</a></p>'),
        ("![x](/x.png)", '<p>!<a href="/x.png" rel="noopener noreferrer">x</a></p>'),
        (
            '[Acá](/x "a\\" onmouseover=\\"alert(1)")',
            '<p><a href="/x" title="a&quot; onmouseover=&quot;alert(1)" rel="noopener noreferrer">Acá</a></p>',
        ),
        ("<javascript:alert(1)>", "<p>&lt;javascript:alert(1)&gt;</p>"),
        ("`<script>`", "<p>&lt;script&gt;</p>"),
        ("```\n<script>x</script>\n```", "&lt;script&gt;x&lt;/script&gt;"),
    ],
)
def test_markup_is_shown_and_not_obeyed(text: str, html: str) -> None:
    assert prose_html(text) == html


def test_nothing_is_nothing() -> None:
    assert prose_html("  \n\n ") == ""


def test_links_are_found_once_in_their_order() -> None:
    text = "- [a](https://uno.example)\n- **[b](/dos/)**\n\n[c](https://uno.example) [d](javascript:x)"
    assert links_in(text) == ["https://uno.example", "/dos/"]
