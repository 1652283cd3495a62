"""Long texts that the office writes: paragraphs, subtitles and lists, and nothing else."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def prose_html(text: str) -> SafeString:
    """HTML of a text whose blocks a blank line separates. `## ` opens a subtitle; lines that begin with `- `, a list.

    Everything is escaped: markup in the text is shown, never obeyed.
    """
    blocks = [block.strip() for block in text.replace("\r\n", "\n").split("\n\n")]
    return format_html_join("\n", "{}", ((_block(block),) for block in blocks if block))


def _block(block: str) -> SafeString:
    lines = [line.strip() for line in block.split("\n")]
    if lines[0].startswith("## "):
        rest = "\n".join(lines[1:])
        return format_html("<h2>{}</h2>{}", lines[0].removeprefix("## "), _block(rest) if rest else "")
    if all(line.startswith("- ") for line in lines):
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line[2:],) for line in lines)))
    return format_html("<p>{}</p>", format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines)))
