import pytest

from oficina.pages.masking import initials, street_without_number


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Lucía Ferreyra", "L. F."),
        ("María  de los Ángeles", "M. D. L. Á."),
        ("Consorcio Belgrano 920", "C. B."),
        ("3 de Febrero S.A.", "D. F. S."),
        ("", ""),
    ],
)
def test_initials(name: str, masked: str) -> None:
    assert initials(name) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("Av. San Martín 1450", "Av. San Martín"),
        ("Olascoaga 1207, 5.º B", "Olascoaga"),
        ("Olascoaga 1207 5.º B", "Olascoaga"),
        ("25 de Mayo 584", "25 de Mayo"),
        ("Av. 9 de Julio 1200", "Av. 9 de Julio"),
        ("Barrio Los Olivos Mz. C Casa 12", "Barrio Los Olivos"),
        ("Perú N.º 1284 Depto. 3", "Perú"),
        ("Ruta Provincial 50 s/n", "Ruta Provincial"),
        ("Godoy Cruz", "Godoy Cruz"),
        ("1284", "1284"),
    ],
)
def test_street_without_number(address: str, masked: str) -> None:
    assert street_without_number(address) == masked
