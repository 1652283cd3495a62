"""A request that is far too large is refused before it is read, with a page that says what to do."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from oficina.shared.request_size import MEGABYTE, OFFICE_UPLOAD, REQUEST_LIMIT


def answer_to(path: str, size: str) -> tuple[int, str]:
    response = Client().post(
        path, b"x", content_type="multipart/form-data; boundary=x", headers={"Content-Length": size}
    )
    return response.status_code, response.content.decode()


@pytest.mark.parametrize("path", ["/registrate/", "/no-existe/", "/webhooks/stripe/"])
def test_what_is_too_large_gets_a_page_that_helps(path: str) -> None:
    status, page = answer_to(path, str(REQUEST_LIMIT + 1))
    assert status == 413
    assert "lo que escribiste sigue ahí" in page


@pytest.mark.django_db
@pytest.mark.parametrize("size", [str(REQUEST_LIMIT), "-1", "muchos"])
def test_the_rest_passes(size: str) -> None:
    assert answer_to("/no-existe/", size)[0] != 413


@pytest.mark.django_db
def test_one_page_of_the_office_takes_larger_files_up_to_a_limit(settings: Settings) -> None:
    settings.UTILITY = settings.UTILITY.model_copy(update={"office_upload_megabytes": 30})

    assert answer_to(OFFICE_UPLOAD, str(30 * MEGABYTE))[0] == 302
    status, page = answer_to(OFFICE_UPLOAD, str(30 * MEGABYTE + 1))
    assert (status, "hasta 30 MB" in page) == (413, True)
    assert answer_to("/admin/", str(30 * MEGABYTE))[0] == 413
