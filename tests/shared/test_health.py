import pytest
from django.db import connection
from django.test import Client


@pytest.mark.django_db
def test_health_says_ok_to_anybody(client: Client) -> None:
    answer = client.get("/salud/")

    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_health_says_when_the_database_is_away(client: Client) -> None:
    name = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = "there_is_no_such_database"
    try:
        answer = client.get("/salud/")
    finally:
        connection.settings_dict["NAME"] = name
        connection.close()

    assert (answer.status_code, answer.content) == (503, b"sin base de datos\n")


@pytest.mark.django_db
def test_health_answers_whoever_asks_by_address(client: Client) -> None:
    assert client.get("/salud/", headers={"host": "10.0.0.7"}).status_code == 200


@pytest.mark.django_db
def test_health_rejects_post(client: Client) -> None:
    assert client.post("/salud/").status_code == 405
