"""How long the database works for the office's first page, for each role, in a utility of millions of bills.

Payments are spread over ten years: a month has a hundred-and-twentieth of them. Beside the whole, the statements that
took longest.
"""

from typing import Final

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from tqdm import tqdm

from accounts.models import User
from benchmarks.growing import multiply
from benchmarks.office import MOST_MILLISECONDS, Slowest, measured
from benchmarks.pages import logged_in
from oficina.staff.roles import ROLES
from tests.staff.conftest import a_row_of_everything

_ROUNDS: Final = 12
_STATEMENTS: Final = 5


def run(*, bills: int) -> None:
    """Makes the utility and tells of each role; ends in SystemExit when one is over the limit."""
    call_command("migrate", verbosity=0)
    nora = User.objects.create_superuser("nora@aguas.example", first_name="Nora", last_name="Videla")
    for _ in range(_ROUNDS):
        with transaction.atomic():
            a_row_of_everything(nora)
    people = {role.name: _somebody_of(role.name, number) for number, role in enumerate(ROLES)}
    multiply(bills)
    found = {name: measured(logged_in(person.email), reverse("admin:index")) for name, person in people.items()}
    for name, page in found.items():
        _tell(name, page)
    if any(page.milliseconds > MOST_MILLISECONDS for page in found.values()):
        raise SystemExit(1)


def _somebody_of(role: str, number: int) -> User:
    person = User.objects.create_user(f"oficina{number}@aguas.example", first_name="Olga", last_name=role)
    User.objects.filter(pk=person.pk).update(is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    return person


def _tell(role: str, page: Slowest) -> None:
    tqdm.write(f"{role:<24}{page.milliseconds:>9.1f} ms{len(page.queries):>5} consultas")
    for taken, statement in sorted(page.queries, reverse=True)[:_STATEMENTS]:
        tqdm.write(f"{taken:>12.1f} ms  {' '.join(statement.split())[:160]}")
