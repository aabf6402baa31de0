"""Settings of a run: declared, checked, filled in."""
