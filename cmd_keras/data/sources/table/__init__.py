"""What the columns of a table mean: labels, numbers, categories, or nothing."""
