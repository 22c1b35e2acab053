"""Training: one loop for every task, from a recipe to an artifact."""

from munja.train.run import train

__all__ = ["train"]
