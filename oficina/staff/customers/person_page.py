"""All that the office knows of a person."""

from typing import Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.activation import is_closed
from accounts.documents import show_document
from accounts.models import AccountLink, ProfileChange, TermsAcceptance, User, Withdrawal
from accounts.phones import show_phone
from billing.presentation import StateWords
from oficina.shared.models import OutgoingMail
from oficina.staff.customers import person_parts, trail
from oficina.staff.customers.acts import person_acts
from oficina.staff.customers.sections import Part, sections_of
from oficina.staff.pages import office_answer, office_page
from tramites.models import Conversation

PARTS: Final = (
    Part(shows=AccountLink, build=person_parts.links),
    Part(shows=Conversation, build=person_parts.conversations),
    Part(shows=Withdrawal, build=person_parts.withdrawals),
    Part(shows=ProfileChange, build=person_parts.changes),
    Part(shows=TermsAcceptance, build=person_parts.acceptances),
    Part(shows=UserSession, build=person_parts.sessions),
    Part(shows=OutgoingMail, build=trail.mails_of_person),
    Part(shows=LogEntry, build=person_parts.office_log),
    trail.PERSON_CHANGES,
)


@office_page("accounts.view_user")
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a person. Raises Http404."""
    shown = get_object_or_404(User, pk=pk)
    may = request.user.has_perm
    mail = EmailAddress.objects.filter(user=shown, email=shown.email).first()
    return office_answer(
        request,
        "office/customers/person.html",
        title=shown.full_name or shown.email,
        person=shown,
        status=_status(shown),
        document=show_document(shown.document),
        phone=show_phone(shown.phone),
        mail_is_proven=mail is not None and mail.verified,
        has_second_factor=Authenticator.objects.filter(user=shown, type=Authenticator.Type.TOTP).exists(),
        acts=person_acts(shown, may),
        sections=sections_of(shown, PARTS, may),
    )


def _status(person: User) -> StateWords:
    if is_closed(person):
        return StateWords("Cerró su usuario", "")
    if not person.is_active:
        return StateWords("No puede ingresar", "danger")
    return StateWords("De la oficina", "info") if person.is_staff else StateWords("Puede ingresar", "success")
