"""What the menus list. A later part of the portal adds its line here; a part that is not installed shows no entry."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True, kw_only=True)
class Place:
    """One entry of a menu.

    `url_name` is the page it opens. `per_account`: the page lives under `/cuenta/<ref>/`; without an account in hand
    the entry opens its short path (`<url_name>_short`). `parts` are other pages that count as being there. `window`:
    the page asks one question, which a browser with scripts shows over the page in hand.
    """

    label: str
    icon: str
    url_name: str
    per_account: bool = False
    window: bool = False
    lead: str = ""
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A place with its address for this person. `current` is the value of `aria-current`, or empty."""

    label: str
    icon: str
    lead: str
    address: str
    current: str
    window: bool = False


_HELP = Place(label="Ayuda", icon="question-mark-circle", url_name="help", parts=("help_topic",))

MENU = (
    Place(
        label="Inicio",
        icon="home",
        url_name="account_home",
        per_account=True,
        parts=(
            "account_home_short",
            "pay",
            "confirm_payment",
            "invoice",
            "plan_offer",
            "plan_offer_short",
            "generate_plan",
            "payment_plans",
            "payment_plan",
            "give_up_plan",
            "pay_off_plan",
        ),
    ),
    Place(
        label="Mis cuentas",
        icon="building-office-2",
        url_name="my_accounts",
        parts=("link_account", "confirm_link", "unlink_account", "rename_link"),
    ),
    Place(
        label="Mis pagos",
        icon="banknotes",
        url_name="my_payments",
        per_account=True,
        parts=("my_payments_short", "paid_bills", "listing", "payment", "debt_certificates", "debt_certificates_short"),
    ),
    Place(
        label="Trámites",
        icon="clipboard-document-list",
        url_name="procedures",
        parts=("procedure", "leave_for_procedure"),
    ),
    Place(
        label="Mis datos",
        icon="user-circle",
        url_name="my_data",
        parts=(
            "account_email",
            "account_change_password",
            "account_set_password",
            "usersessions_list",
            "mfa_index",
            "mfa_activate_totp",
            "mfa_deactivate_totp",
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
            "close_user",
        ),
    ),
    Place(
        label="Facturar y pagar cargos",
        icon="wrench-screwdriver",
        url_name="charges",
        per_account=True,
        parts=("charges_short", "charge", "invoice_charge"),
    ),
    Place(
        label="Mis reclamos",
        icon="chat-bubble-left-ellipsis",
        url_name="claims",
        per_account=True,
        parts=("claims_short", "claim", "claim_bill", "withdraw_claim"),
    ),
    Place(
        label="No recibí factura",
        icon="inbox",
        url_name="bill_not_received",
        per_account=True,
        parts=("bill_not_received_short",),
    ),
    _HELP,
)
"""The left menu, in the order of the portal."""

FUNCTIONS: tuple[Place, ...] = (
    Place(
        label="Factura digital",
        lead="Adherite a",
        icon="envelope",
        url_name="digital_billing",
        per_account=True,
        window=True,
        parts=("digital_billing_short", "cancel_digital_billing", "change_bill_mail", "prove_bill_mail"),
    ),
    Place(
        label="Débito automático",
        lead="Adherite a",
        icon="arrow-path",
        url_name="direct_debit",
        per_account=True,
        window=True,
        parts=("direct_debit_short", "direct_debit_card", "cancel_direct_debit", "stop_debit"),
    ),
    Place(label="Lugares de pago", icon="building-storefront", url_name="payment_places"),
    Place(
        label="Información útil", icon="information-circle", url_name="useful_information", parts=("bill_explained",)
    ),
    Place(
        label="Ubicación del inmueble",
        icon="map-pin",
        url_name="property_location",
        per_account=True,
        parts=("property_location_short", "report_location"),
    ),
    Place(
        label="Asistente virtual",
        icon="chat-bubble-left-right",
        url_name="chat",
        parts=("conversation", "return_to_conversation"),
    ),
)
"""Extra functions: the right column, or the end of the menu where there is no room for it."""

TABBAR = (MENU[0], MENU[2], MENU[1], _HELP)
"""The places of a phone's bottom bar; the button that opens the menu follows them."""

ABOUT = (
    Place(label="Términos y condiciones", icon="", url_name="terms_list", parts=("terms", "terms_version")),
    Place(label="Tus datos personales", icon="", url_name="personal_data"),
    Place(label="Accesibilidad", icon="", url_name="accessibility"),
    Place(label="Cómo se lee la factura", icon="", url_name="useful_information", parts=("bill_explained",)),
    Place(label="Verificar un comprobante", icon="", url_name="verify", parts=("verify_document",)),
)
"""The footer's links."""

WITHDRAWAL = Place(label="Botón de baja", icon="", url_name="withdrawal")
"""The footer's button, which has to be seen at once (Disposición 954/2025)."""


def entries(places: tuple[Place, ...], *, reference: str | None, current_name: str) -> list[Entry]:
    """The places that exist, with their addresses. `reference` is the public id of the link in hand."""
    return [
        Entry(
            label=place.label,
            icon=place.icon,
            lead=place.lead,
            address=address,
            current="page" if place.url_name == current_name else "true" if current_name in place.parts else "",
            window=place.window and reference is not None,
        )
        for place in places
        if (address := address_of(place.url_name, reference=reference, per_account=place.per_account))
    ]


def address_of(url_name: str, *, reference: str | None = None, per_account: bool = False) -> str:
    """The address of a page, empty when this installation does not have it."""
    try:
        if not per_account:
            return reverse(url_name)
        if reference:
            return reverse(url_name, kwargs={"ref": reference})
        return reverse(f"{url_name}_short")
    except NoReverseMatch:
        return ""
