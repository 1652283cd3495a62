"""What the office knows of a customer, on one page, from whatever number they have."""
