from oficina.shared.prose import prose_html


def test_paragraphs_subtitles_and_lists() -> None:
    text = "Uno.\nSigue.\n\n## Dos\n\nTres.\r\n\r\n- a\n- b\n\n## Cuatro\nCinco."
    assert prose_html(text) == (
        "<p>Uno.<br>Sigue.</p>\n<h2>Dos</h2>\n<p>Tres.</p>\n<ul><li>a</li><li>b</li></ul>\n<h2>Cuatro</h2><p>Cinco.</p>"
    )


def test_markup_is_shown_and_not_obeyed() -> None:
    assert prose_html("<script>x</script>\n\n## <b>\n\n- <i>") == (
        "<p>&lt;script&gt;x&lt;/script&gt;</p>\n<h2>&lt;b&gt;</h2>\n<ul><li>&lt;i&gt;</li></ul>"
    )


def test_nothing_is_nothing() -> None:
    assert prose_html("  \n\n ") == ""
