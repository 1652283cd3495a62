"""Import of bills, their lines, charges and payments from the utility's billing system. See docs/data-formats.md."""
