"""The paper in plain NumPy, float64, written from its equations alone.

    Not All Knowledge Is Created Equal. Ziyun Li, Xinshao Wang, Haojin Yang, Di Hu,
    Neil M. Robertson, David A. Clifton, Christoph Meinel.

Slow, literal and independent of the packages it judges: it imports neither.

Reading order: `equations` (1 to 12 and table 2, in the order of the paper),
`gradients` (of the losses, derived by hand), `training` (both, epoch by epoch).
"""
