"""Patterns: what a text may look like, as automata over characters that steer the reading itself.

`compile_pattern` makes one of a regular expression, a name such as `@iban`, a function, or several of these at once.
"""

from munja.read.patterns.compile import compile_pattern
from munja.read.patterns.pattern import Pattern, fits

__all__ = ["Pattern", "compile_pattern", "fits"]
