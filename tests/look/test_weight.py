"""All of CSS and JavaScript for Inicio weighs less than 60 kB compressed, even for a browser that only knows gzip."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from accounts.models import AccountLink

LIMIT = 60_000


@pytest.mark.django_db
def test_inicio_is_light(as_owner: Client, link: AccountLink) -> None:
    html = as_owner.get(f"/cuenta/{link.public_id}/inicio/").content.decode()
    names = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', html)
    assert {"css/components.css", "django_htmx/htmx-2.min.js"} <= set(names)
    if "js/paybar.js" not in names:
        names.append("js/paybar.js")
    weight = 0
    for name in names:
        found = finders.find(name)
        assert isinstance(found, str)
        weight += len(gzip.compress(Path(found).read_bytes()))
    assert weight < LIMIT, weight
