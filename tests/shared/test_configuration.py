"""What production refuses, and the command that documents the settings."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from dotenv import dotenv_values
from pydantic import ValidationError
from pytest_django import Settings

from oficina.configuration import ROOT, Configuration

SECRETS = {
    "SECRET_KEY": "k7Q-x2pV9mZr4LtB8wHs1NcY6gJd3FaE0uRqTiOyXvUbMeKlPz",
    "STRIPE_API_KEY": "sk_live_51Hq2example000000",
    "STRIPE_WEBHOOK_SECRETS": '["whsec_Zk3v9example00000000"]',
}

NOT_A_BASE = "BASE_URL: has to be https://host, without anything after the host"


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment of the example with its secrets filled in."""
    for name in Configuration.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in (dotenv_values(ROOT / "docs" / "production.env.example") | SECRETS).items():
        monkeypatch.setenv(name, value or "")
    return monkeypatch


def refusals() -> list[str]:
    with pytest.raises(ValidationError) as refused:
        Configuration()
    (error,) = refused.value.errors()
    return [line.removeprefix("- ") for line in error["msg"].splitlines()[1:]]


def test_production_accepts_the_example_once_its_secrets_are_filled_in(production: pytest.MonkeyPatch) -> None:
    assert Configuration().base_url == "https://oficina.aguas.example"


def test_production_refuses_the_example_as_it_is_and_says_each_thing(production: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        production.setenv(name, "[]" if name == "STRIPE_WEBHOOK_SECRETS" else "")

    assert refusals() == [
        "SECRET_KEY: needs 50 random characters or more",
        "STRIPE_API_KEY: has to begin with sk_live_ or rk_live_ (STRIPE_TEST_MODE decides which)",
        "STRIPE_WEBHOOK_SECRETS: one or more, each whsec_ and what the provider gave",
    ]


@pytest.mark.parametrize(
    ("name", "value", "refusal"),
    [
        ("SECRET_KEY", "a" * 60, "SECRET_KEY: needs 50 random characters or more"),
        ("SECRET_KEY", "django-insecure-" + SECRETS["SECRET_KEY"], "SECRET_KEY: this one is known to everybody"),
        (
            "BASE_URL",
            "http://oficina.aguas.example",
            "BASE_URL: has to be https://host, without anything after the host",
        ),
        (
            "BASE_URL",
            "https://oficina.aguas.example/",
            "BASE_URL: has to be https://host, without anything after the host",
        ),
        ("BASE_URL", "https://otra.example", "ALLOWED_HOSTS: lacks the host of BASE_URL, otra.example"),
        ("ALLOWED_HOSTS", "[]", "ALLOWED_HOSTS: name the hosts that this portal answers to"),
        ("OFFICE_SECOND_FACTOR", "no", "OFFICE_SECOND_FACTOR: a password alone does not open the office"),
        (
            "ALLOWED_HOSTS",
            '["oficina.aguas.example", "localhost"]',
            "ALLOWED_HOSTS: localhost is not a public host",
        ),
        ("ALLOWED_HOSTS", '["oficina.aguas.example", "*"]', "ALLOWED_HOSTS: * is not a public host"),
        (
            "STRIPE_API_KEY",
            "sk_test_51Hq2example000000",
            "STRIPE_API_KEY: has to begin with sk_live_ or rk_live_ (STRIPE_TEST_MODE decides which)",
        ),
        (
            "STRIPE_API_BASE",
            "http://127.0.0.1:8001",
            "STRIPE_API_BASE: only https://api.stripe.com; the local simulator settles without money",
        ),
        (
            "STRIPE_CHECKOUT_ORIGIN",
            "http://127.0.0.1:8001",
            "STRIPE_CHECKOUT_ORIGIN: only https://checkout.stripe.com",
        ),
        ("PAYMENT_MAXIMUM", "500", "PAYMENT_MINIMUM: has to be less than PAYMENT_MAXIMUM"),
        ("EMAIL_URL", "demo:", "EMAIL_URL: has to be smtp:// or smtps:// and a host, or no mail leaves"),
        ("EMAIL_URL", "smtp://mail.aguas.example?tls=no", "EMAIL_URL: mail has to leave encrypted"),
        ("UTILITY_CUIT", "30-70918273-7", "UTILITY_CUIT: say the utility's own, not the demo's"),
        ("BARCODE_COMPANY", "0742", "BARCODE_COMPANY: say the utility's own, not the demo's"),
    ],
)
def test_production_refuses_an_unsafe_value(
    production: pytest.MonkeyPatch, name: str, value: str, refusal: str
) -> None:
    production.setenv(name, value)

    assert refusals() == [refusal]


def test_production_takes_test_keys_only_when_told_to(production: pytest.MonkeyPatch) -> None:
    production.setenv("STRIPE_TEST_MODE", "yes")
    assert refusals() == ["STRIPE_API_KEY: has to begin with sk_test_ or rk_test_ (STRIPE_TEST_MODE decides which)"]

    production.setenv("STRIPE_API_KEY", "sk_test_51Hq2example000000")
    assert Configuration().stripe_test_mode is True


def test_allowed_hosts_may_cover_the_base_url_by_its_domain(production: pytest.MonkeyPatch) -> None:
    production.setenv("ALLOWED_HOSTS", '[".aguas.example"]')

    assert Configuration().allowed_hosts == [".aguas.example"]


def test_missing_setting_stops_the_start_by_its_name(production: pytest.MonkeyPatch) -> None:
    production.delenv("MAIL_FROM")

    with pytest.raises(ValidationError, match="mail_from\n  Field required"):
        Configuration()


@pytest.mark.parametrize(
    ("name", "value", "refusal"),
    [
        ("BARCODE_LAYOUT", "company:4 total:8", "'total' is not a valid BarcodeField"),
        ("BARCODE_LAYOUT", "amount:8 check:2 client:14", "the check digits come last"),
        ("BARCODE_LAYOUT", "amount:8 client:14 check:1", "the digits have to be even in number"),
        ("BARCODE_COMPANY", "12345", "BARCODE_COMPANY: the layout gives it 4 digits"),
    ],
)
def test_a_barcode_that_nobody_can_read_stops_the_start(
    production: pytest.MonkeyPatch, name: str, value: str, refusal: str
) -> None:
    production.setenv(name, value)

    with pytest.raises(ValidationError, match=refusal):
        Configuration()


@pytest.mark.slow
def test_deployment_check_is_clean_under_the_production_settings(production: pytest.MonkeyPatch) -> None:
    production.delenv("CONFIGURATION_FILE", raising=False)

    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "0" in done.stdout


def test_documentation_of_the_settings_is_current() -> None:
    call_command("document_configuration", check=True)


def test_documentation_of_the_settings_tells_when_it_is_old(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "docs").mkdir()
    settings.BASE_DIR = tmp_path

    with pytest.raises(CommandError, match=r"docs/configuration\.md is old"):
        call_command("document_configuration", check=True)

    call_command("document_configuration")
    call_command("document_configuration", check=True)
    page = (tmp_path / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert "| `SECRET_KEY` | Django's signing key, 50 random characters or more | **required** |\n" in page
    assert page.count("\n| `") == len(Configuration.model_fields)


def test_refusal_does_not_tell_secrets(production: pytest.MonkeyPatch) -> None:
    production.setenv("EMAIL_URL", "demo:")

    with pytest.raises(ValidationError) as refused:
        Configuration()

    assert SECRETS["SECRET_KEY"] not in str(refused.value)
    assert "input_value" not in str(refused.value)
