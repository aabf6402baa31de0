"""Who finds wrong labels best: `make bench-labels`."""
