"""Names of invented people, firms, streets and quarters."""

WOMEN = (
    "Lucía", "María Belén", "Graciela", "Norma", "Estela", "Ana", "Rosa", "Silvia", "Carolina", "Julieta", "Mirta",
    "Florencia", "Nélida", "Susana", "Verónica", "Marcela", "Agustina", "Elsa", "Gabriela", "Micaela", "Teresa",
    "Yolanda", "Paula", "Ángela", "Inés", "Romina", "Begoña", "Celeste", "Sofía", "Milagros",
)  # fmt: skip
MEN = (
    "Martín", "José Luis", "Carlos", "Jorge", "Ramón", "Luis", "Hugo", "Diego", "Matías", "Óscar", "Raúl", "Facundo",
    "Nicolás", "Sergio", "Héctor", "Gustavo", "Emiliano", "Rubén", "Víctor", "Adrián", "Andrés", "Julián", "Tomás",
    "Ramiro", "Ezequiel", "Ángel", "Iñaki", "Lautaro", "Alberto", "Daniel",
)  # fmt: skip
SURNAMES = (
    "Ferreyra", "González", "Rodríguez", "Quiroga", "Videla", "Funes", "Paredes", "Ojeda", "Lucero", "Sosa", "Puebla",
    "Morales", "Zalazar", "Guiñazú", "Núñez", "Ibáñez", "Peña", "Muñoz", "Suárez", "Domínguez", "Agüero", "Güiraldes",
    "Moyano", "Bustos", "Correas", "Cicchitti", "Zuccardo", "Pescarini", "Rossi", "Bianchi", "D'Ángelo", "Dell'Acqua",
    "O'Dwyer", "Reche", "Sánchez", "Castillo", "Vargas", "Ortiz", "Maldonado", "Arancibia", "Escudero", "Giménez",
    "Navarro", "Fernández Peña", "Barroso", "Cano", "Calderón", "Tello", "Luna", "Ávila", "Ñancucheo", "Yáñez",
)  # fmt: skip
FIRMS = (
    "Bodega {surname}", "Finca {surname}", "Panadería {surname}", "Ferretería {surname}", "Corralón {surname}",
    "Transportes {surname}", "Frigorífico {surname}", "Hotel {surname}", "Farmacia {surname}", "Lavadero {surname}",
    "Conservas {surname}", "Supermercado {surname}", "Estación de servicio {surname}", "Aserradero {surname}",
)  # fmt: skip
FIRM_KINDS = ("S.A.", "S.R.L.", "S.A.S.", "e Hijos S.R.L.", "Hnos. S.A.")
INSTITUTIONS = (
    "Escuela N.º 1-{number} {woman} {surname}", "Centro de Salud N.º {number}", "Jardín de Infantes N.º 0-{number}",
    "Biblioteca Popular {man} {surname}", "Club Social y Deportivo {surname}", "Unión Vecinal {surname}",
    "Parroquia San {man}", "Destacamento Policial N.º {number}",
)  # fmt: skip
STREETS = (
    "Av. San Martín", "Belgrano", "Sarmiento", "Mitre", "Rivadavia", "9 de Julio", "25 de Mayo", "Colón", "España",
    "Perú", "Chile", "Montevideo", "Necochea", "Las Heras", "Godoy Cruz", "Patricias Mendocinas", "Olascoaga",
    "Boulogne Sur Mer", "Emilio Civit", "Paso de los Andes", "Lencinas", "Huarpes", "Espejo", "Gutiérrez",
    "Los Aromos", "Las Acequias", "Los Álamos", "Independencia", "Av. Libertador", "Ruta Provincial 50",
    "Callejón Ñáñez", "Pueyrredón", "Dr. Moreno", "Remedios Escalada", "Gobernador Ortega", "Tirasso", "Cervantes",
    "Av. Acceso Este",
)  # fmt: skip
QUARTERS = ("Los Olivos", "Cementista", "La Gloria", "UNIMEV", "Sol y Sierra", "Parque Sur", "Santa Ana", "Los Tilos")

ODD_NAMES = (
    'Panadería "La Espiga, de Ñáñez", Sucesores',
    (
        "Consorcio de Propietarios del Complejo Habitacional Los Olivos de la Ribera, Manzanas D a H, Casas 14 a 62 y "
        "Espacios Comunes (ex Cooperativa de Vivienda, Consumo y Crédito 17 de Octubre Limitada)"
    ),
    "Bartolomé Íñigo Güiraldes O'Higgins y D'Ángelo de Fernández-Núñez",
    "Ña",
    "Distribuidora Piedra & Hnos.; Agua, Hielo y Más <S.R.L.>",
)
"""Names that trip up who splits a line at commas, cuts a column short or forgets to escape."""
