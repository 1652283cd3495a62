"""The departments of Mendoza, and which one a name means."""

import pytest

from oficina.demo.generator.towns import DEPARTMENTS
from tramites.departments import Department, department_named


def test_there_are_eighteen_and_the_demo_has_people_in_each() -> None:
    assert len(Department) == 18
    assert {department.name for department in DEPARTMENTS} == set(Department.labels)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Guaymallén", Department.GUAYMALLEN),
        ("GUAYMALLEN", Department.GUAYMALLEN),
        ("  malargue ", Department.MALARGUE),
        ("Luján  de Cuyo", Department.LUJAN_DE_CUYO),
        ("Lujan", None),
        ("", None),
    ],
)
def test_a_name_means_a_department_whatever_its_accents(name: str, meant: Department | None) -> None:
    assert department_named(name) is meant
