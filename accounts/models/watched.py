"""Of which of these tables the log of changes tells (`oficina.shared.audit`).

Service accounts are not among them: only imports write them, by the hundred thousand, and keep a log of their own.
"""

from accounts.models.link import AccountLink
from accounts.models.office_access import PermissionGiven, RoleGiven
from accounts.models.terms import TermsVersion
from accounts.models.user import User
from oficina.shared.audit.tracking import watch

watch(User, omit=["public_id", "last_login"], hidden=["password"])
watch(RoleGiven, record="user")
watch(PermissionGiven, record="user")
watch(AccountLink, omit=["public_id", "managed_at"], account=["account"])
watch(TermsVersion, omit=["body"])  # it stays as published
