"""Finds the text that answers a question, as people type it: without accents, with slips, in words of their own.

A few dozen texts are compared one by one; what makes one fit is in docs/decisions/0121.
"""

from functools import reduce
from operator import add, attrgetter, or_
from typing import Final, cast

from django.contrib.postgres.lookups import Unaccent
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector, TrigramStrictWordSimilarity
from django.db import connection
from django.db.models import Case, F, FloatField, TextField, Value, When
from django.db.models.functions import Concat, Lower

from tramites.models import PublishedText, PublishedTextQuerySet

SEARCH_CONFIGURATION: Final = "spanish_without_accents"
"""PostgreSQL's Spanish, after the accents are taken away (migration 0001)."""
LONGEST_QUESTION: Final = 200
"""Characters; the rest is not looked at."""

_ALIKE: Final = 0.3
"""Similarity from which on a word may be a slip of another: `factrua` is 0.33 of `factura`."""
_WEIGHTS: Final = [0.1, 0.2, 0.6, 1.0]
"""Of D (0.1), C, B and A (1.0)."""
_CLOSE_TO_BEST: Final = 0.5
_ASKING: Final = frozenset({"quiero", "quisiera", "queria", "necesito", "puedo", "podria"})
"""Words of asking, which say nothing of what is asked."""


def find_by_likeness[Text: PublishedText](texts: PublishedTextQuerySet[Text], question: str) -> list[Text]:
    """Those of some texts in force that answer a question, the best first; none when nothing comes near."""
    words = _telling_words(question[:LONGEST_QUESTION].replace("\x00", ""))
    if not words:
        return []
    asked = [SearchQuery(word, config=SEARCH_CONFIGURATION) for word in words]
    columns = texts.model.SEARCHED.items()
    vector = reduce(add, (SearchVector(name, weight=weight, config=SEARCH_CONFIGURATION) for name, weight in columns))
    said = Unaccent(Lower(Concat("title", Value(" "), "asked_as", output_field=TextField())))
    met = [
        Case(
            When(vector=query, then=Value(1.0)),
            default=TrigramStrictWordSimilarity(word, said),
            output_field=FloatField(),
        )
        for word, query in zip(words, asked, strict=True)
    ]
    compared = texts.annotate(vector=vector).annotate(
        met=reduce(add, met) / Value(float(len(words))),
        fit=SearchRank(F("vector"), reduce(or_, asked), weights=_WEIGHTS) + F("met"),
    )
    near = compared.filter(met__gte=_ALIKE).order_by("-fit", *texts.model.LISTED)
    found = cast("list[Text]", list(near))
    fit = attrgetter("fit")
    return [text for text in found if fit(text) >= fit(found[0]) * _CLOSE_TO_BEST]


def _telling_words(question: str) -> list[str]:
    """The words that tell something, without accents and each once: `no`, `me`, `que` do not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT word FROM regexp_split_to_table(unaccent(lower(%s)), '[^[:alnum:]]+') AS word"
            " WHERE length(word) > 1 AND length(word) < 40 AND to_tsvector(%s::regconfig, word) <> '' ORDER BY word",
            [question, SEARCH_CONFIGURATION],
        )
        words = [word for (word,) in cursor.fetchall()]
    return ([word for word in words if word not in _ASKING] or words)[:12]
