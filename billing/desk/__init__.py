"""The counter of the utility's own office: shifts of the till, and payments taken in them."""
