"""Models of the accounts app, one subject a module."""

from accounts.models import watched  # noqa: F401  what the log of changes tells of these tables
from accounts.models.attention import Attention, AttentionStep
from accounts.models.counter_link import CounterLink, LinkInvitation
from accounts.models.customer_view import CustomerView
from accounts.models.holder_change import HolderChange
from accounts.models.link import AccountLink
from accounts.models.link_attempt import LinkAttempt
from accounts.models.office_access import PermissionGiven, RoleGiven
from accounts.models.profile_change import ProfileChange, ProfileField
from accounts.models.service_account import ServiceAccount
from accounts.models.terms import TermsAcceptance, TermsVersion
from accounts.models.user import User
from accounts.models.withdrawal import Withdrawal

__all__ = [
    "AccountLink",
    "Attention",
    "AttentionStep",
    "CounterLink",
    "CustomerView",
    "HolderChange",
    "LinkAttempt",
    "LinkInvitation",
    "PermissionGiven",
    "ProfileChange",
    "ProfileField",
    "RoleGiven",
    "ServiceAccount",
    "TermsAcceptance",
    "TermsVersion",
    "User",
    "Withdrawal",
]
