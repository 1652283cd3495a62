"""What every machine that reports to the portal shares: how it signs, with which secrets, and how it is answered."""
