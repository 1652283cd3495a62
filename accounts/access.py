"""Which account a page is about. A lookup starts from the person's own links; somebody else's is not found."""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest
from django.utils import timezone

from accounts.models import AccountLink, User
from oficina.shared.reading_only import reads_only


class ProofDue(Exception):  # noqa: N818  a refusal, named by what happened
    """The account has another holder since, and this person has shown no bill of that time."""

    def __init__(self, link: AccountLink) -> None:
        super().__init__(link.public_id)
        self.link = link


def logged_in_user(request: HttpRequest) -> User:
    """The person of the request. Views are closed by default, so there is one; PermissionDenied otherwise."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def managed_link(request: HttpRequest, ref: str) -> AccountLink:
    """The active link of this person that `ref` names, with its account; it becomes the account managed last.

    Also put on the request as `managed_link`, where menus and the account switcher find it. Raises Http404 when the
    link is somebody else's, has ended or never was; ProofDue when its person has to prove the account again, which
    `accounts.proof_gate` answers: so everything about an account is closed to them, but for what asks for the proof.
    """
    link = manage_link(request, ref)
    if link.must_prove_since is not None:
        raise ProofDue(link)
    return link


def manage_link(request: HttpRequest, ref: str) -> AccountLink:
    """The same for the page that asks for the proof, and for nothing else. Raises Http404."""
    link = own_link(logged_in_user(request), ref)
    # A panel that refreshes itself in a forgotten tab manages nothing.
    if "HX-Request" not in request.headers and not reads_only():
        mark_managed(link)
    request.managed_link = link  # type: ignore[attr-defined]  # Django leaves requests open for such marks
    return link


def own_link(user: User, ref: str) -> AccountLink:
    """The person's active link that `ref` names, with its account. Raises Http404."""
    link = user.links.active().with_account().filter(public_id=ref).first()
    if link is None:
        raise Http404
    return link


def last_managed_link(user: User) -> AccountLink | None:
    """The link of the account that the person managed last, else of the one linked last; None when none is linked."""
    return user.links.active().managed_last().with_account().first()


def mark_managed(link: AccountLink) -> None:
    """Make it the account managed last. Writes nothing when it already is, so that reading pages stays reading."""
    later = AccountLink.objects.active().filter(user=OuterRef("user"), managed_at__gt=OuterRef("managed_at"))
    now = timezone.now()
    if AccountLink.objects.filter(Q(managed_at=None) | Exists(later), pk=link.pk).update(managed_at=now):
        link.managed_at = now
