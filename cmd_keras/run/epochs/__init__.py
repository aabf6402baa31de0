"""The epochs of a run, and what is done after each."""
