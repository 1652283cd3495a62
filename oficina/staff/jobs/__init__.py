"""What the portal does by itself: how it stands, and what the office may do about it."""
