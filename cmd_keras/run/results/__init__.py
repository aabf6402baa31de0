"""What is made of a run whose last epoch has ended."""
