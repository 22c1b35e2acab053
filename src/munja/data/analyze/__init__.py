"""What a collection looks like: a report from a sample of it, for a person to read at a glance."""

from munja.data.analyze.run import analyze

__all__ = ["analyze"]
