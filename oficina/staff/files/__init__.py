"""What goes in and out by file: imports and exports as jobs."""
