"""The office shares the work on discrepancies: who looks, notes, one decision with its reason, and back again."""

from datetime import timedelta
from functools import partial

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from accounts.models import AccountLink, User
from billing.discrepancies import (
    assign_discrepancy,
    note_discrepancy,
    open_discrepancy,
    reopen_discrepancy,
    resolve_discrepancies,
    resolve_discrepancy,
)
from billing.enums import DiscrepancyKind, DiscrepancyResolution, DiscrepancyState
from billing.models import Discrepancy, DiscrepancyEntry, Payment
from billing.refusals import (
    AssigneeMayNotResolve,
    DiscrepancyAlreadyResolved,
    DiscrepancyAssignedMeanwhile,
    DiscrepancyNotResolved,
)
from oficina.shared.ids import public_id
from tests.answers import said, text_of
from tests.billing.checkout.steps import at_once
from tests.factories.accounts import UserFactory
from tests.factories.billing import InvoiceFactory, paid_checkout
from tests.staff.conftest import logged_in, may

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

LIST = "/admin/billing/discrepancy/"
WORDS = "Devuelto en caja."


@pytest.fixture
def found() -> Discrepancy:
    """A bill that was paid twice."""
    return open_discrepancy(DiscrepancyKind.PAID_TWICE, about="1")


@pytest.fixture
def colleague(db: None) -> User:
    """Rita, who may do everything too."""
    return UserFactory.create(
        email="rita@aguas.example", first_name="Rita", last_name="Sosa", is_staff=True, is_superuser=True
    )


def page(found: Discrepancy, act: str = "change") -> str:
    return f"{LIST}{found.pk}/{act}/"


def form(way: str = "refunded", words: str = WORDS) -> dict[str, str]:
    return {"key": public_id(), "resolved_as": way, "resolution": words}


def yes(way: str = "refunded", words: str = WORDS) -> dict[str, str]:
    return {**form(way, words), "confirmado": "1"}


def story(found: Discrepancy) -> list[tuple[str, str, str]]:
    return list(found.entries.order_by("pk").values_list("step", "text", "by__first_name"))


def listed(client: Client, **chosen: str) -> list[int]:
    answer = client.get(LIST, chosen)
    return sorted(row.pk for row in answer.context["cl"].result_list)


def test_it_is_resolved_once_with_a_reason(as_administrator: Client, administrator: User, found: Discrepancy) -> None:
    assert "Contá qué se hizo." in text_of(as_administrator.post(page(found, "resolver"), form(words=" ")))
    assert "Elegí cómo se resolvió." in text_of(as_administrator.post(page(found, "resolver"), form(way="")))
    question = text_of(as_administrator.post(page(found, "resolver"), form()))
    assert "Se resuelve: <strong>Se devolvió la plata</strong>." in question
    assert Discrepancy.objects.get().is_open

    answer = as_administrator.post(page(found, "resolver"), yes())
    late = as_administrator.post(page(found, "resolver"), yes("other", "Otra cosa."))

    assert (answer.status_code, answer["Location"]) == (302, page(found))
    assert said(late)[-1] == "Otra persona la resolvió recién. Quedó lo que escribió ella."
    resolved = Discrepancy.objects.get()
    assert (resolved.state, resolved.resolved_by, resolved.resolved_as, resolved.resolution) == (
        DiscrepancyState.RESOLVED,
        administrator,
        DiscrepancyResolution.REFUNDED,
        WORDS,
    )
    assert story(found) == [("resolved", WORDS, "Nora")]
    assert LogEntry.objects.get().change_message == "Resuelta: Se devolvió la plata"


def test_reopening_keeps_what_was_decided_before(
    as_administrator: Client, administrator: User, found: Discrepancy
) -> None:
    with pytest.raises(DiscrepancyNotResolved):
        reopen_discrepancy(found, "Nada que reabrir.", by=administrator)
    resolve_discrepancy(found, DiscrepancyResolution.NO_DIFFERENCE, "Está bien.", by=administrator)

    asked = {"key": public_id(), "why": "Reclamó el cliente."}
    assert "Vuelve a la lista de las abiertas" in text_of(as_administrator.post(page(found, "reabrir"), asked))
    as_administrator.post(page(found, "reabrir"), {**asked, "confirmado": "1"})

    found.refresh_from_db()
    assert (found.state, found.resolved_at, found.resolved_by, found.resolved_as, found.resolution) == (
        DiscrepancyState.REOPENED,
        None,
        None,
        "",
        "",
    )
    assert story(found) == [("resolved", "Está bien.", "Nora"), ("reopened", "Reclamó el cliente.", "Nora")]
    shown = text_of(as_administrator.get(page(found)))
    assert "Nora Videla: la resolvió. No había diferencia" in shown
    assert "Nora Videla: la reabrió" in shown
    resolve_discrepancy(found, DiscrepancyResolution.REFUNDED, WORDS, by=administrator)
    assert Discrepancy.objects.get().state == DiscrepancyState.RESOLVED


def test_it_is_taken_given_and_let_go(
    as_administrator: Client, administrator: User, colleague: User, found: Discrepancy
) -> None:
    def assign(to: object, had: object) -> list[str]:
        return said(as_administrator.post(page(found, "asignar"), {"para": str(to), "tenia": str(had)}))[-1:]

    assert ">Tomarla</button>" in text_of(as_administrator.get(page(found)))
    assert assign(administrator.pk, "") == ["Asignada a Nora Videla."]
    assert (listed(as_administrator, situacion="mias"), listed(as_administrator, situacion="sin-asignar")) == (
        [found.pk],
        [],
    )
    assert assign(colleague.pk, administrator.pk) == ["Asignada a Rita Sosa."]
    assert listed(as_administrator, situacion="mias") == []
    assert listed(logged_in(colleague), situacion="mias") == [found.pk]
    assert ">Pasarla a mí</button>" in text_of(as_administrator.get(page(found)))
    assert assign("", colleague.pk) == ["Quedó sin asignar."]
    assert [(entry.step, entry.assignee) for entry in found.entries.order_by("pk")] == [
        ("assigned", administrator),
        ("assigned", colleague),
        ("let_go", None),
    ]


def test_whoever_was_overtaken_is_told_who_has_it(
    as_administrator: Client, administrator: User, colleague: User, found: Discrepancy
) -> None:
    assign_discrepancy(found, colleague, seen=None, by=colleague)

    answer = as_administrator.post(page(found, "asignar"), {"para": str(administrator.pk), "tenia": ""})

    assert said(answer) == ["Mientras tanto cambió: ahora la tiene Rita Sosa. Si querés, asignala de nuevo."]
    assert Discrepancy.objects.get().assigned_to == colleague


def test_only_who_may_resolve_is_given_one(
    as_administrator: Client, staff: User, owner: User, found: Discrepancy, administrator: User
) -> None:
    for person in (staff, owner):
        answer = as_administrator.post(page(found, "asignar"), {"para": str(person.pk), "tenia": ""})
        assert said(answer)[-1] == "Esa persona no puede resolver diferencias."
        with pytest.raises(AssigneeMayNotResolve):
            assign_discrepancy(found, person, seen=None, by=administrator)
    may(staff, "resolve_discrepancy")
    assert assign_discrepancy(found, staff, seen=None, by=administrator).assigned_to == staff


def test_notes_are_kept_also_when_it_is_resolved_and_shown_harmless(
    as_administrator: Client, administrator: User, found: Discrepancy
) -> None:
    as_administrator.post(page(found, "anotar"), {"text": "Llamé.\n<script>alert(1)</script>"})
    resolve_discrepancy(found, DiscrepancyResolution.OTHER, WORDS, by=administrator)
    as_administrator.post(page(found, "anotar"), {"text": "Volvió a llamar."})
    empty = as_administrator.post(page(found, "anotar"), {"text": " "})
    long = as_administrator.post(page(found, "anotar"), {"text": "x" * 2001})

    assert said(empty)[-1] == said(long)[-1] == "Escribí la nota, de hasta 2000 letras."
    assert [step for step, _, _ in story(found)] == ["noted", "resolved", "noted"]
    shown = text_of(as_administrator.get(page(found)))
    assert "Llamé.<br>&lt;script&gt;alert(1)&lt;/script&gt;" in shown


def test_several_of_one_kind_are_resolved_at_once(as_administrator: Client, administrator: User) -> None:
    same = [open_discrepancy(DiscrepancyKind.PAID_TWICE, about=str(number)) for number in range(3)]
    other = open_discrepancy(DiscrepancyKind.NOT_AT_PROVIDER, about="9")
    resolve_discrepancy(same[2], DiscrepancyResolution.OTHER, "Antes.", by=administrator)
    chosen = {"action": "resolve_chosen", "_selected_action": [found.pk for found in same]}
    many = as_administrator.post(LIST, chosen)["Location"]
    keys = ",".join(str(found.pk) for found in same)
    assert many == f"{LIST}resolver/?cuales={keys}"
    assert f'value="{keys}"' in text_of(as_administrator.get(many))

    mixed = {"chosen": f"{keys},{other.pk}"}
    assert "de tipos distintos" in text_of(as_administrator.post(many, {**form(), **mixed}))
    refused = as_administrator.post(many, {**yes(), **mixed})
    assert said(refused)[-1].startswith("Son de tipos distintos")
    assert Discrepancy.objects.open().count() == 3
    assert "¿Resolver 3 diferencias?" in text_of(as_administrator.post(many, {**form(), "chosen": keys}))
    answer = as_administrator.post(many, {**yes(), "chosen": keys})

    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert said(answer)[-1] == "Resolvimos 2 diferencias. La otra ya estaba resuelta."
    assert list(Discrepancy.objects.order_by("pk").values_list("resolution", flat=True)) == [WORDS, WORDS, "Antes.", ""]
    assert "Volvé a la lista y elegí hasta cien." in text_of(as_administrator.post(many, {**yes(), "chosen": "1;x"}))


def test_those_nobody_has_are_taken_together(
    as_administrator: Client, administrator: User, colleague: User, found: Discrepancy
) -> None:
    other = open_discrepancy(DiscrepancyKind.NOT_AT_PROVIDER, about="9")
    assign_discrepancy(other, colleague, seen=None, by=colleague)
    chosen = {"action": "take_chosen", "_selected_action": [found.pk, other.pk]}

    assert said(as_administrator.post(LIST, chosen)) == ["Tomaste 1 diferencia."]
    assert said(as_administrator.post(LIST, chosen))[-1].startswith("Ninguna estaba libre")
    assert set(Discrepancy.objects.values_list("assigned_to", flat=True)) == {administrator.pk, colleague.pk}


def test_list_filters_by_situation_age_and_kind(as_administrator: Client, administrator: User) -> None:
    new = open_discrepancy(DiscrepancyKind.PAID_TWICE, about="1")
    old = Discrepancy.objects.create(
        key="x", kind=DiscrepancyKind.NOT_AT_PROVIDER, opened_at=timezone.now() - timedelta(days=31)
    )
    done = open_discrepancy(DiscrepancyKind.PAID_TWICE, about="2")
    resolve_discrepancy(done, DiscrepancyResolution.OTHER, WORDS, by=administrator)

    assert listed(as_administrator, situacion="abierta") == [new.pk, old.pk]
    assert listed(as_administrator, situacion="resuelta") == [done.pk]
    assert listed(as_administrator, antiguedad="30") == [old.pk]
    assert listed(as_administrator, kind__exact="paid_twice", situacion="abierta") == [new.pk]


def test_it_leads_to_the_acts_that_mend(as_administrator: Client, link: AccountLink, staff: User) -> None:
    payment: Payment = paid_checkout(InvoiceFactory.create(account=link.account), payer=link.user)
    found = open_discrepancy(DiscrepancyKind.PAID_IN_EXCESS, about="1", payment=payment)
    refund = f'href="/admin/billing/payment/{payment.pk}/devolver/"'

    shown = text_of(as_administrator.get(page(found)))

    assert "Lo que sobró quedó como saldo a favor de la cuenta." in shown
    assert refund in shown
    assert "Devolver saldo a favor" not in shown
    assert refund not in text_of(may(staff, "view_discrepancy", "resolve_discrepancy").get(page(found)))


def test_only_who_may_resolve_works_on_them(
    as_owner: Client, anonymous: Client, as_clerk: Client, staff: User, found: Discrepancy
) -> None:
    acts = {"asignar": {"para": "", "tenia": ""}, "anotar": {"text": "x"}, "resolver": yes(), "reabrir": {"why": "x"}}
    viewer = may(staff, "view_discrepancy")
    shown = text_of(viewer.get(page(found)))
    for act, sent in acts.items():
        assert page(found, act) not in shown
        assert viewer.post(page(found, act), sent).status_code == 403, act
        assert as_owner.post(page(found, act), sent).status_code == 404, act
        assert anonymous.post(page(found, act), sent).status_code == 302, act
    assert viewer.get(f"{LIST}resolver/").status_code == 403
    assert may(staff, "view_discrepancy", "resolve_discrepancy").get(page(found, "anotar")).status_code == 405
    assert not DiscrepancyEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_one_decides(administrator: User, colleague: User) -> None:
    found = open_discrepancy(DiscrepancyKind.PAID_TWICE, about="1")

    taken = at_once(*(partial(assign_discrepancy, found, who, seen=None, by=who) for who in (administrator, colleague)))
    assert [type(each) for each in taken].count(DiscrepancyAssignedMeanwhile) == 1
    resolved = at_once(
        *(
            partial(resolve_discrepancy, found, DiscrepancyResolution.OTHER, who.first_name, by=who)
            for who in (administrator, colleague)
        )
    )
    assert [type(each) for each in resolved].count(DiscrepancyAlreadyResolved) == 1
    kept = Discrepancy.objects.get()
    assert kept.resolved_by is not None
    assert kept.resolution == kept.resolved_by.first_name
    assert [entry.step for entry in found.entries.order_by("pk")] == ["assigned", "resolved"]


@pytest.mark.django_db(transaction=True)
def test_many_and_one_at_once_resolve_each_once(administrator: User, colleague: User) -> None:
    same = [open_discrepancy(DiscrepancyKind.PAID_TWICE, about=str(number)) for number in range(4)]
    keys = [found.pk for found in same]

    at_once(
        partial(resolve_discrepancies, keys, DiscrepancyResolution.OTHER, "Nora", by=administrator),
        partial(resolve_discrepancies, keys[::-1], DiscrepancyResolution.OTHER, "Rita", by=colleague),
    )

    assert DiscrepancyEntry.objects.filter(step="resolved").count() == 4
    assert len(set(Discrepancy.objects.values_list("resolution", flat=True))) == 1
    note_discrepancy(same[0], "Listo.", by=colleague)
