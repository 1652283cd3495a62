from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries
from time_machine import Traveller

from accounts.access import last_managed_link, managed_link, mark_managed
from accounts.linking import unlink_account
from accounts.models import AccountLink, ServiceAccount, User
from tests.conftest import NOON
from tests.factories.accounts import AccountLinkFactory


def request_of(user: User, **headers: str) -> HttpRequest:
    request = RequestFactory().get("/", headers=headers)
    request.user = user
    return request


def test_managed_link_finds_the_own_link_and_leaves_it_on_the_request(link: AccountLink, at_noon: Traveller) -> None:
    request = request_of(link.user)

    found = managed_link(request, link.public_id)

    assert found == link
    assert getattr(request, "managed_link") == link  # noqa: B009  the request's type knows no such mark
    link.refresh_from_db()
    assert link.managed_at == NOON


def test_managed_link_is_two_queries_with_the_account(
    link: AccountLink, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        assert managed_link(request_of(link.user), link.public_id).account.holder_name == "Lucía Ferreyra"


def test_managed_link_of_somebody_else_is_not_found(link: AccountLink, teammate: User, stranger: User) -> None:
    for user in (teammate, stranger):
        with pytest.raises(Http404):
            managed_link(request_of(user), link.public_id)


def test_managed_link_that_ended_is_not_found(link: AccountLink) -> None:
    unlink_account(link)

    with pytest.raises(Http404):
        managed_link(request_of(link.user), link.public_id)


def test_managed_link_needs_a_person(link: AccountLink) -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    with pytest.raises(PermissionDenied):
        managed_link(request, link.public_id)


def test_a_panel_that_refreshes_itself_manages_nothing(link: AccountLink) -> None:
    managed_link(request_of(link.user, hx_request="true"), link.public_id)

    link.refresh_from_db()
    assert link.managed_at is None


def test_mark_managed_writes_only_when_another_is_newer(link: AccountLink, at_noon: Traveller) -> None:
    other = AccountLinkFactory.create(user=link.user)

    mark_managed(link)
    at_noon.shift(60)
    mark_managed(link)
    assert managed_at(link) == NOON

    mark_managed(other)
    at_noon.shift(60)
    mark_managed(link)
    assert managed_at(other) == NOON + timedelta(minutes=1)
    assert managed_at(link) == NOON + timedelta(minutes=2)


def test_last_managed_link_prefers_managed_then_newest(
    owner: User, account: ServiceAccount, at_noon: Traveller
) -> None:
    assert last_managed_link(owner) is None

    older = AccountLinkFactory.create(user=owner, account=account, linked_at=NOON - timedelta(days=9))
    newer = AccountLinkFactory.create(user=owner, linked_at=NOON - timedelta(days=1))
    assert last_managed_link(owner) == newer

    mark_managed(older)
    assert last_managed_link(owner) == older

    unlink_account(older)
    assert last_managed_link(owner) == newer


def managed_at(link: AccountLink) -> object:
    return AccountLink.objects.values_list("managed_at", flat=True).get(pk=link.pk)
