"""Photographed codes as an endless source of lines for training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import cv2
import numpy as np
from annotated_types import doc
from numpy.typing import NDArray

from munja.core.errors import InputError
from munja.core.registry import register
from munja.core.spec import load_spec
from munja.data.loader import PAD, Lines, at_height

_SHARP = 1.5  # a crop taller than so many heights of a line shows nothing more when it is scaled down


@register("lines", "codes")
class CodeLines:
    """Crops of photographed codes, each of a photo of its own, as grey lines, endless."""

    def __init__(
        self,
        split: str,
        /,
        *,
        recipe: Annotated[Mapping[str, Any] | str, doc("the synthesiser's Spec, or the path of one")],
    ) -> None:
        from munja.data.synth.codes.synthesiser import CodeSynthesiser

        spec = load_spec(recipe) if isinstance(recipe, str) else dict(recipe)
        self._synthesiser = CodeSynthesiser(spec, split="train" if split == "train" else "validate")

    def batch(self, seed: int, count: int, *, width: int, height: int) -> Lines:
        """`count` lines of width x height pixels; a code too long for the width is squeezed into it."""
        if count < 1 or height < 8 or width < height:
            raise InputError(
                "a batch of 1 code or more, 8 pixels tall or more and at least as wide, was wanted, "
                f"got {count} of {width} x {height}"
            )
        images = np.full((count, height, width), PAD, np.uint8)
        widths = np.zeros(count, np.int32)
        texts: list[str] = []
        centres: list[NDArray[np.float32]] = []
        for k in range(count):
            crop = self._synthesiser.photo(seed, k, most=1, tallest=_SHARP * height)[0]
            picture = cv2.cvtColor(crop.image, cv2.COLOR_RGB2GRAY)
            shown = at_height(np.asarray(picture, np.uint8), height, width)
            widths[k] = shown.shape[1]
            images[k, :, : widths[k]] = shown
            texts.append(crop.text)
            centres.append(np.asarray(crop.centres * (shown.shape[1] / picture.shape[1]), np.float32))
        return Lines(images, tuple(texts), tuple(centres), widths)

    def notes(self) -> list[str]:
        """Nothing."""
        return []
