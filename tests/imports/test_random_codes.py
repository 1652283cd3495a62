"""Codes that the database makes are those of `oficina.shared.ids`."""

from collections import Counter

import pytest
from django.db import connection

from oficina.shared.ids import ALPHABET, PUBLIC_ID_LENGTH

pytestmark = pytest.mark.django_db


def test_codes_are_of_the_alphabet_each_symbol_as_likely_at_each_place() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT shared_random_code(%s) FROM generate_series(1, 6400)", [PUBLIC_ID_LENGTH])
        codes = [code for (code,) in cursor.fetchall()]

    assert len(set(codes)) == 6400
    for place in range(PUBLIC_ID_LENGTH):
        seen = Counter(code[place] for code in codes)
        assert set(seen) == set(ALPHABET)
        assert min(seen.values()) > 110  # 200 of each are expected; 110 is more than six deviations away
    assert {len(code) for code in codes} == {PUBLIC_ID_LENGTH}
