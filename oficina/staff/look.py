"""How Unfold draws the office's site: the portal's name, mark and colours, and the menu."""

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

type Entry = dict[str, object]

WATER: Final = {
    "50": "#eef6fb", "100": "#e2eff8", "200": "#c3def0", "300": "#a9d8f4", "400": "#82c4ec", "500": "#3f8fc4",
    "600": "#0a5b91", "700": "#07456f", "800": "#0b3450", "900": "#173549", "950": "#05263b",
}  # fmt: skip
"""The scale around `--water` of tokens.css."""
GROUND: Final = {
    "50": "#f1f5f7", "100": "#e8eef2", "200": "#d3dde3", "300": "#c5d1d9", "400": "#a7b8c4", "500": "#5d717e",
    "600": "#475c69", "700": "#2c3e4a", "800": "#1f2e38", "900": "#16222a", "950": "#0d161c",
}  # fmt: skip
"""The scale around `--paper`, `--surface`, `--line` and `--muted` of tokens.css."""


def utility_name(_request: HttpRequest) -> str:
    """Whose office this is."""
    name: str = settings.UTILITY.utility_name
    return name


def mark(_request: HttpRequest) -> str:
    """The portal's mark."""
    return static("img/favicon.svg")


def office_styles(_request: HttpRequest) -> str:
    """What Unfold's own style sheet lacks."""
    return static("css/office.css")


def file_styles(_request: HttpRequest) -> str:
    """What the pages about files need besides."""
    return static("css/office-files.css")


def customer_styles(_request: HttpRequest) -> str:
    """What the pages about customers need besides."""
    return static("css/office-customers.css")


def office_script(_request: HttpRequest) -> str:
    """What Unfold's own pages lack for whoever listens or has no mouse."""
    return static("js/office.js")


def _entry(title: str, icon: str, table: str) -> Entry:
    app, model = table.split(".")
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{model}_changelist"),
        "permission": _may_view(f"{app}.view_{model}"),
    }


def _page(title: str, icon: str, name: str, permission: str) -> Entry:
    """A page of the office that is about no single table (`oficina.staff.urls`)."""
    return {"title": title, "icon": icon, "link": reverse_lazy(f"office:{name}"), "permission": _may_view(permission)}


def _may_view(permission: str) -> Callable[[HttpRequest], bool]:
    return lambda request: request.user.has_perm(permission)


MENU: Final[list[dict[str, Any]]] = [
    {
        "title": "Clientes",
        "items": [
            _entry("Cuentas de servicio", "home_pin", "accounts.serviceaccount"),
            _entry("Usuarios", "person", "accounts.user"),
            _entry("Vínculos", "link", "accounts.accountlink"),
            _entry("Avisos de ubicación", "wrong_location", "tramites.locationreport"),
            _entry("Zonas", "map", "tramites.zone"),
            _entry("Cambios de datos", "edit_note", "accounts.profilechange"),
            _entry("Facturas digitales", "mark_email_read", "adhesions.digitalbilling"),
            _entry("Envíos de facturas", "outgoing_mail", "adhesions.billdelivery"),
            _entry("Rebotes de facturas", "unsubscribe", "adhesions.bouncereport"),
            _entry("Bajas sin ingresar", "person_remove", "accounts.withdrawal"),
            _entry("Búsquedas de cuentas", "person_search", "accounts.linkattempt"),
            _entry("Vínculos en el mostrador", "badge", "accounts.counterlink"),
            _entry("Invitaciones a vincular", "outgoing_mail", "accounts.linkinvitation"),
            _entry("Vistas como cliente", "visibility", "accounts.customerview"),
        ],
    },
    {
        "title": "Atención",
        "items": [
            _entry("Atenciones en el mostrador", "support_agent", "accounts.attention"),
            _entry("Conversaciones", "forum", "tramites.conversation"),
            _entry("Respuestas preparadas", "quickreply", "tramites.cannedanswer"),
            _entry("Horarios de atención", "nest_clock_farsight_analog", "tramites.openinghours"),
            _entry("Mensajes fuera de horario", "bedtime", "tramites.awaymessage"),
        ],
    },
    {
        "title": "Facturación",
        "items": [
            _entry("Facturas", "receipt_long", "billing.invoice"),
            _entry("Cargos", "handyman", "billing.charge"),
            _entry("Reclamos de facturas", "feedback", "billing.claim"),
            _entry("Comprobantes de cargos", "description", "billing.chargevoucher"),
            _entry("Libres deuda", "workspace_premium", "billing.debtcertificate"),
            _entry("Series de facturas", "tag", "billing.invoiceseries"),
            _entry("Interés por pago tardío", "percent", "billing.lateinterestpolicy"),
            _page("Importar archivos", "upload", "import", "staff.view_importjob"),
            _page("Exportar datos", "download", "exports", "staff.view_exportjob"),
            _entry("Importaciones", "upload_file", "shared.importrun"),
            _entry("Cambios importados", "published_with_changes", "shared.importchange"),
            _entry("Exportaciones", "download_done", "staff.exportjob"),
        ],
    },
    {
        "title": "Pagos",
        "items": [
            _page("Caja", "point_of_sale", "till", "billing.take_desk_payment"),
            _entry("Turnos de caja", "work_history", "billing.tillshift"),
            _entry("Cobros en caja", "local_atm", "billing.tillpayment"),
            _entry("Pagos", "payments", "billing.payment"),
            _entry("Avisos de pago", "add_card", "billing.paymentreport"),
            _entry("Recibos", "verified", "billing.receipt"),
            _entry("Imputaciones", "call_split", "billing.allocation"),
            _entry("Saldos a favor", "savings", "billing.creditentry"),
            _entry("Usos de saldo a favor", "redeem", "billing.credituse"),
            _entry("Devoluciones", "undo", "billing.refund"),
            _entry("Reclamos al banco", "report", "billing.dispute"),
            _entry("Facturas elegidas", "checklist", "billing.paymentitem"),
            _entry("Movimientos de los pagos", "timeline", "billing.paymentevent"),
        ],
    },
    {
        "title": "Débito automático",
        "items": [
            _entry("Adhesiones al débito", "event_repeat", "adhesions.directdebit"),
            _entry("Débitos", "calendar_clock", "adhesions.scheduleddebit"),
            _entry("Presentaciones al banco", "outbox", "adhesions.bankpresentation"),
            _entry("Respuestas del banco", "inbox", "adhesions.bankanswerfile"),
            _entry("Reintentos con tarjeta", "autorenew", "adhesions.debitretry"),
        ],
    },
    {
        "title": "Planes de pago",
        "items": [
            _entry("Planes", "calendar_month", "payment_plans.paymentplan"),
            _entry("Políticas de planes", "tune", "payment_plans.planpolicy"),
        ],
    },
    {
        "title": "Cobranza y conciliación",
        "items": [
            _entry("Conciliación por día", "balance", "billing.providerday"),
            _entry("Transferencias al banco", "account_balance", "billing.providerpayout"),
            _entry("Movimientos del proveedor", "swap_vert", "billing.providermovement"),
            _entry("Canales de cobranza", "storefront", "billing.collectionchannel"),
            _entry("Operaciones de los canales", "point_of_sale", "billing.collectionoperation"),
        ],
    },
    {
        "title": "Avisos del sistema",
        "items": [
            _entry("Diferencias", "rule", "billing.discrepancy"),
            _entry("Eventos recibidos", "webhook", "billing.webhookevent"),
            _entry("Reprocesos de eventos", "replay", "billing.reprocessing"),
            _entry("Orígenes de rebotes", "forward_to_inbox", "adhesions.bouncesource"),
            _entry("Tareas", "schedule", "staff.backgroundjob"),
            _entry("Mails", "mail", "shared.outgoingmail"),
        ],
    },
    {
        "title": "Auditoría",
        "items": [
            _entry("Cambios", "difference", "shared.recordedchange"),
            _entry("Visitas", "visibility", "staff.visit"),
            _entry("Movimientos de la oficina", "history", "admin.logentry"),
        ],
    },
    {
        "title": "Contenido",
        "items": [
            _entry("Temas de ayuda", "help", "tramites.helptopic"),
            _entry("Trámites", "assignment", "tramites.procedure"),
            _entry("Categorías de trámites", "category", "tramites.procedurecategory"),
            _entry("Lugares de pago", "storefront", "tramites.paymentplace"),
            _entry("Enlaces", "link_off", "tramites.linkcheck"),
            _entry("Términos y condiciones", "gavel", "accounts.termsversion"),
            _entry("Aceptaciones", "task_alt", "accounts.termsacceptance"),
        ],
    },
]

UNFOLD: Final[dict[str, Any]] = {
    "SITE_TITLE": utility_name,
    "SITE_HEADER": utility_name,
    "SITE_SUBHEADER": "Oficina",
    "SITE_URL": "/",
    "SITE_ICON": mark,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": mark}],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [office_styles, customer_styles, file_styles],
    "SCRIPTS": [office_script],
    "BORDER_RADIUS": "6px",
    "COLORS": {
        "base": GROUND,
        "primary": WATER,
        "font": {
            "subtle-light": "var(--color-base-600)",
            "subtle-dark": "var(--color-base-400)",
            "default-light": "var(--color-base-700)",
            "default-dark": "var(--color-base-300)",
            "important-light": "var(--color-base-950)",
            "important-dark": "var(--color-base-100)",
        },
    },
    "ACCOUNT": {"navigation": [{"title": "Mis datos", "link": reverse_lazy("my_data")}]},
    "DASHBOARD_CALLBACK": "oficina.staff.home.page.home_page",
    "COMMAND": {"search_callback": "oficina.staff.finding.search_everything"},
    "SIDEBAR": {"show_search": True, "navigation": MENU},
}
