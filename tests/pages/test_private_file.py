"""A file that somebody attached: who may see it, and how it is served."""

import pytest
from django.test import Client

from accounts.models import User
from oficina.shared.models import PrivateFile
from oficina.shared.private_files import keep_draft, keep_file
from tests.factories.payment_reports import photograph
from tests.staff.conftest import may

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(owner: User) -> PrivateFile:
    """A picture that Ana attached to something."""
    return keep_file(photograph(), by=owner.pk)


def address(file: PrivateFile) -> str:
    return f"/archivos/{file.public_id}/"


def test_whoever_attached_it_sees_it(as_owner: Client, file: PrivateFile) -> None:
    answer = as_owner.get(address(file))

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer.content == file.content
    assert answer["Content-Disposition"] == 'inline; filename="ticket.png"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Security-Policy"] == (
        "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    )


def test_nobody_else_finds_it(
    as_teammate: Client, as_stranger: Client, anonymous: Client, staff: User, file: PrivateFile
) -> None:
    for client in (as_teammate, as_stranger, may(staff, "view_paymentreport")):
        assert client.get(address(file)).status_code == 404
    assert anonymous.get(address(file))["Location"].startswith("/ingresar/")


def test_who_of_the_office_may_see_files_does(staff: User, file: PrivateFile) -> None:
    assert may(staff, "view_privatefile").get(address(file)).status_code == 200


def test_the_permission_alone_is_not_enough(stranger: User, file: PrivateFile) -> None:
    assert may(stranger, "view_privatefile").get(address(file)).status_code == 404


def test_what_was_not_sent_yet_is_for_its_person_alone(as_owner: Client, owner: User, staff: User) -> None:
    draft = keep_draft(photograph(), by=owner.pk)

    assert as_owner.get(address(draft)).status_code == 200
    assert may(staff, "view_privatefile").get(address(draft)).status_code == 404


def test_it_is_only_read(as_owner: Client, file: PrivateFile) -> None:
    assert as_owner.post(address(file)).status_code == 405
    assert as_owner.get("/archivos/otro/").status_code == 404
