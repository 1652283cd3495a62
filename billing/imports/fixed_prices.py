"""Bills of which no file changes what they cost."""


def fixed_prices(bill: str) -> tuple[tuple[str, str], ...]:
    """What is true in SQL of such bills, as rows of the alias `bill`, and what whoever brings the file is told."""
    held = f"{bill}.applied + {bill}.covered"
    return (
        (f"{bill}.financed > 0", "La factura está en un plan de pago"),
        (f"{bill}.financed = 0 AND {held} > 0 AND {held} = {bill}.amount + {bill}.surcharge", "La factura está pagada"),
    )
