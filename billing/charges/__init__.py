"""Charges of the utility that somebody accepts: they become invoices, numbered by the portal, paid as any other."""
