"""A chain of augmentations built from Specs, by name."""

from __future__ import annotations

from collections.abc import Sequence

from munja.core.registry import build
from munja.core.spec import Spec
from munja.data.augment import bda, concatenate, tia  # noqa: F401 - importing them registers their names
from munja.data.augment.sample import Augmentation, in_order


def chain(specs: Sequence[Spec]) -> Augmentation:
    """One augmentation that applies those that the Specs describe, in order."""
    return in_order([build("augment", spec) for spec in specs])
