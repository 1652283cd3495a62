"""The bill that is explained: the template of all bills, filled with a specimen, drawn as it is printed.

Nothing of it is kept by hand. What is marked in the template with `data-callout` is what there is to explain, and the
drawing is known by what it was made of: a template, a style sheet or a setting that changes gives another one.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache

from billing.documents.specimen import specimen_context
from billing.enums import ServiceKind
from oficina.shared.pdf import PagePicture, document_html, documents_style, picture_first_page

_TEMPLATE: Final = "documents/bill.html"
_MARK: Final = "data-callout"
_MARKED: Final = re.compile(rf'{_MARK}="([a-z-]+)"')


@dataclass(frozen=True, kw_only=True)
class ExplainedBill:
    """A specimen as it is filled in. `callouts` are its marked parts in their order, `digest` its name."""

    html: str
    callouts: tuple[str, ...]
    digest: str

    def picture(self) -> PagePicture:
        """How it is printed: drawn once for all processes, in about a second, and then remembered."""
        name = f"specimen-bill-{self.digest}"
        drawn: PagePicture | None = cache.get(name)
        if drawn is None:
            drawn = picture_first_page(self.html, marked_by=_MARK, marks=self.callouts)
            cache.set(name, drawn, timeout=None)
        return drawn


def explained_bill(kind: ServiceKind) -> ExplainedBill:
    """The specimen of a kind of bill, not drawn yet."""
    html = document_html(_TEMPLATE, specimen_context(kind))
    return ExplainedBill(
        html=html,
        callouts=tuple(dict.fromkeys(_MARKED.findall(html))),
        digest=hashlib.sha256(f"{html}{documents_style()}".encode()).hexdigest()[:20],
    )
