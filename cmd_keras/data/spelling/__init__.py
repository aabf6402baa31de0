"""How things are written: names of classes, numbers, and that a value is missing."""
