"""On which devices, and on how many hosts, a run trains."""
