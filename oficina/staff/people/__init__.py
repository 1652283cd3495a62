"""Who works in the office, and what each may do there."""
