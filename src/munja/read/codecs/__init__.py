"""Codecs: what a network's numbers mean, encode and decode side by side, in NumPy and OpenCV only."""
