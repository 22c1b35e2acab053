"""Bridges: what other tools expect, made of Pages, and Munja inside other tools."""
