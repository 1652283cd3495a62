"""Everything that can be set from outside, typed, read once.

Each field is an environment variable of the same name in capitals (`database_url` is `DATABASE_URL`), or a line of the
file that `CONFIGURATION_FILE` names; a variable wins over the file. The table of `docs/configuration.md` is made from
this class by `manage.py document_configuration`, so the two cannot differ. In production a value that would not be safe
there stops the start (`unsafe_values`).
"""

import os
import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Environment(StrEnum):
    """Where this process runs. Only `production` is meant for the open internet."""

    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


class LinkProof(StrEnum):
    """What a customer shows to link an account."""

    BILL = "bill"
    NONE = "none"


class AccountCheckDigit(StrEnum):
    """How the last digit of an account number is checked."""

    MOD10 = "mod10"
    NONE = "none"


class BarcodeField(StrEnum):
    """What the barcode of a bill may hold, in the words of `barcode_layout`."""

    COMPANY = "company"
    AMOUNT = "amount"
    YEAR = "year"
    DAY = "day"
    CLIENT = "client"
    CURRENCY = "currency"
    SURCHARGE = "surcharge"
    DAYS = "days"
    CHECK = "check"


def read_barcode_layout(layout: str) -> list[tuple[BarcodeField, int]]:
    """The fields of a layout with their digits, in order: `company:4 amount:8 …`.

    Raises ValueError for an unknown field, for a check that is not the last one, and for an odd number of digits, which
    Interleaved 2 of 5 cannot draw.
    """
    fields = [(BarcodeField(name), int(width)) for name, _, width in (part.partition(":") for part in layout.split())]
    if BarcodeField.CHECK in [name for name, _ in fields[:-1]]:
        raise ValueError("the check digits come last")
    if sum(width for _, width in fields) % 2:
        raise ValueError("the digits have to be even in number")
    return fields


def check_address_template(address: str, *places: str) -> None:
    """Raises ValueError unless it is an https address with each of these places in braces, none of them in its host."""
    parts = urlsplit(address)
    if parts.scheme != "https" or not re.fullmatch(r"[A-Za-z0-9.-]+(:\d+)?", parts.netloc):
        raise ValueError("has to be https:// and a host")
    if missing := [place for place in places if f"{{{place}}}" not in address]:
        raise ValueError(f"lacks {{{missing[0]}}}")
    if re.search(r"[{}\s\"'<>]", re.sub("|".join(rf"\{{{place}\}}" for place in places), "", address)):
        raise ValueError("has braces, quotes or spaces that mean nothing there")


class Configuration(BaseSettings):
    """The settings of one installation. Secrets have no default: a missing one stops the start."""

    # Inputs stay out of error messages: they hold secrets.
    model_config = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    # The process
    environment: Environment = Field(Environment.PRODUCTION, description="production, demo or test")
    secret_key: SecretStr = Field(description="Django's signing key, 50 random characters or more")
    allowed_hosts: list[str] = Field([], description="host names this portal answers to (JSON list)")
    base_url: str = Field(description="public address of the portal, without a final slash")
    database_url: SecretStr = Field(
        description="PostgreSQL address; the owner's for `migrate`, the runtime role's for web and worker"
    )
    database_runtime_role: str = Field("oficina_runtime", description="group role that may not rewrite money")
    proxies_in_front: int = Field(0, ge=0, description="reverse proxies whose X-Forwarded-For is trusted")

    # The utility
    utility_name: str = Field("Aguas del Piedemonte", description="name shown to customers")
    utility_legal_name: str = Field("Aguas del Piedemonte S.A.", description="name on documents")
    utility_kind: str = Field("Empresa pública de agua y saneamiento", description="one line for the footer")
    utility_cuit: str = Field("30-70918273-7", description="CUIT of the utility")
    utility_vat_condition: str = Field("IVA responsable inscripto", description="VAT condition, on documents")
    utility_gross_income_number: str = Field("0712345-6", description="ingresos brutos, on documents")
    utility_activity_start: str = Field("01/03/2011", description="start of activities, on documents")
    utility_address: str = Field("Av. Los Plátanos 1180, M5500 Mendoza", description="address of the head office")
    phone_technical: str = Field("0800 555 4820", description="technical complaints, 24 hours")
    phone_commercial: str = Field("0810 555 4826", description="commercial line")
    commercial_hours: str = Field("lunes a viernes de 8 a 16", description="hours of the commercial line")
    whatsapp_number: str = Field("261 555 0182", description="assistant by WhatsApp; empty: none")
    holiday_province: str = Field(
        "M",
        pattern="^[A-HJ-NP-Z]$",
        description="province whose holidays count, its letter in ISO 3166-2:AR (M: Mendoza)",
    )
    extra_holidays: list[date] = Field(
        [], description="days decreed not to be worked that the calendar does not know yet (JSON list, 2026-12-31)"
    )

    # Accounts and bills
    account_number_format: str = Field("000-0000000-000-0", description="segments of an account number")
    account_check_digit: AccountCheckDigit = Field(AccountCheckDigit.MOD10, description="mod10 or none")
    link_proof: LinkProof = Field(LinkProof.BILL, description="bill: a datum of a bill proves it; none: number only")
    billing_period_months: int = Field(2, ge=1, le=12, description="months that a bill covers")
    barcode_company: str = Field(
        "0742", pattern=r"^\d*$", description="the utility's number at the cash networks; empty: bills without barcode"
    )
    barcode_layout: str = Field(
        "company:4 amount:8 year:2 day:3 client:14 currency:1 surcharge:6 days:2 check:2",
        description="fields of the barcode and their digits, as the contract with the cash networks says",
    )
    payment_places: list[str] = Field(
        [
            "Rapipago y Pago Fácil, con el código de barras",
            "Banca por internet, con el código de pago electrónico",
            "Oficinas comerciales: Sarmiento 1145 (Ciudad), Independencia 310 (Las Heras), Alvear 88 (San Martín)",
        ],
        description="where a bill is paid besides this portal, as printed on it (JSON list)",
    )
    arca_qr_url: str = Field(
        "https://www.arca.gob.ar/fe/qr/", description="address that the QR of an authorised bill opens (RG 4892)"
    )
    claim_answer_days: int = Field(
        10, ge=1, le=30, description="business days in which the office answers a claim on a bill, told to who makes it"
    )
    bill_reminder_days: int = Field(
        3, ge=1, le=15, description="days before the due date on which whoever asked is reminded of an unpaid bill"
    )
    payment_report_review_days: int = Field(
        5,
        ge=1,
        description="business days within which the office answers a payment that was reported as made elsewhere",
    )

    chat_unread_minutes: int = Field(
        3, ge=1, description="minutes after which whoever has not read an answer of the chat is told of it by mail"
    )
    chat_silence_days: int = Field(
        7, ge=1, description="days without a message after which a conversation of the chat is closed"
    )

    # Maps
    map_tiles_url: str = Field(
        "", description="address of the map's tiles, https with {z}, {x} and {y}; empty: maps without a background"
    )
    map_tiles_attribution: str = Field(
        "© OpenStreetMap", description="whose the tiles are, as their licence asks; shown on every map that has them"
    )
    map_link: str = Field(
        "https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=18/{latitude}/{longitude}",
        description="address that opens a point on a map elsewhere, https with {latitude} and {longitude}",
    )
    service_area: tuple[float, float, float, float] = Field(
        (-70.6, -37.6, -66.4, -31.9),
        description="west, south, east and north, in degrees, of where the utility serves (JSON list); what lies "
        "outside is refused",
    )

    # Documents that the portal itself issues
    invoice_point_of_sale: int = Field(
        5, ge=1, le=99_998, description="the portal's own point of sale at ARCA, which no other system numbers with"
    )
    series_a_vat_conditions: list[str] = Field(
        ["Responsable inscripto"], description="VAT conditions of holders who get series A, given a CUIT (JSON list)"
    )
    charge_vat_rate: Decimal = Field(
        Decimal("21.00"), ge=0, lt=100, decimal_places=2, description="VAT contained in charges, per cent"
    )
    charge_due_days: int = Field(
        10, ge=0, description="days from accepting a charge to the due date of its invoice, moved on to a business day"
    )

    # Payment plans
    payment_plan_rate_cap: Decimal = Field(
        Decimal("45.00"),
        ge=0,
        decimal_places=2,
        description="greatest nominal annual rate of payment plans, per cent: Ley 24.240, art. 31, one and a half "
        "times the 30-day deposit rate of Banco Nación",
    )

    # Payments
    debit_card_countries: list[str] = Field(
        ["AR"], description="countries whose cards direct debit takes, in two letters (JSON list)"
    )
    stripe_api_key: SecretStr = Field(description="secret key of the payment provider")
    stripe_webhook_secrets: list[SecretStr] = Field(description="webhook secrets, newest first (JSON list)")
    stripe_api_base: str = Field("https://api.stripe.com", description="address of the provider's API")
    stripe_checkout_origin: str = Field(
        "https://checkout.stripe.com", description="origin of the hosted checkout, for the CSP's form-action"
    )
    stripe_test_mode: bool = Field(False, description="production takes the provider's test keys, for a rehearsal")
    payment_minimum: int = Field(500, ge=1, description="least total of one checkout, in pesos")
    payment_maximum: int = Field(
        999_999, description="greatest total of one checkout, in pesos; Stripe takes up to eight digits of centavos"
    )
    quote_minutes: int = Field(25, ge=5, description="minutes for which a payment summary is honoured")
    checkout_minutes: int = Field(40, ge=31, le=1440, description="minutes for which a checkout stays open")

    # Mail
    email_url: SecretStr = Field(description="smtp://user:password@host:port, or demo: for the demo's mailbox")
    mail_from: str = Field(description="sender of every mail")

    # The office
    office_second_factor: bool = Field(True, description="who works in the office enters with a second factor")
    office_second_factor_hours: int = Field(
        12, ge=1, le=24, description="hours for which a proof of the second factor counts in the office"
    )

    # The office's files
    office_upload_megabytes: int = Field(
        200,
        ge=1,
        le=2000,
        description="megabytes that one upload of files to import may have; the proxy allows so many",
    )
    office_file_days: int = Field(
        7, ge=1, le=90, description="days for which files that the office imported or exported are kept"
    )

    # Serving
    log_level: str = Field("INFO", description="level of the log on standard error")

    @property
    def map_tiles_origins(self) -> list[str]:
        """The origin of the tiles, for the policy that opens it; nothing without a provider."""
        parts = urlsplit(self.map_tiles_url)
        return [f"{parts.scheme}://{parts.netloc}"] if self.map_tiles_url else []

    @field_validator("barcode_layout")
    @classmethod
    def _layout_can_be_read(cls, layout: str) -> str:
        read_barcode_layout(layout)
        return layout

    @field_validator("map_tiles_url")
    @classmethod
    def _tiles_can_be_asked_for(cls, address: str) -> str:
        if address:
            check_address_template(address, "z", "x", "y")
        return address

    @field_validator("map_link")
    @classmethod
    def _point_can_be_opened(cls, address: str) -> str:
        check_address_template(address, "latitude", "longitude")
        return address

    @field_validator("service_area")
    @classmethod
    def _area_is_one(cls, area: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        west, south, east, north = area
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise ValueError("west has to be less than east and south less than north, in degrees")
        return area

    @model_validator(mode="after")
    def _company_fits_its_barcode(self) -> Self:
        width = dict(read_barcode_layout(self.barcode_layout)).get(BarcodeField.COMPANY, 0)
        if len(self.barcode_company) > width:
            raise ValueError(f"BARCODE_COMPANY: the layout gives it {width} digits")
        return self

    @model_validator(mode="after")
    def _production_is_safe(self) -> Self:
        if self.environment is Environment.PRODUCTION and (problems := unsafe_values(self)):
            raise ValueError("not safe in production:\n" + "\n".join(f"- {problem}" for problem in problems))
        return self


_IDENTITY = (
    "utility_name", "utility_legal_name", "utility_cuit", "utility_gross_income_number", "utility_address",
    "phone_technical", "phone_commercial", "whatsapp_number", "barcode_company", "payment_places",
)  # fmt: skip
"""What the demo invents. A real utility says its own, or its bills would bear somebody else's name."""


def unsafe_values(conf: Configuration) -> list[str]:
    """What is wrong with these values on the open internet, one line each; empty when nothing is."""
    return [*_unsafe_secret_key(conf), *_unsafe_addresses(conf), *_unsafe_payments(conf), *_unsafe_rest(conf)]


def _unsafe_secret_key(conf: Configuration) -> list[str]:
    key = conf.secret_key.get_secret_value()
    if len(key) < 50 or len(set(key)) < 10:
        return ["SECRET_KEY: needs 50 random characters or more"]
    if key.startswith(("django-insecure", "only-for-tests")):
        return ["SECRET_KEY: this one is known to everybody"]
    return []


def _unsafe_addresses(conf: Configuration) -> list[str]:
    problems = []
    base = urlsplit(conf.base_url)
    if base.scheme != "https" or not base.hostname or base.path or base.query:
        problems.append("BASE_URL: has to be https://host, without anything after the host")
    if not conf.allowed_hosts:
        problems.append("ALLOWED_HOSTS: name the hosts that this portal answers to")
    problems += [f"ALLOWED_HOSTS: {host} is not a public host" for host in conf.allowed_hosts if _is_local(host)]
    if base.hostname and conf.allowed_hosts and not any(_covers(host, base.hostname) for host in conf.allowed_hosts):
        problems.append(f"ALLOWED_HOSTS: lacks the host of BASE_URL, {base.hostname}")
    return problems


def _is_local(host: str) -> bool:
    return "*" in host or host.lower() in {"localhost", "testserver"} or host.startswith(("127.", "[::1]", "0."))


def _covers(allowed: str, host: str) -> bool:
    return host == allowed.lower() or (allowed.startswith(".") and f".{host}".endswith(allowed.lower()))


def _unsafe_payments(conf: Configuration) -> list[str]:
    problems = []
    key = conf.stripe_api_key.get_secret_value()
    accepted = ("sk_test_", "rk_test_") if conf.stripe_test_mode else ("sk_live_", "rk_live_")
    if not key.startswith(accepted) or len(key) < 24:
        problems.append(f"STRIPE_API_KEY: has to begin with {' or '.join(accepted)} (STRIPE_TEST_MODE decides which)")
    secrets = [secret.get_secret_value() for secret in conf.stripe_webhook_secrets]
    if not secrets or any(not secret.startswith("whsec_") or len(secret) < 24 for secret in secrets):
        problems.append("STRIPE_WEBHOOK_SECRETS: one or more, each whsec_ and what the provider gave")
    if conf.stripe_api_base != "https://api.stripe.com":
        problems.append("STRIPE_API_BASE: only https://api.stripe.com; the local simulator settles without money")
    if conf.stripe_checkout_origin != "https://checkout.stripe.com":
        problems.append("STRIPE_CHECKOUT_ORIGIN: only https://checkout.stripe.com")
    if conf.payment_minimum >= conf.payment_maximum:
        problems.append("PAYMENT_MINIMUM: has to be less than PAYMENT_MAXIMUM")
    return problems


def _unsafe_rest(conf: Configuration) -> list[str]:
    problems = []
    mail = urlsplit(conf.email_url.get_secret_value())
    if mail.scheme not in {"smtp", "smtps"} or not mail.hostname:
        problems.append("EMAIL_URL: has to be smtp:// or smtps:// and a host, or no mail leaves")
    if "tls=no" in mail.query.split("&"):
        problems.append("EMAIL_URL: mail has to leave encrypted")
    if not conf.office_second_factor:
        problems.append("OFFICE_SECOND_FACTOR: a password alone does not open the office")
    problems += [
        f"{name.upper()}: say the utility's own, not the demo's"
        for name in _IDENTITY
        if getattr(conf, name) == Configuration.model_fields[name].default
    ]
    return problems


def package_folder(name: str) -> Path:
    """Where a package is installed whose files are used and whose code is not: it is not imported.

    Raises ModuleNotFoundError.
    """
    found = find_spec(name)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(name)
    return Path(found.origin).parent


@cache
def configuration() -> Configuration:
    """The settings of this process. Raises pydantic's ValidationError naming each missing or wrong variable."""
    return Configuration(_env_file=os.environ.get("CONFIGURATION_FILE"))
