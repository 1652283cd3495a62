"""The banks of Argentina by the code that begins their CBU.

Source: BCRA, nómina de entidades financieras. A code that is missing here is of a bank that was admitted later: its
accounts are taken and shown without a name.
"""

from typing import Final

BANKS: Final = {
    "007": "Banco Galicia",
    "011": "Banco Nación",
    "014": "Banco Provincia",
    "015": "ICBC",
    "016": "Citibank",
    "017": "BBVA",
    "020": "Banco de Córdoba",
    "027": "Banco Supervielle",
    "029": "Banco Ciudad",
    "034": "Banco Patagonia",
    "044": "Banco Hipotecario",
    "045": "Banco San Juan",
    "060": "Banco del Tucumán",
    "065": "Banco Municipal de Rosario",
    "072": "Banco Santander",
    "083": "Banco del Chubut",
    "086": "Banco Santa Cruz",
    "093": "Banco de La Pampa",
    "094": "Banco de Corrientes",
    "097": "Banco Provincia del Neuquén",
    "143": "Brubank",
    "150": "Banco GGAL (ex HSBC)",
    "165": "JPMorgan Chase",
    "191": "Banco Credicoop",
    "198": "Banco de Valores",
    "247": "Banco Roela",
    "254": "Banco Mariva",
    "259": "Banco BMA (ex Itaú)",
    "266": "BNP Paribas",
    "268": "Banco Provincia de Tierra del Fuego",
    "269": "Banco de la República Oriental del Uruguay",
    "277": "Banco Sáenz",
    "281": "Banco Meridian",
    "285": "Banco Macro",
    "299": "Banco Comafi",
    "300": "BICE",
    "301": "Banco Piano",
    "305": "Banco Julio",
    "309": "Banco Rioja",
    "310": "Banco del Sol",
    "311": "Nuevo Banco del Chaco",
    "312": "Banco Voii",
    "315": "Banco de Formosa",
    "319": "Banco CMF",
    "321": "Banco de Santiago del Estero",
    "322": "Banco Industrial",
    "330": "Nuevo Banco de Santa Fe",
    "331": "Banco Cetelem",
    "332": "Banco de Servicios Financieros",
    "338": "Banco de Servicios y Transacciones",
    "339": "RCI Banque",
    "340": "BACS",
    "341": "Banco Masventas",
    "384": "Ualá Bank",
    "386": "Nuevo Banco de Entre Ríos",
    "389": "Banco Columbia",
    "408": "Compañía Financiera Argentina",
    "431": "Banco Coinag",
    "432": "Banco de Comercio",
}


def bank_name(code: str) -> str:
    """The name that customers know; `Banco 999` for one that is not listed."""
    return BANKS.get(code, f"Banco {code}")
