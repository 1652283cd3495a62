"""The first page of the office: what came in, and what waits for somebody."""
