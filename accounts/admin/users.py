"""People: their data, whether they may log in, what they have linked and accepted."""

from collections.abc import Mapping
from typing import Any, Final, cast

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.db.models import Q
from django.http import HttpRequest

from accounts.activation import is_closed, let_in, shut_out
from accounts.admin.search import users_found_by
from accounts.devices import device_name
from accounts.documents import show_document
from accounts.fields import DocumentField, NameField, PhoneField
from accounts.models import AccountLink, ProfileChange, TermsAcceptance, User
from accounts.office_roles import GIVES_ROLES, LastAdministrator
from accounts.phones import show_phone
from accounts.profile import ProfileData, update_profile
from oficina.shared.dates import day_and_clock
from oficina.shared.office.columns import NOTHING, linked_column
from oficina.shared.office.records import OfficeAdmin, ReadOnlyInline
from oficina.shared.office.widgets import office_text

_PERSON: Final = ("first_name", "last_name", "document", "phone")


class PersonForm(forms.ModelForm[User]):
    """The data of a person that the office mends. Mail and password are the person's alone."""

    first_name = NameField(label="Nombre", autocomplete="off")
    last_name = NameField(label="Apellido", autocomplete="off")
    document = DocumentField()
    phone = PhoneField()

    class Meta:
        model = User
        fields = (*_PERSON, "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _PERSON:
            if name in self.fields:
                office_text(self.fields[name])

    def profile(self) -> ProfileData:
        """What was typed, cleaned."""
        given = self.cleaned_data
        return ProfileData(**{name: given[name] for name in _PERSON})


class LinkInline(ReadOnlyInline[AccountLink, User]):
    """What the person has linked, now and before."""

    model = AccountLink
    fields = ("account_shown", "alias", "evidence", "linked_at", "unlinked_at")
    ordering = ("-linked_at",)
    verbose_name_plural = "Cuentas vinculadas"
    account_shown = linked_column("account", "cuenta")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each with its account, but for the outline of the parcel."""
        return super().get_queryset(request).select_related("account").defer("account__parcel")


class AcceptanceInline(ReadOnlyInline[TermsAcceptance, User]):
    """What the person agreed to."""

    model = TermsAcceptance
    fields = ("terms", "accepted_at", "ip_address")
    ordering = ("-accepted_at",)
    verbose_name_plural = "Términos que aceptó"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each with its version, but for the text."""
        return super().get_queryset(request).select_related("terms").defer("terms__body")


class ChangeInline(ReadOnlyInline[ProfileChange, User]):
    """Changes of the person's data."""

    model = ProfileChange
    fk_name = "user"
    fields = ("changed_at", "field", "before", "after", "changed_by")
    ordering = ("-changed_at",)
    verbose_name_plural = "Cambios de sus datos"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each with who made it."""
        return super().get_queryset(request).select_related("changed_by")


class SessionInline(ReadOnlyInline[UserSession, User]):
    """Where the person is logged in."""

    model = UserSession
    fields = ("device", "address", "since", "last_seen")
    ordering = ("-last_seen_at",)
    verbose_name_plural = "Sesiones abiertas"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Without the key of the session, which is as good as a password."""
        return super().get_queryset(request).defer("session_key", "data")

    @admin.display(description="dispositivo")
    def device(self, session: UserSession) -> str:
        return device_name(session.user_agent)

    @admin.display(description="dirección IP")
    def address(self, session: UserSession) -> str:
        return session.ip

    @admin.display(description="desde")
    def since(self, session: UserSession) -> str:
        return day_and_clock(session.created_at)

    @admin.display(description="último uso")
    def last_seen(self, session: UserSession) -> str:
        return day_and_clock(session.last_seen_at)


@admin.register(User)
class UserAdmin(OfficeAdmin[User]):
    """People register by themselves, and only they know their password."""

    form = PersonForm
    list_display = ("email", "name", "document_shown", "phone_shown", "is_active", "is_staff", "date_joined")
    list_filter = ("is_active", "is_staff")
    search_help_text = "Mail, nombre, documento, teléfono o número de cuenta"
    fieldsets = (
        ("Persona", {"fields": _PERSON}),
        ("Ingreso", {"fields": ("email", "is_active", "second_factor", "last_login", "date_joined", "roles")}),
    )
    change_form_outer_before_template = "admin/person_acts.html"
    inlines = (LinkInline, SessionInline, AcceptanceInline, ChangeInline)

    def found_by(self, typed: str) -> Q:
        return users_found_by(typed)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002  Django's signature
        """Never: nobody exists before they prove their mail."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Who closed their user stays as they are; nobody shuts themselves out; who works in the office is up to those
        who give roles.
        """
        fixed = ("email", "second_factor", "last_login", "date_joined", "roles")
        if obj is not None and (is_closed(obj) or _is_for_others(obj, request)):
            return (*_PERSON, "is_active", *fixed)
        return ("is_active", *fixed) if obj is not None and obj.pk == request.user.pk else fixed

    def save_model(self, request: HttpRequest, obj: User, form: PersonForm, change: bool) -> None:  # noqa: ARG002, FBT001  Django's signature; the form is ours
        """Through the acts, which keep who changed what."""
        by = cast("User", request.user)
        if set(_PERSON) & set(form.changed_data):
            update_profile(obj, form.profile(), by=by)
        if "is_active" in form.changed_data:
            try:
                (let_in if form.cleaned_data["is_active"] else shut_out)(obj, by=by)
            except LastAdministrator:
                messages.error(request, "Puede seguir ingresando: es la única persona que administra la oficina.")

    def about(self, request: HttpRequest, row: User) -> Mapping[str, object]:
        """Whether this person may give it roles."""
        return {"may_assign_roles": row.is_active and request.user.has_perm(GIVES_ROLES)}

    @admin.display(description="roles en la oficina")
    def roles(self, user: User) -> str:
        if user.is_superuser:
            return "Todos los permisos, por el servidor"
        names = ", ".join(user.groups.order_by("name").values_list("name", flat=True))
        return names or ("Ninguno todavía" if user.is_staff else NOTHING)

    @admin.display(description="nombre")
    def name(self, user: User) -> str:
        return user.full_name

    @admin.display(description="documento")
    def document_shown(self, user: User) -> str:
        return show_document(user.document)

    @admin.display(description="teléfono")
    def phone_shown(self, user: User) -> str:
        return show_phone(user.phone)

    @admin.display(description="segundo factor", boolean=True)
    def second_factor(self, user: User) -> bool:
        return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def _is_for_others(person: User, request: HttpRequest) -> bool:
    return person.is_staff and person.pk != request.user.pk and not request.user.has_perm(GIVES_ROLES)
