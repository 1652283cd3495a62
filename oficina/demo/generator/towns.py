"""Real towns of Mendoza, about where they are. Coordinates in WGS 84 degrees; `reach` is how far the streets go."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Town:
    """A town with its postal code; `reach` in degrees from its middle."""

    name: str
    postal_code: str
    latitude: float
    longitude: float
    reach: float = 0.008


@dataclass(frozen=True)
class Department:
    """A department; `zones` begin its account numbers, `weight` is about how many thousands live there."""

    name: str
    zones: tuple[str, ...]
    weight: int
    towns: tuple[Town, ...]


DEPARTMENTS = (
    Department("Capital", ("011", "012", "031"), 115, (Town("Ciudad", "M5500", -32.8895, -68.8440, 0.014),)),
    Department(
        "Godoy Cruz",
        ("082",),
        195,
        (
            Town("Godoy Cruz", "M5501", -32.9245, -68.8440, 0.014),
            Town("Gobernador Benegas", "M5501", -32.9480, -68.8420),
        ),
    ),
    Department(
        "Guaymallén",
        ("044", "045"),
        330,
        (
            Town("Villa Nueva", "M5521", -32.9015, -68.7850, 0.012),
            Town("Dorrego", "M5519", -32.9130, -68.8250),
            Town("San José", "M5519", -32.8930, -68.8270),
            Town("Rodeo de la Cruz", "M5525", -32.9270, -68.7550),
            Town("Bermejo", "M5533", -32.8560, -68.7620),
        ),
    ),
    Department(
        "Las Heras",
        ("052",),
        235,
        (
            Town("Las Heras", "M5539", -32.8500, -68.8230, 0.012),
            Town("El Challao", "M5539", -32.8630, -68.8820),
            Town("Uspallata", "M5545", -32.5930, -69.3460),
        ),
    ),
    Department(
        "Luján de Cuyo",
        ("061",),
        175,
        (
            Town("Luján de Cuyo", "M5507", -33.0370, -68.8780, 0.012),
            Town("Chacras de Coria", "M5505", -32.9850, -68.8780),
            Town("Carrodilla", "M5505", -32.9650, -68.8500),
            Town("Potrerillos", "M5549", -32.9560, -69.2000),
        ),
    ),
    Department(
        "Maipú",
        ("071",),
        215,
        (
            Town("Maipú", "M5515", -32.9800, -68.7890, 0.012),
            Town("Luzuriaga", "M5513", -32.9430, -68.8030),
            Town("Rodeo del Medio", "M5529", -32.9880, -68.6830),
            Town("Fray Luis Beltrán", "M5531", -33.0060, -68.6520),
        ),
    ),
    Department(
        "Lavalle",
        ("091",),
        48,
        (Town("Villa Tulumaya", "M5533", -32.7220, -68.5980), Town("Costa de Araujo", "M5535", -32.7560, -68.4070)),
    ),
    Department(
        "San Martín",
        ("102",),
        140,
        (
            Town("San Martín", "M5570", -33.0800, -68.4700, 0.012),
            Town("Palmira", "M5584", -33.0520, -68.5600),
        ),
    ),
    Department(
        "Junín",
        ("103",),
        45,
        (Town("La Colonia", "M5570", -33.0960, -68.4880, 0.004), Town("Los Barriales", "M5585", -33.1020, -68.5690)),
    ),
    Department("Rivadavia", ("104",), 60, (Town("Rivadavia", "M5577", -33.1900, -68.4670, 0.010),)),
    Department(
        "Santa Rosa",
        ("105",),
        19,
        (Town("Villa Santa Rosa", "M5596", -33.2540, -68.1500), Town("Las Catitas", "M5594", -33.2970, -68.0460)),
    ),
    Department("La Paz", ("106",), 11, (Town("La Paz", "M5590", -33.4610, -67.5550),)),
    Department(
        "Tunuyán",
        ("121",),
        65,
        (Town("Tunuyán", "M5560", -33.5770, -69.0180, 0.010), Town("Vista Flores", "M5565", -33.6500, -69.1530)),
    ),
    Department("Tupungato", ("122",), 42, (Town("Tupungato", "M5561", -33.3670, -69.1480),)),
    Department(
        "San Carlos",
        ("123",),
        40,
        (Town("La Consulta", "M5567", -33.7360, -69.1210), Town("Eugenio Bustos", "M5569", -33.7780, -69.0650)),
    ),
    Department(
        "San Rafael",
        ("141", "142"),
        210,
        (
            Town("San Rafael", "M5600", -34.6150, -68.3350, 0.016),
            Town("Villa 25 de Mayo", "M5615", -34.5850, -68.5430),
            Town("Monte Comán", "M5609", -34.5970, -67.8800),
        ),
    ),
    Department(
        "General Alvear",
        ("151",),
        50,
        (Town("General Alvear", "M5620", -34.9770, -67.6960, 0.010), Town("Bowen", "M5634", -35.0000, -67.5130)),
    ),
    Department("Malargüe", ("161",), 35, (Town("Malargüe", "M5613", -35.4750, -69.5850, 0.010),)),
)

TOWNS = {town.name: (department, town) for department in DEPARTMENTS for town in department.towns}
"""Each town by its name, with its department."""
