"""From detected quads to read lines: cut, turn, recognise, split into words."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from munja.core.artifact import Artifact
from munja.core.page import Line
from munja.core.registry import build
from munja.imaging.geometry import grow_quad, quad_angle, quad_size
from munja.imaging.image import Image
from munja.read.batching import MAX_LINE_WIDTH, cut_line, line_width, pieces, show_line
from munja.read.codecs import angle, ctc, jamo  # noqa: F401  (they register themselves)
from munja.read.codecs.jamo import is_syllable
from munja.read.decode import ContextDecoder
from munja.read.engines import Engine
from munja.read.language import open_language_model
from munja.read.spaces import narrow_signs, repair_spaces
from munja.read.words import character_edges, make_line

TALL = 1.5  # a box this many times higher than wide holds text that runs up or down, or a single character
SURE = 0.75  # a line read with a higher score is not looked at upside down
MOST_WIDENED = 1.6  # at most, for a line whose characters stand close
UPRIGHT = 0.5  # a tall box on a page of lying lines that reads as one character with more than this holds just that
SAMPLE = 3  # lines whose direction is asked for before anything is read

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
Mapper = Callable[[Callable[[_Item], _Result], Iterable[_Item]], Iterable[_Result]]


class LineReader:
    """Reads quads of a picture with a recogniser and, where there is one, a direction classifier."""

    def __init__(
        self,
        recogniser: Artifact,
        recogniser_engine: Engine,
        direction: Artifact | None,
        direction_engine: Engine | None,
        *,
        language: Artifact | None = None,
    ) -> None:
        manifest = recogniser.manifest
        self._rule = manifest.input
        self._codec = build("codec", manifest.codec, manifest.charset)
        self._engine = recogniser_engine
        self._space_level: float | None = self._rule.get("space_level")
        self._context: ContextDecoder | None = None
        if language is not None:
            self._context = ContextDecoder(
                self._codec,
                open_language_model(language, manifest.charset),
                temperature=float(manifest.metrics.get("temperature", 1.0)),
            )
        self._direction = None
        if direction is not None and direction_engine is not None:
            codec = build("codec", direction.manifest.codec)
            self._direction = (direction.manifest.input, codec, direction_engine)

    def sense(self, image: Image, quads: Sequence[NDArray[np.float32]], quarters: int) -> float:
        """How much sense the lines at the quads make if the page is turned clockwise by so many quarters.

        Without the language model, which makes nonsense look likely.
        """
        plain = copy.copy(self)
        plain._context = None
        total = 0.0
        for quad in map(_laid, quads):
            away = abs((quad_angle(quad) - 90.0 * quarters + 180.0) % 360.0 - 180.0)
            line = plain._read_quad(image, np.roll(quad, 2, axis=0) if away > 90.0 else quad)
            total += len(line.text) * (line.score or 0.0) ** 4
        return total

    def read(self, image: Image, quads: Sequence[NDArray[np.float32]], run: Mapper[Any, Any] = map) -> list[Line]:
        """The lines at the quads (4, 2) of an image, in the same order; `run` maps a function over them.

        A quad too long to be read at once gives several lines, side by side.
        """
        lying, given = [], []
        for quad in quads:
            parts = pieces(image, _laid(quad), self._rule)
            lying += parts
            given += [quad] if len(parts) == 1 else parts
        quads = given
        if self._mostly_upside_down(image, lying):
            lying = [np.roll(quad, 2, axis=0) for quad in lying]
        # A box of one or two characters may be tall on any page; three or more characters say how it lies.
        sideways = sum(_is_tall(quad, 2 * TALL) for quad in quads) * 2 > len(quads)

        def one(pair: tuple[NDArray[np.float32], NDArray[np.float32]]) -> Line:
            quad, given = pair
            line = self._read_quad(image, quad)
            tries = []
            if (line.score or 0.0) < SURE and self._is_upside_down(image, quad):
                tries.append(self._read_quad(image, np.roll(quad, 2, axis=0)))
            if _is_tall(given) and not sideways and quad_size(given)[1] < 4 * TALL * quad_size(given)[0]:
                upright = self._read_quad(image, given)  # a lone upright character such as 1 or I
                if len(upright.text) == 1 and (upright.score or 0.0) > UPRIGHT:
                    return upright  # lying, a 1 is a perfect hyphen
                tries.append(upright)
            return max([line, *tries], key=lambda each: each.score or 0.0)

        # From narrow to wide: engines prepare anew whenever the size changes, so equal sizes follow each other.
        order = sorted(range(len(quads)), key=lambda k: line_width(*quad_size(lying[k]), self._rule))
        lines: list[Line | None] = [None] * len(quads)
        for k, line in zip(order, run(one, [(lying[k], quads[k]) for k in order]), strict=True):
            lines[k] = line
        return [line for line in lines if line is not None]

    def _mostly_upside_down(self, image: Image, quads: Sequence[NDArray[np.float32]]) -> bool:
        if self._direction is None or not quads:
            return False
        widest = sorted(quads, key=lambda quad: quad_size(quad)[0], reverse=True)[:SAMPLE]
        return sum(self._is_upside_down(image, quad) for quad in widest) * 2 > len(widest)

    def _is_upside_down(self, image: Image, quad: NDArray[np.float32]) -> bool:
        if self._direction is None:
            return False
        rule, codec, engine = self._direction
        (probability,) = engine.run(show_line(image, quad, rule), ["probability"])
        return bool(codec.decode(probability[0]) == 180.0)

    def _read_quad(self, image: Image, quad: NDArray[np.float32]) -> Line:
        pad_x, pad_y = self._rule.get("padding", (0.0, 0.0))
        height = quad_size(quad)[1]
        if pad_x or pad_y:
            quad = grow_quad(quad, pad_x * height, pad_y * height)
        natural = line_width(*quad_size(quad), self._rule)
        line, pitch = self._read_at(image, quad, natural)
        narrow, wanted = self._rule.get("widen", (0.0, 0.0))
        if not 0.0 < pitch < narrow:
            return line
        # Condensed print has too few columns for each character: shown wider, it is read better.
        wide = min(round(natural * min(wanted / pitch, MOST_WIDENED)), MAX_LINE_WIDTH)
        return max(line, self._read_at(image, quad, wide)[0], key=lambda each: each.score or 0.0)

    def _read_at(self, image: Image, quad: NDArray[np.float32], line_pixels: int) -> tuple[Line, float]:
        """The line read at a width in pixels, and its mean distance between characters there."""
        picture = cut_line(image, quad, line_pixels, self._rule)
        outputs = ["index", "score"] if self._context is None else ["logits"]
        outputs += [] if self._space_level is None else ["space"]
        found = self._engine.run(picture, outputs)
        space = [] if self._space_level is None else [found.pop()]
        if self._context is None:
            reading = narrow_signs(self._codec.decode(found[0][0], found[1][0]))
        else:
            columns = max(1, round(line_pixels * self._rule["columns_per_pixel"]))
            reading = narrow_signs(self._context.decode(found[0][0][:columns]))
        centres = (reading.columns + 0.5) / self._rule["columns_per_pixel"]
        if self._space_level is not None:
            content = picture[0, :, : min(line_pixels, picture.shape[2])]
            reading, centres = repair_spaces(
                reading, centres, content, space[0][0], self._rule["columns_per_pixel"], level=self._space_level
            )
        used = float(min(line_pixels, picture.shape[2]))
        starts, ends = character_edges(centres, used)
        letters = sum(2 if is_syllable(each) else 1 for each in reading.characters)  # a syllable is about twice as wide
        return make_line(reading, quad, starts / used, ends / used), used / max(1, letters)


def _laid(quad: NDArray[np.float32]) -> NDArray[np.float32]:
    """The quad with its first side along the text: a tall one is taken to read upwards."""
    return np.roll(quad, 1, axis=0) if _is_tall(quad) else quad


def _is_tall(quad: NDArray[np.float32], times: float = TALL) -> bool:
    width, height = quad_size(quad)
    return height >= times * width
