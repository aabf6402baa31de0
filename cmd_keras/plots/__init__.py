"""Plots of runs and of the threshold, as PNG files."""
