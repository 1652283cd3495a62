"""The eye that looks at each screen."""

import pytest

from tests.live.browsing import Visits
from tests.live.tour import Tour


@pytest.fixture
def tour(visits: Visits) -> Tour:
    return Tour(visits.open("/accesibilidad/"))
