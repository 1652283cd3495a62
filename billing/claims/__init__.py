"""Claims on bills: made by a customer, followed, withdrawn, and answered by the office."""
