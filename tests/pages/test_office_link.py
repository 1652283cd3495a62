"""Who finds the way to the office in the portal's menu."""

import pytest
from django.test import Client

from accounts.models import User


@pytest.mark.django_db
def test_the_menu_leads_to_the_office_whoever_works_there(as_owner: Client, staff: User, client: Client) -> None:
    client.force_login(staff, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert 'href="/admin/"' in client.get("/mis-datos/").content.decode()
    assert 'href="/admin/"' not in as_owner.get("/mis-datos/").content.decode()
