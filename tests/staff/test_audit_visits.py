"""What the office looks at is written down: who, in which roles, when, from where, what."""

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import ServiceAccount, User
from oficina.staff.audit.visits import record_visit
from oficina.staff.models import Visit
from tests.billing.ledger.plain_sql import stopped_by
from tests.conftest import NOON
from tests.factories.accounts import ServiceAccountFactory, UserFactory
from tests.staff.conftest import logged_in, may

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


def test_a_look_at_a_record_is_written_down(staff: User) -> None:
    account = ServiceAccountFactory.create()
    auditors = Group.objects.get(name="Auditoría")
    staff.groups.add(auditors)
    browser = logged_in(staff)
    page = reverse("admin:accounts_serviceaccount_change", args=[account.pk])
    answer = browser.get(page, {"_changelist_filters": "q=1"}, REMOTE_ADDR="190.3.4.5")
    assert answer.status_code == 200
    visit = Visit.objects.get()
    assert (visit.who, visit.who_name, visit.roles, visit.at) == (staff, staff.full_name, "Auditoría", NOON)
    assert (visit.ip, visit.method, visit.path) == ("190.3.4.5", "GET", page)
    assert (visit.query, visit.status, visit.seen_as) == ("_changelist_filters=q%3D1", 200, None)
    assert (visit.table, visit.record) == (ContentType.objects.get_for_model(ServiceAccount), account.pk)


def test_what_was_searched_is_written_down(staff: User) -> None:
    browser = may(staff, "view_user")
    assert browser.get(reverse("admin:search"), {"s": "30123457"}).status_code == 200
    assert browser.get(reverse("admin:accounts_user_changelist"), {"q": "lucía"}).status_code == 200
    visits = Visit.objects.order_by("pk").values_list("path", "query", "table__model", "record")
    assert list(visits) == [
        ("/admin/search/", "s=30123457", None, None),
        ("/admin/accounts/user/", "q=luc%C3%ADa", "user", None),
    ]


def test_a_page_that_is_refused_or_not_there_is_written_down(staff: User) -> None:
    browser = may(staff, "view_user")
    refused = reverse("admin:accounts_serviceaccount_changelist")
    missing = "/admin/accounts/no-existe/"
    assert [browser.get(page).status_code for page in (refused, missing)] == [403, 404]
    assert list(Visit.objects.order_by("pk").values_list("path", "status")) == [(refused, 403), (missing, 404)]


def test_nobody_but_the_office_leaves_a_visit(owner: User) -> None:
    assert logged_in(owner).get(reverse("admin:index")).status_code == 404
    assert not Visit.objects.exists()


def test_looking_as_a_customer_names_both(staff: User) -> None:
    customer = UserFactory.create()
    request = RequestFactory().get("/cuentas/", REMOTE_ADDR="190.3.4.5")
    request.user = customer
    visit = record_visit(request, HttpResponse(status=200), seen_as=customer, by=staff)
    visit.refresh_from_db()
    assert (visit.who, visit.seen_as, visit.path, visit.roles) == (staff, customer, "/cuentas/", "")


def test_a_visit_stays_as_written(staff: User) -> None:
    may(staff, "view_user").get(reverse("admin:accounts_user_changelist"))
    assert "append_only" in str(stopped_by("UPDATE staff_visit SET path = '/'"))
    assert "append_only" in str(stopped_by("DELETE FROM staff_visit"))
