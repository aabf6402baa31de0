"""Networks of the user's own: built by a function, or saved in a file, and checked."""
