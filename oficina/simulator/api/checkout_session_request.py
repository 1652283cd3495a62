"""What a request to open a Checkout Session may carry, in payment or setup mode, and the session that it asks for."""

from typing import Literal, NotRequired, TypedDict, cast

from oficina.simulator.errors import invalid
from oficina.simulator.new_sessions import NewItem, NewSession
from oficina.simulator.parameters import Parameter
from oficina.simulator.payment_methods import VOUCHER
from oficina.simulator.schema import Field, boolean, check, choice, email, integer, many, metadata, nested, text, url

MOST_ITEMS = 100
_CURRENCIES = ("ars", "usd")
_LOCALES = [
    "auto",
    "bg",
    "cs",
    "da",
    "de",
    "el",
    "en",
    "en-GB",
    "es",
    "es-419",
    "et",
    "fi",
    "fil",
    "fr",
    "fr-CA",
    "hi-IN",
    "hr",
    "hu",
    "id",
    "it",
    "ja",
    "ko",
    "lt",
    "lv",
    "ms",
    "mt",
    "nb",
    "nl",
    "pl",
    "pt",
    "pt-BR",
    "ro",
    "ru",
    "sk",
    "sl",
    "sv",
    "th",
    "tr",
    "vi",
    "zh",
    "zh-HK",
    "zh-TW",
]
_OTHER_MODE = {
    "payment": ("setup_intent_data",),
    "setup": ("line_items", "payment_intent_data", "submit_type"),
}
"""Parameters that each mode refuses because they belong to another."""
_KNOWN_TO_STRIPE_ONLY = frozenset(
    [
        "after_expiration",
        "allow_promotion_codes",
        "automatic_tax",
        "billing_address_collection",
        "consent_collection",
        "custom_fields",
        "custom_text",
        "customer_account",
        "customer_update",
        "discounts",
        "integration_identifier",
        "invoice_creation",
        "managed_payments",
        "name_collection",
        "optional_items",
        "origin_context",
        "payment_method_collection",
        "payment_method_configuration",
        "payment_method_data",
        "payment_method_options",
        "permissions",
        "phone_number_collection",
        "redirect_on_completion",
        "return_url",
        "saved_payment_method_options",
        "shipping_address_collection",
        "shipping_options",
        "subscription_data",
        "tax_id_collection",
        "wallet_options",
    ]
)

_PRODUCT = nested(
    {"name": text(), "description": text(), "metadata": metadata},
    required=("name",),
    unsupported=frozenset({"images", "tax_code", "tax_details", "unit_label"}),
)
_PRICE = nested(
    {"currency": choice(*_CURRENCIES), "unit_amount": integer(least=0), "product_data": _PRODUCT},
    required=("currency", "unit_amount", "product_data"),
    unsupported=frozenset({"product", "recurring", "tax_behavior", "unit_amount_decimal"}),
)
_ITEM = nested(
    {"price_data": _PRICE, "quantity": integer(least=1, most=999_999), "metadata": metadata},
    required=("price_data", "quantity"),
    unsupported=frozenset({"adjustable_quantity", "price", "tax_rates"}),
)
_CREATE: dict[str, Field] = {
    "adaptive_pricing": nested({"enabled": boolean}),
    "allowed_payment_method_types": many(text(), most=50),
    "branding_settings": nested(
        {"display_name": text(longest=250)},
        unsupported=frozenset({"background_color", "border_style", "button_color", "font_family", "icon", "logo"}),
    ),
    "cancel_url": url,
    "client_reference_id": text(longest=200),
    "currency": choice(*_CURRENCIES),
    "customer": text(),
    "customer_creation": choice("always", "if_required"),
    "customer_email": email,
    "excluded_payment_method_types": many(text(), most=50),
    "expires_at": integer(least=0),
    "line_items": many(_ITEM, most=MOST_ITEMS),
    "locale": choice(*_LOCALES),
    "metadata": metadata,
    "mode": choice("payment", "setup", "subscription"),
    "payment_intent_data": nested(
        {"description": text(longest=1000), "metadata": metadata, "receipt_email": email},
        unsupported=frozenset(
            [
                "application_fee_amount",
                "capture_method",
                "on_behalf_of",
                "setup_future_usage",
                "shipping",
                "statement_descriptor",
                "statement_descriptor_suffix",
                "transfer_data",
                "transfer_group",
            ]
        ),
    ),
    "setup_intent_data": nested(
        {"description": text(longest=1000), "metadata": metadata}, unsupported=frozenset({"on_behalf_of"})
    ),
    "submit_type": choice("auto", "book", "donate", "pay", "subscribe"),
    "success_url": url,
    "ui_mode": choice("elements", "embedded_page", "form", "hosted_page"),
}


class _ProductData(TypedDict):
    name: str
    description: NotRequired[str]


class _PriceData(TypedDict):
    currency: str
    unit_amount: int
    product_data: _ProductData


class _Item(TypedDict):
    price_data: _PriceData
    quantity: int
    metadata: NotRequired[dict[str, str]]


class _IntentData(TypedDict, total=False):
    description: str
    metadata: dict[str, str]
    receipt_email: str


class _Create(TypedDict):
    adaptive_pricing: NotRequired[dict[str, bool]]
    allowed_payment_method_types: NotRequired[list[str]]
    branding_settings: NotRequired[dict[str, str]]
    cancel_url: NotRequired[str]
    client_reference_id: NotRequired[str]
    currency: NotRequired[str]
    customer: NotRequired[str]
    customer_creation: NotRequired[str]
    customer_email: NotRequired[str]
    excluded_payment_method_types: NotRequired[list[str]]
    expires_at: NotRequired[int]
    line_items: NotRequired[list[_Item]]
    locale: NotRequired[str]
    metadata: NotRequired[dict[str, str]]
    mode: Literal["payment", "setup"]
    payment_intent_data: NotRequired[_IntentData]
    setup_intent_data: NotRequired[_IntentData]
    submit_type: NotRequired[str]
    success_url: str
    ui_mode: NotRequired[str]


def new_session(parameters: dict[str, Parameter], merchant_name: str) -> NewSession:
    """The session asked for, judged in all but amount and expiry. Raises StripeError."""
    checked = check(parameters, _CREATE, required=("success_url", "mode"), unsupported=_KNOWN_TO_STRIPE_ONLY)
    for name, supported in (("mode", ("payment", "setup")), ("ui_mode", ("hosted_page",))):
        if checked.get(name, supported[0]) not in supported:
            raise invalid(
                f"The local simulator of Stripe only supports `{name}: {' or '.join(supported)}`.", param=name
            )
    wanted = cast("_Create", checked)
    _check_customer(wanted)
    _check_mode(checked)
    return _new_session(wanted, _currency_of(wanted), merchant_name)


def _check_customer(wanted: _Create) -> None:
    given = [name for name in ("customer", "customer_email", "customer_creation") if name in wanted]
    if "customer" in wanted and len(given) > 1:
        raise invalid(f"You may only specify one of these parameters: {', '.join(given)}.", param=given[1])
    if wanted["mode"] == "payment" and wanted.get("customer_creation", "if_required") != "if_required":
        raise invalid(
            "The local simulator of Stripe only makes customers in `setup` mode: make one and send `customer`.",
            param="customer_creation",
        )


def _check_mode(checked: dict[str, object]) -> None:
    mode = checked["mode"]
    for name in _OTHER_MODE[str(mode)]:
        if name in checked:
            raise invalid(f"You can not pass `{name}` in `{mode}` mode.", param=name)


def _currency_of(wanted: _Create) -> str | None:
    items = wanted.get("line_items", [])
    if wanted["mode"] == "setup":
        if "currency" not in wanted and "allowed_payment_method_types" not in wanted:
            raise invalid("Missing required param: currency.", param="currency", code="parameter_missing")
        return wanted.get("currency")
    if not items:
        raise invalid("You must provide `line_items` in `payment` mode.", param="line_items", code="parameter_missing")
    currency = items[0]["price_data"]["currency"]
    currencies = {item["price_data"]["currency"] for item in items} | {wanted.get("currency", currency)}
    if len(currencies) > 1:
        raise invalid(
            "All prices of a Checkout Session must be in the same currency: " + ", ".join(sorted(currencies)),
            param="line_items",
        )
    return currency


def _new_session(wanted: _Create, currency: str | None, merchant_name: str) -> NewSession:
    intent_data = wanted.get("payment_intent_data", wanted.get("setup_intent_data", {}))
    return NewSession(
        mode=wanted["mode"],
        items=tuple(_new_item(item) for item in wanted.get("line_items", [])),
        currency=currency,
        success_url=wanted["success_url"],
        cancel_url=wanted.get("cancel_url"),
        expires_at=wanted.get("expires_at"),
        client_reference_id=wanted.get("client_reference_id"),
        customer=wanted.get("customer"),
        customer_creation=wanted.get("customer_creation"),
        customer_email=wanted.get("customer_email"),
        locale=wanted.get("locale"),
        submit_type=wanted.get("submit_type"),
        metadata=wanted.get("metadata", {}),
        payment_method_types=_method_types(wanted),
        adaptive_pricing=wanted.get("adaptive_pricing", {}).get("enabled", True),
        intent_metadata=intent_data.get("metadata", {}),
        intent_description=intent_data.get("description"),
        receipt_email=intent_data.get("receipt_email"),
        merchant_name=wanted.get("branding_settings", {}).get("display_name", merchant_name),
    )


def _new_item(item: _Item) -> NewItem:
    price = item["price_data"]
    return NewItem(
        name=price["product_data"]["name"],
        description=price["product_data"].get("description"),
        unit_amount=price["unit_amount"],
        quantity=item["quantity"],
        metadata=item.get("metadata", {}),
    )


def _method_types(wanted: _Create) -> tuple[str, ...]:
    allowed = wanted.get("allowed_payment_method_types", ["card", VOUCHER])
    excluded = wanted.get("excluded_payment_method_types", [])
    usable = ("card", VOUCHER) if wanted["mode"] == "payment" else ("card",)
    offered = tuple(kind for kind in usable if kind in allowed and kind not in excluded)
    if not offered:
        raise invalid("No valid payment method types for this Checkout Session.", param="allowed_payment_method_types")
    return offered
