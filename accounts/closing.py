"""Closing a user: the person leaves, what the law asks to keep stays.

Kept, and used for nothing else: name, document, acceptances, changes of data, ended links and payments (Código Civil y
Comercial, art. 328: ten years; Ley 25.326, art. 16 inc. 5: what must be conserved is not suppressed). Erased: mail,
telephone, password, second factor and open sessions. The mail is free again: whoever proves it may register as somebody
new, and sees nothing of before.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import timezone

from accounts.hooks import LinkEnd, tell_user_close
from accounts.linking import unlink_account
from accounts.models import ProfileField, User
from accounts.office_roles import keep_an_administrator, lock_person_of_office
from accounts.profile import record_change
from oficina.shared.mail import send_mail_later

CLOSED_DOMAIN = "cerrado.invalid"
"""RFC 2606: no mail can ever be delivered there."""


def close_user(user: User) -> None:
    """End a person's access for good and tell them by mail. Closing twice changes nothing.

    Whoever works in the office leaves it too. Raises LastAdministrator.
    """
    with transaction.atomic():
        stored = lock_person_of_office(user)
        if not stored.is_active:
            return
        keep_an_administrator(without=stored)
        send_mail_later(stored.email, "Cerraste tu usuario", "identity/user_closed", {"name": stored.first_name})
        for link in stored.links.active().order_by("account"):  # accounts are locked in one order everywhere
            unlink_account(link, LinkEnd.USER_CLOSED)
        tell_user_close(stored, now=timezone.now())
        record_change(stored, ProfileField.IS_ACTIVE, before="sí", after="no", by=stored)
        EmailAddress.objects.filter(user=stored).delete()
        Authenticator.objects.filter(user=stored).delete()
        for session in UserSession.objects.filter(user=stored):
            session.end()
        stored.groups.clear()
        stored.is_active = stored.is_staff = stored.is_superuser = False
        stored.email = f"{stored.public_id}@{CLOSED_DOMAIN}"
        stored.phone = ""
        stored.set_unusable_password()
        stored.save()
