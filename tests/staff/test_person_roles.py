"""Giving roles of the office and taking them back: who may, to whom, and what is never possible."""

import io
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from accounts.activation import OfficeAccessRefused, let_in, shut_out
from accounts.closing import close_user
from accounts.models import User
from accounts.office_roles import LastAdministrator, NotWhoWorksHere, RolesBeyondOwn, set_roles
from oficina.staff.roles import ADMINISTRATION, ATTENTION, AUDIT, CONTENT, TREASURY, Role
from tests.answers import said, text_of
from tests.factories.accounts import PASSWORD, UserFactory
from tests.staff.conftest import logged_in

pytestmark = pytest.mark.django_db

CONFIRMED = {"confirmado": "1"}


def group(role: Role) -> Group:
    return Group.objects.get(name=role.name)


def who_is(role: Role, email: str) -> User:
    person: User = UserFactory.create(email=email, password=PASSWORD, is_staff=True)
    person.groups.add(group(role))
    return User.objects.get(pk=person.pk)


def roles_of(person: User) -> list[str]:
    return list(person.groups.order_by("name").values_list("name", flat=True))


@pytest.fixture
def nora(db: None) -> User:
    """Nora, who administers the office, and nobody else does."""
    return who_is(ADMINISTRATION, "nora@aguas.example")


@pytest.fixture
def as_nora(nora: User) -> Client:
    """A browser in which Nora is logged in."""
    return logged_in(nora)


def address(person: User) -> str:
    return f"/admin/personas/{person.pk}/roles/"


def test_roles_are_given_after_a_question_and_the_person_is_of_the_office(as_nora: Client, nora: User) -> None:
    ana = UserFactory.create(first_name="Ana", last_name="Suárez")
    chosen = {"roles": [ATTENTION.name, CONTENT.name]}

    page = text_of(as_nora.get(address(ana)))
    assert [role.purpose in page for role in (ATTENTION, TREASURY, CONTENT, AUDIT, ADMINISTRATION)] == [True] * 5
    asked = text_of(as_nora.post(address(ana), chosen))
    assert "Va a tener: Atención al cliente, Contenido." in asked
    assert roles_of(ana) == []
    answer = as_nora.post(address(ana), {**chosen, **CONFIRMED})

    assert answer["Location"] == f"/admin/accounts/user/{ana.pk}/change/"
    assert said(answer) == ["Listo. Ana Suárez: Atención al cliente, Contenido."]
    assert roles_of(ana) == [ATTENTION.name, CONTENT.name]
    ana.refresh_from_db()
    assert ana.is_staff
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (nora, str(ana.pk))
    assert entry.get_change_message() == "Roles en la oficina: Atención al cliente, Contenido. Antes: sin rol."
    assert logged_in(ana).get("/admin/accounts/user/").status_code == 200
    assert "Atención al cliente, Contenido" in text_of(as_nora.get(f"/admin/accounts/user/{ana.pk}/change/"))


def test_who_loses_the_last_role_is_out_of_the_office_at_once(as_nora: Client) -> None:
    olga = who_is(ATTENTION, "olga@aguas.example")
    as_olga = logged_in(olga)
    assert as_olga.get("/admin/accounts/user/").status_code == 200

    assert "Sin ningún rol no entra más a la oficina." in text_of(as_nora.post(address(olga), {"roles": []}))
    as_nora.post(address(olga), CONFIRMED)

    assert as_olga.get("/admin/accounts/user/").status_code == 404
    olga.refresh_from_db()
    assert (roles_of(olga), olga.is_staff) == ([], False)


def test_twice_is_once_and_a_made_up_role_is_none(as_nora: Client) -> None:
    olga = who_is(ATTENTION, "olga@aguas.example")

    again = as_nora.post(address(olga), {"roles": [ATTENTION.name], **CONFIRMED})
    assert said(again) == ["No había nada para cambiar: ya tenía esos roles."]
    invented = as_nora.post(address(olga), {"roles": ["Dirección"], **CONFIRMED})
    assert invented.status_code == 200
    assert roles_of(olga) == [ATTENTION.name]
    assert not LogEntry.objects.exists()


def test_only_who_may_give_roles_sees_the_page(anonymous: Client, as_owner: Client, owner: User, nora: User) -> None:
    before = anonymous.get(address(owner))
    assert (before.status_code, before["Location"]) == (302, f"/ingresar/?next={address(owner)}")
    assert as_owner.get(address(owner)).status_code == 404
    for role in (ATTENTION, TREASURY, CONTENT, AUDIT):
        person = who_is(role, f"{role.name.split()[0].lower()}@aguas.example")
        client = logged_in(person)
        assert client.get(address(owner)).status_code == 403
        assert client.post(address(person), {"roles": [ADMINISTRATION.name], **CONFIRMED}).status_code == 403
        assert roles_of(person) == [role.name]
    assert logged_in(nora).get(address(User(pk=0))).status_code == 404


def test_nobody_gives_or_takes_what_they_have_not(owner: User, nora: User) -> None:
    half = who_is(ATTENTION, "olga@aguas.example")
    half.user_permissions.add(Permission.objects.get(codename="assign_roles"))
    half = User.objects.get(pk=half.pk)

    for person, roles in ((owner, [TREASURY]), (half, [ATTENTION, ADMINISTRATION]), (nora, [])):
        with pytest.raises(RolesBeyondOwn):
            set_roles(person, [group(role) for role in roles], by=half)
    assert set_roles(owner, [group(ATTENTION)], by=half)

    page = text_of(logged_in(half).get(address(nora)))
    assert page.count("No podés dar ni quitar este rol") == 4
    refused = logged_in(half).post(address(nora), {"roles": [], **CONFIRMED})
    assert said(refused) == ["No cambiamos nada: no podés dar ni quitar Administración."]
    assert roles_of(nora) == [ADMINISTRATION.name]


def test_the_last_administrator_stays(as_nora: Client, nora: User) -> None:
    refused = as_nora.post(address(nora), {"roles": [AUDIT.name], **CONFIRMED})
    assert said(refused) == [
        "No cambiamos nada: es la única persona que administra la oficina. Primero dale ese rol a otra."
    ]
    with pytest.raises(LastAdministrator):
        close_user(nora)
    page = as_nora.post("/mis-datos/cerrar-usuario/", {"password": PASSWORD})
    assert "Sos la única persona que administra la oficina." in text_of(page)
    nora.refresh_from_db()
    assert (nora.is_active, roles_of(nora)) == (True, [ADMINISTRATION.name])

    eva = who_is(ADMINISTRATION, "eva@aguas.example")
    assert set_roles(nora, [group(AUDIT)], by=nora)
    with pytest.raises(LastAdministrator):
        shut_out(eva, by=User.objects.create_user("x@aguas.example", is_superuser=True))


def test_who_closes_their_user_leaves_the_office(nora: User) -> None:
    olga = who_is(ATTENTION, "olga@aguas.example")

    close_user(olga)

    olga.refresh_from_db()
    assert (roles_of(olga), olga.is_staff) == ([], False)
    with pytest.raises(NotWhoWorksHere):
        set_roles(olga, [group(ATTENTION)], by=nora)


def test_attention_does_not_decide_who_of_the_office_enters(nora: User, owner: User) -> None:
    olga, eva = (who_is(ATTENTION, mail) for mail in ("olga@aguas.example", "eva@aguas.example"))

    for act in (shut_out, let_in):
        with pytest.raises(OfficeAccessRefused):
            act(eva, by=olga)
    shut_out(owner, by=olga)
    shut_out(eva, by=nora)
    page = text_of(logged_in(olga).get(f"/admin/accounts/user/{nora.pk}/change/"))
    assert 'name="first_name"' not in page
    assert "/roles/" not in page
    assert 'name="first_name"' in text_of(logged_in(olga).get(f"/admin/accounts/user/{owner.pk}/change/"))


def test_a_person_is_saved_without_touching_roles(as_nora: Client, owner: User) -> None:
    address = f"/admin/accounts/user/{owner.pk}/change/"
    forged = {"groups": [str(group(ADMINISTRATION).pk)], "is_staff": "on", "is_superuser": "on", "roles": "x"}

    as_nora.post(address, {"first_name": "Ana", "last_name": "Suárez", **forged})

    owner.refresh_from_db()
    assert (owner.is_staff, owner.is_superuser, roles_of(owner)) == (False, False, [])


def test_the_server_makes_the_first_administrator(owner: User) -> None:
    told = io.StringIO()

    call_command("make_administrator", "ANA@correo.example", stdout=told)

    owner.refresh_from_db()
    assert (owner.is_staff, owner.is_superuser, roles_of(owner)) == (True, False, [ADMINISTRATION.name])
    assert told.getvalue().startswith("Ana Suárez <ana@correo.example> administra la oficina.")
    with pytest.raises(CommandError, match=r"^Nadie se registró con el mail otra@correo\.example\.$"):
        call_command("make_administrator", "otra@correo.example")
    User.objects.filter(pk=owner.pk).update(is_active=False)
    with pytest.raises(CommandError, match=r"^ana@correo\.example no puede ingresar al portal\.$"):
        call_command("make_administrator", "ana@correo.example")


@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_role_from_each_other_at_once_leave_one() -> None:
    nora, eva = (who_is(ADMINISTRATION, mail) for mail in ("nora@aguas.example", "eva@aguas.example"))
    start = Barrier(2, timeout=30)
    ended: list[str] = []

    def takes(person: User, by: User) -> Callable[[], None]:
        def run() -> None:
            try:
                start.wait()
                set_roles(person, [], by=by)
                ended.append("taken")
            except (LastAdministrator, RolesBeyondOwn) as refusal:
                ended.append(type(refusal).__name__)
            finally:
                connection.close()

        return run

    threads = [Thread(target=takes(nora, eva)), Thread(target=takes(eva, nora))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(ended) in (["LastAdministrator", "taken"], ["RolesBeyondOwn", "taken"])
    assert User.objects.filter(groups__name=ADMINISTRATION.name).count() == 1
