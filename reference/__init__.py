"""The paper in plain NumPy, float64, written from its equations alone.

Slow, literal and independent of the packages it judges: it imports neither.
"""
