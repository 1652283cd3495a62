"""The roles of the office: what each is for, and what who has it may see and do.

A role is a group of Django's with the same name; `oficina.staff.role_groups` keeps the groups as they are written here.
Permissions are written `app.codename`. One that no table has is an error of `manage.py check` (`unknown_permissions`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.apps import apps
from django.contrib import admin
from django.db.models import Model

_OWN_APPS: Final = ("accounts", "billing", "adhesions", "payment_plans", "tramites", "shared", "staff")


@dataclass(frozen=True, kw_only=True)
class Role:
    """A part of the office's work.

    `name` is what the office calls it and the group's name, `purpose` a sentence for whoever gives it. Besides what
    `named` says, a role that `sees_all` may look at every table, and one that `does_all` has every permission there is.
    """

    name: str
    purpose: str
    named: frozenset[str] = frozenset()
    sees_all: bool = False
    does_all: bool = False

    def permissions(self) -> frozenset[str]:
        """What whoever has the role may do."""
        if self.does_all:
            return frozenset(office_permissions())
        if self.sees_all:
            return self.named | {_to_see(model) for model in office_tables()}
        return self.named


def _to(verb: str, app: str, *tables: str) -> frozenset[str]:
    """The permissions to `view`, `add`, `change` or `delete` rows of these tables."""
    return frozenset(f"{app}.{verb}_{table}" for table in tables)


_CUSTOMERS: Final = _to("view", "accounts", "user", "serviceaccount", "accountlink")
_BILLS: Final = _to(
    "view", "billing",
    "invoice", "invoiceline", "charge", "chargevoucher", "cover", "debtcertificate",
)  # fmt: skip
_PAYMENTS: Final = _to(
    "view", "billing",
    "payment", "paymentitem", "paymentevent", "paymentreport", "receipt", "allocation", "creditentry", "credituse",
    "refund", "dispute",
)  # fmt: skip
_PLANS: Final = _to(
    "view", "payment_plans", "paymentplan", "planbill", "planinstalment", "planpayoff", "planstep"
)  # fmt: skip
_DEBITS: Final = _to("view", "adhesions", "directdebit", "scheduleddebit", "debittry")
_ATTACHMENTS: Final = _to("view", "shared", "privatefile")

ATTENTION: Final = Role(
    name="Atención al cliente",
    purpose="Atiende a los clientes: sus datos, cuentas, reclamos, conversaciones y envíos. No mueve plata.",
    named=frozenset(
        {
            *_CUSTOMERS, *_BILLS, *_PAYMENTS, *_PLANS, *_DEBITS, *_ATTACHMENTS,
            *_to("view", "accounts", "attention", "attentionstep", "counterlink", "customerview", "linkinvitation"),
            *_to("view", "accounts", "linkattempt", "profilechange", "termsacceptance", "withdrawal"),
            *_to("view", "usersessions", "usersession"),
            *_to("view", "adhesions", "digitalbilling", "billdelivery", "bouncereport"),
            *_to("view", "billing", "claim"),
            *_to("view", "shared", "outgoingmail"),
            *_to("view", "tramites", "conversation", "cannedanswer", "openinghours", "awaymessage"),
            *_to("view", "tramites", "locationreport", "zone"),
            *_to("view", "tramites", "helptopic", "helptext", "procedure", "proceduretext", "procedurecategory"),
            *_to("view", "tramites", "paymentplace"),
            *_to("change", "accounts", "user"),
            *_to("add", "accounts", "accountlink"),
            *_to("change", "accounts", "accountlink"),
            *_to("change", "adhesions", "digitalbilling", "directdebit", "billdelivery"),
            "accounts.attend_customer",
            "accounts.link_at_counter",
            "accounts.view_as_customer",
            "billing.answer_claim",
            "tramites.answer_conversation",
            "tramites.answer_locationreport",
        }
    ),
)  # fmt: skip

TREASURY: Final = Role(
    name="Tesorería",
    purpose="Cuida la plata: pagos, devoluciones, débitos y archivos del banco, conciliación y diferencias.",
    named=frozenset(
        {
            *_CUSTOMERS, *_BILLS, *_PAYMENTS, *_PLANS, *_DEBITS, *_ATTACHMENTS,
            *_to("view", "billing", "invoiceseries", "lateinterestpolicy"),
            *_to("view", "billing", "providerday", "providerpayout", "providermovement"),
            *_to("view", "billing", "collectionchannel", "collectionoperation"),
            *_to("view", "billing", "discrepancy", "webhookevent", "reprocessing"),
            *_to("view", "adhesions", "bankpresentation", "bankanswerfile", "debitretry"),
            *_to("view", "payment_plans", "planpolicy", "policyoption"),
            *_to("view", "shared", "importrun", "importchange"),
            *_to("view", "staff", "importjob", "exportjob"),
            *_to("change", "billing", "charge", "providerpayout"),
            *_to("add", "billing", "collectionchannel", "channelsecret"),
            *_to("change", "billing", "collectionchannel", "channelsecret"),
            "adhesions.present_debits",
            "billing.decide_paymentreport",
            *_to("view", "billing", "tillshift", "tillpayment"),
            "billing.annul_desk_payment",
            "billing.close_others_shift",
            "billing.refund_credit",
            "billing.refund_payment",
            "billing.release_payment",
            "billing.view_collected",
            "billing.ignore_webhookevent",
            "billing.reprocess_webhookevent",
            "billing.resolve_discrepancy",
            "billing.take_desk_payment",
            "payment_plans.cancel_paymentplan",
            "staff.export_adhesions",
            "staff.export_charges",
            "staff.export_payments",
            "staff.export_plans",
            "staff.import_payments",
        }
    ),
)  # fmt: skip

_WRITTEN_BY_CONTENT: Final = (
    "helptopic", "procedure", "procedurecategory", "paymentplace", "cannedanswer", "openinghours", "awaymessage",
    "zone",
)  # fmt: skip
CONTENT: Final = Role(
    name="Contenido",
    purpose="Escribe lo que el portal cuenta: ayuda, trámites, lugares, términos, respuestas preparadas y horarios.",
    named=frozenset(
        {
            *_to("view", "tramites", *_WRITTEN_BY_CONTENT, "helptext", "proceduretext", "linkcheck"),
            *_to("add", "tramites", *_WRITTEN_BY_CONTENT),
            *_to("change", "tramites", *_WRITTEN_BY_CONTENT),
            *_to("delete", "tramites", "cannedanswer", "openinghours", "zone"),
            *_to("view", "accounts", "termsversion"),
            *_to("add", "accounts", "termsversion"),
            "tramites.import_paymentplaces",
        }
    ),
)  # fmt: skip

AUDIT: Final = Role(
    name="Auditoría",
    purpose="Mira todo, también lo que hizo cada persona de la oficina, y no cambia nada.",
    named=frozenset({"billing.view_collected"}),
    sees_all=True,
)

ADMINISTRATION: Final = Role(
    name="Administración",
    purpose="Puede todo, también dar y quitar roles.",
    does_all=True,
)

ROLES: Final = (ATTENTION, TREASURY, CONTENT, AUDIT, ADMINISTRATION)


def office_permissions() -> set[str]:
    """Every permission about a table of the portal, or about one that the office's site shows."""
    return {permission for model in office_tables() for permission in _permissions_of(model)}


def office_tables() -> set[type[Model]]:
    """The portal's tables, and those of other packages that the office's site shows."""
    own = (model for app in _OWN_APPS for model in apps.get_app_config(app).get_models())
    return {*own, *_shown_tables()}


def unknown_permissions() -> set[str]:
    """What a role names and no table has: a slip of the pen, or a table that was renamed."""
    known = {permission for model in apps.get_models() for permission in _permissions_of(model)}
    return {permission for role in ROLES for permission in role.named} - known


def _shown_tables() -> Iterator[type[Model]]:
    for model in filter(admin.site.is_registered, apps.get_models()):
        yield model
        yield from (inline.model for inline in admin.site.get_model_admin(model).inlines)


def _to_see(model: type[Model]) -> str:
    return f"{model._meta.app_label}.view_{model._meta.model_name}"


def _permissions_of(model: type[Model]) -> Iterator[str]:
    opts = model._meta
    for verb in opts.default_permissions:
        yield f"{opts.app_label}.{verb}_{opts.model_name}"
    for codename, _ in opts.permissions:
        yield f"{opts.app_label}.{codename}"
