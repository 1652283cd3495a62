"""Import of bills, their lines and payments from the utility's billing system. See docs/data-formats.md."""
