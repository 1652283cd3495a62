"""The sixty accounts of the administrator of buildings."""

from accounts.account_numbers import generate_check_digit
from oficina.demo.fixed_account import FixedAccount, Newest
from oficina.demo.generator.holders import with_check_digit
from oficina.demo.generator.towns import TOWNS

_BUILDINGS = (
    ("Complejo Dalvian Norte", "Boulogne Sur Mer 1817", "Maipú"),
    ("Edificio Colonial", "Gutiérrez 2042", "Luján de Cuyo"),
    ("Edificio Cervantes", "Av. España 2603", "Godoy Cruz"),
    ("Los Álamos", "Rivadavia 1086", "Maipú"),
    ("Edificio Aconcagua", "Av. Belgrano 1427", "Luján de Cuyo"),
    ("Torre Independencia", "Necochea 1494", "Dorrego"),
    ("Edificio Portal", "Sarmiento 2670", "Luján de Cuyo"),
    ("Complejo Las Acequias", "Montevideo 1926", "Godoy Cruz"),
    ("Edificio Emilio Civit 1046", "Olascoaga 1239", "Las Heras"),
    ("Torre Belgrano", "Patricias Mendocinas 338", "Ciudad"),
    ("Galería Piazza", "Av. San Martín 646", "San José"),
    ("Edificio Huentala", "Espejo 2395", "Godoy Cruz"),
    ("Torre Leonardo", "9 de Julio 1626", "Godoy Cruz"),
    ("Los Paraísos", "Perú 2134", "Las Heras"),
    ("Edificio Da Vinci", "Av. Colón 1582", "Dorrego"),
    ("Barrio Los Tilos", "Chile 2252", "Ciudad"),
    ("Edificio Gómez", "25 de Mayo 584", "Las Heras"),
    ("Pasaje San Martín", "Av. Mitre 1828", "Villa Nueva"),
    ("Los Carolinos", "Paso de los Andes 1730", "Luján de Cuyo"),
    ("Torre del Parque", "Emilio Civit 1046", "Godoy Cruz"),
    ("Edificio Cóndor", "Av. Las Heras 150", "Godoy Cruz"),
    ("Edificio Tupungato", "Huarpes 2870", "Las Heras"),
    ("Los Nogales", "Lencinas 1715", "Godoy Cruz"),
    ("Edificio Plaza España", "Godoy Cruz 1905", "Ciudad"),
    ("Torre Mitre", "Primitiva de la Reta 2422", "Ciudad"),
    ("Edificio Vendimia", "Av. San Martín 1290", "San Rafael"),
    ("Torre Pellegrini", "Pellegrini 218", "San Rafael"),
    ("Complejo Valle Grande", "Av. Libertador 940", "San Rafael"),
    ("Edificio El Nihuil", "Olascoaga 77", "San Rafael"),
    ("Los Aguaribayes", "Los Aguaribayes 402", "Chacras de Coria"),
    ("Complejo Viamonte", "Viamonte 5020", "Chacras de Coria"),
    ("Altos de Vistalba", "Guardia Vieja 1250", "Chacras de Coria"),
    ("Edificio Palmares", "Av. San Martín Sur 2875", "Gobernador Benegas"),
    ("Torre Benegas", "Joaquín V. González 610", "Gobernador Benegas"),
    ("Complejo Tomba", "Balcarce 455", "Godoy Cruz"),
    ("Edificio Rivadavia", "Av. Rivadavia 85", "Ciudad"),
    ("Edificio Gral. Paz", "General Paz 517", "Ciudad"),
    ("Torre Alameda", "Av. San Martín 2190", "Ciudad"),
    ("Edificio Entre Ríos", "Entre Ríos 330", "Ciudad"),
    ("Edificio Infanta", "Infanta de San Martín 48", "Ciudad"),
    ("Galería Tonsa", "Av. San Martín 1173", "Ciudad"),
    ("Edificio Suipacha", "Suipacha 271", "Ciudad"),
    ("Edificio Martínez de Rosas", "Martínez de Rosas 905", "Ciudad"),
    ("Torre Arístides", "Arístides Villanueva 640", "Ciudad"),
    ("Edificio Quinta Sección", "Julio A. Roca 389", "Ciudad"),
    ("Complejo Los Cerros", "Regalado Olguín 1450", "El Challao"),
    ("Barrio Alto Challao", "Av. Champagnat 2200", "El Challao"),
    ("Edificio Panquehua", "Av. Perón 315", "Las Heras"),
    ("Complejo Bermejo", "Mathus Hoyos 3110", "Bermejo"),
    ("Los Ñandubayes", "Buenos Vecinos 840", "Bermejo"),
    ("Complejo La Colonia", "Primavera 129", "La Colonia"),
    ("Edificio Palmira", "Alvear 88", "Palmira"),
    ("Torre San Martín", "Av. Boulogne Sur Mer 402", "San Martín"),
    ("Edificio Rivadavia Este", "San Isidro 715", "Rivadavia"),
    ("Complejo Valle de Uco", "Av. San Martín 1010", "Tunuyán"),
    ("Barrio Las Pintadas", "San Lorenzo 260", "Tunuyán"),
    ("Edificio Tupungato Viejo", "Belgrano 1005", "Tupungato"),
    ("Complejo Alvear Oeste", "Av. Alvear Oeste 480", "General Alvear"),
    ("Edificio Payunia", "Av. San Martín 365", "Malargüe"),
    ("Torre Malal-Hue", "Fray Luis Beltrán 57", "Malargüe"),
)
"""What the administrator calls each building, its address and its town."""

_DEBTS: tuple[tuple[Newest, frozenset[int]], ...] = (
    (Newest.PAST_DUE, frozenset({1, 2})),
    (Newest.TO_COME, frozenset({0, 1})),
    (Newest.PAST_DUE, frozenset({0, 1, 2, 3})),
    (Newest.PAST_DUE, frozenset({0})),
    (Newest.PAST_DUE, frozenset({0})),
    (Newest.PAST_DUE, frozenset({0, 1})),
    (Newest.TO_COME, frozenset({0})),
    (Newest.TO_COME, frozenset({0})),
    (Newest.TO_COME, frozenset({0})),
)
"""What the first buildings owe, by the age of the bill; the others owe nothing."""

_ALL_PAID: tuple[Newest, frozenset[int]] = (Newest.PAST_DUE, frozenset())


def _building(place: int, address: str, town: str) -> FixedAccount:
    department, _ = TOWNS[town]
    digits = f"{department.zones[0]}{20_017 + 1_301 * place:07d}{1 + place % 3:03d}"
    newest, unpaid = _DEBTS[place] if place < len(_DEBTS) else _ALL_PAID
    return FixedAccount(
        number=f"{digits[:3]}-{digits[3:10]}-{digits[10:]}-{generate_check_digit(digits)}",
        holder=f"Consorcio {address.removeprefix('Av. ')}",
        document=with_check_digit(f"30{68_114_207 + 7_919 * place}"),
        address=address,
        town=town,
        tariff="E1",
        usual_m3=190 + 37 * (place % 11),
        newest=newest,
        unpaid=unpaid,
    )


ADMINISTERED = tuple(
    (_building(place, address, town), alias) for place, (alias, address, town) in enumerate(_BUILDINGS)
)
"""Each account with its alias."""
