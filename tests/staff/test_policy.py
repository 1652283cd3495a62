"""Where the office's site begins and ends: its login, its way out, its looser policy for scripts."""

import pytest
from django.test import Client
from django.utils.csp import CSP

from accounts.models import AccountLink

pytestmark = pytest.mark.django_db

LOOSE = ("'unsafe-eval'", CSP.UNSAFE_INLINE)


def policy(client: Client, path: str) -> str:
    return client.get(path).headers["Content-Security-Policy"]


def test_only_the_office_has_the_looser_policy(
    as_administrator: Client, as_owner: Client, anonymous: Client, link: AccountLink
) -> None:
    office = policy(as_administrator, "/admin/")
    assert "script-src 'self' 'unsafe-eval';" in office
    assert "style-src 'self' 'unsafe-inline';" in office
    assert "form-action 'self'" in office

    strict = [
        policy(anonymous, "/"),
        policy(anonymous, "/ingresar/"),
        policy(as_owner, f"/cuenta/{link.public_id}/inicio/"),
        policy(as_owner, "/admin/"),  # the portal's own 404
        policy(as_administrator, "/mis-cuentas/"),
    ]
    assert not any("unsafe" in one for one in strict)


def test_the_way_in_is_the_portals_and_leads_back(
    anonymous: Client, as_owner: Client, as_administrator: Client
) -> None:
    path = "/admin/billing/payment/?q=P-1"
    sent = anonymous.get("/admin/login/", {"next": path})

    assert sent.headers["Location"] == "/ingresar/?next=/admin/billing/payment/%3Fq%3DP-1"
    assert anonymous.get("/admin/", follow=True).redirect_chain[-1] == ("/ingresar/?next=/admin/", 302)
    assert as_owner.get("/admin/login/").status_code == 404
    assert as_owner.get("/admin/").status_code == 404
    assert as_administrator.get("/admin/login/").headers["Location"] == "/admin/"


def test_the_way_out_ends_the_session_of_the_portal(as_administrator: Client) -> None:
    assert as_administrator.post("/admin/logout/").headers["Location"] == "/"
    assert as_administrator.get("/mis-cuentas/").status_code == 302


def test_the_password_is_changed_where_everybody_does(as_administrator: Client) -> None:
    answer = as_administrator.get("/admin/password_change/")

    assert "contrasena" in answer.headers["Location"]
