import re
from html.parser import HTMLParser

import pytest
from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.test import Client
from django.views.defaults import bad_request, permission_denied, server_error

from accounts.enums import TermsPurpose
from accounts.models import AccountLink, User
from accounts.terms import publish_terms
from tests.look.pages import links_of

PUBLIC = ["/", "/terminos/", "/terminos/registro/", "/datos-personales/", "/accesibilidad/"]

pytestmark = pytest.mark.django_db


class Outline(HTMLParser):
    """What the structure of a page is judged by."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]


@pytest.mark.parametrize("path", PUBLIC)
def test_anyone_may_read_it(anonymous: Client, path: str) -> None:
    response = anonymous.get(path)
    assert response.status_code == 200
    outline = Outline(response.content.decode())
    assert outline.tags.count("h1") == 1
    assert outline.tags.count("main") == 1
    assert len(outline.ids) == len(set(outline.ids))


@pytest.mark.parametrize("path", PUBLIC)
def test_it_rejects_post(anonymous: Client, path: str) -> None:
    assert anonymous.post(path).status_code == 405


def test_titles_are_unique(anonymous: Client) -> None:
    titles = [re.findall("<title>(.*?)</title>", anonymous.get(path).content.decode())[0] for path in PUBLIC]
    assert len(set(titles)) == len(PUBLIC)
    assert all(title.endswith(" · Oficina Virtual · Aguas del Piedemonte") for title in titles)


@pytest.mark.parametrize("path", PUBLIC)
def test_no_link_is_dead(anonymous: Client, path: str) -> None:
    for link in links_of(anonymous.get(path).content.decode()):
        assert anonymous.get(link, follow=True).status_code == 200, link


@pytest.mark.parametrize("path", [*PUBLIC, "/no-existe/"])
def test_content_security_policy_has_no_unsafe(anonymous: Client, path: str) -> None:
    response = anonymous.get(path)
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_front_door_offers_the_ways_in(anonymous: Client) -> None:
    html = anonymous.get("/").content.decode()
    assert '<a class="button" href="/ingresar/">Ingresar</a>' in html
    assert '<a class="button button--secondary" href="/registrate/">Registrate</a>' in html


def test_front_door_leads_whoever_is_in_to_inicio(as_owner: Client, link: AccountLink) -> None:
    response = as_owner.get("/", follow=True)
    assert response.redirect_chain[-1] == (f"/cuenta/{link.public_id}/inicio/", 302)


def test_reading_a_public_page_asks_the_database_nothing(
    anonymous: Client, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]  # the fixture is a context manager factory
        anonymous.get("/accesibilidad/")


def test_terms_show_the_version_in_force_and_keep_the_earlier_ones(anonymous: Client) -> None:
    publish_terms(TermsPurpose.REGISTRATION, title="Términos nuevos", body="## Uno\n\nTexto <b>.")
    html = anonymous.get("/terminos/registro/").content.decode()
    assert "<h1>Términos nuevos</h1>" in html
    assert "<h2>Uno</h2>\n<p>Texto &lt;b&gt;.</p>" in html
    assert 'href="/terminos/registro/1/"' in html
    earlier = anonymous.get("/terminos/registro/1/").content.decode()
    assert "Esta versión ya no está vigente" in earlier
    assert "Qué es la Oficina Virtual" in earlier
    assert "Términos nuevos" in anonymous.get("/terminos/").content.decode()


@pytest.mark.parametrize("path", ["/terminos/otra-cosa/", "/terminos/registro/99/"])
def test_terms_that_do_not_exist(anonymous: Client, path: str) -> None:
    assert anonymous.get(path).status_code == 404


def test_robots_read_no_address_with_a_reference(anonymous: Client) -> None:
    response = anonymous.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    for path in ("/cuenta/", "/factura-digital/"):
        assert f"Disallow: {path}\n" in response.content.decode()


def test_missing_page_is_in_our_words(anonymous: Client, as_owner: Client, owner: User) -> None:
    for client in (anonymous, as_owner):
        response = client.get("/no-existe/")
        assert response.status_code == 404
        assert "<h1>No encontramos esa página</h1>" in response.content.decode()


def test_other_errors_are_in_our_words(rf: pytest.FixtureRequest) -> None:
    request = rf.get("/")  # type: ignore[attr-defined]  # pytest-django's request factory
    request.user = User()
    refused = permission_denied(request, PermissionDenied())
    assert (refused.status_code, "No podés abrir esta página" in refused.content.decode()) == (403, True)
    broken = server_error(request)
    assert (broken.status_code, "Tuvimos un problema" in broken.content.decode()) == (500, True)
    senseless = bad_request(request, ValueError())
    assert (senseless.status_code, "No entendimos el pedido" in senseless.content.decode()) == (400, True)
    assert "Probaste muchas veces seguidas" in render_to_string("429.html", request=request)


def test_error_of_ours_needs_no_database(
    rf: pytest.FixtureRequest, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]  # the fixture is a context manager factory
        server_error(rf.get("/"))  # type: ignore[attr-defined]  # pytest-django's request factory
