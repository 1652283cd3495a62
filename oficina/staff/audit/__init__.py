"""Who of the office looked at what, and who changed what: kept for whoever has to answer for it."""
