"""What the README states about speed and size, measured on the machine at hand: `make bench`."""
