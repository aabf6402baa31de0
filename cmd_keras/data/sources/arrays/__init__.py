"""What the arrays of an npz file have to be: labels, and inputs that fit to them."""
