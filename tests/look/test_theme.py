import pytest
from django.test import Client


def test_choice_is_kept_and_shown(anonymous: Client) -> None:
    response = anonymous.post("/tema/", {"theme": "dark", "next": "/accesibilidad/"})
    assert (response.status_code, response["Location"]) == (302, "/accesibilidad/")
    cookie = response.cookies["tema"]
    assert (cookie.value, cookie["samesite"], cookie["max-age"], cookie["httponly"]) == ("dark", "Lax", 31536000, True)
    html = anonymous.get("/accesibilidad/").content.decode()
    assert '<html lang="es-AR" data-theme="dark">' in html
    assert '<meta name="color-scheme" content="dark">' in html
    assert '<input type="radio" name="theme" value="dark" checked>' in html


def test_automatic_forgets_the_choice(anonymous: Client) -> None:
    anonymous.post("/tema/", {"theme": "light"})
    response = anonymous.post("/tema/", {"theme": "auto", "next": "/accesibilidad/"})
    assert response.cookies["tema"]["max-age"] == 0
    html = anonymous.get("/accesibilidad/").content.decode()
    assert '<html lang="es-AR">' in html
    assert '<meta name="color-scheme" content="light dark">' in html


@pytest.mark.parametrize("value", ["", "pink", '"><script>'])
def test_unknown_choice_is_automatic(anonymous: Client, value: str) -> None:
    anonymous.post("/tema/", {"theme": value})
    assert '<html lang="es-AR">' in anonymous.get("/accesibilidad/").content.decode()


def test_cookie_made_elsewhere_is_not_trusted(anonymous: Client) -> None:
    anonymous.cookies["tema"] = "evil"
    assert '<html lang="es-AR">' in anonymous.get("/accesibilidad/").content.decode()


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "", "/\\evil.example"]
)
def test_it_never_leads_to_another_site(anonymous: Client, target: str) -> None:
    assert anonymous.post("/tema/", {"theme": "dark", "next": target})["Location"] == "/"


def test_it_rejects_get(anonymous: Client) -> None:
    assert anonymous.get("/tema/").status_code == 405


def test_it_asks_for_the_token_of_the_form() -> None:
    response = Client(enforce_csrf_checks=True).post("/tema/", {"theme": "dark"})
    assert response.status_code == 403
    assert "No pudimos recibir el formulario" in response.content.decode()
    assert "tema" not in response.cookies
