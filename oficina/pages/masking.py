"""What may be seen of an account by somebody who has shown only its number."""

import re

# What goes with the number of a door: not part of a street's name when it stands at the end.
_OF_A_DOOR = re.compile(
    r"(mz|mza|manzana|lote|lt|casa|depto|dpto|dto|departamento|piso|pb|torre|of|oficina|local|km|nro|n|s/n|[a-z])[.°º]*",
    re.IGNORECASE,
)


def initials(name: str) -> str:
    """`Lucía Ferreyra` as `L. F.`: one letter of each word."""
    return " ".join(f"{word[0].upper()}." for word in name.split() if word[0].isalpha())


def street_without_number(address: str) -> str:
    """`Olascoaga 1207, 5.º B` as `Olascoaga`; `25 de Mayo 584` as `25 de Mayo`."""
    words = address.split(",", maxsplit=1)[0].split()
    while len(words) > 1 and (re.search(r"\d", words[-1]) or _OF_A_DOOR.fullmatch(words[-1])):
        words.pop()
    return " ".join(words)
