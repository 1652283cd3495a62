"""The provider's books compared with ours, day by day: what was missed is settled, the rest is put before a person."""
