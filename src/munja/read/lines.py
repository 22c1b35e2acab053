"""From detected quads to read lines: cut, turn, recognise, split into words."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from munja.core.artifact import Artifact
from munja.core.page import FreeReading, Line
from munja.core.registry import build
from munja.imaging.geometry import grow_quad, quad_angle, quad_size, quad_sizes
from munja.imaging.image import Image
from munja.read.batching import MAX_LINE_WIDTH, cut_line, line_width, pieces, seen, show_line, shown_width
from munja.read.codecs import angle  # noqa: F401  (registers itself)
from munja.read.codecs.ctc import Reading
from munja.read.codecs.jamo import FINALS, INITIALS, MEDIALS, is_syllable
from munja.read.decoders import line_decoder
from munja.read.engines import Engine
from munja.read.looks import Look, Shown
from munja.read.rings import without_ring
from munja.read.spaces import close_up, narrow_signs, repair_spaces
from munja.read.words import character_edges, make_line

if TYPE_CHECKING:  # most pictures are read without a pattern
    from munja.read.fitting import Fitting, Wish

TALL = 1.5  # a box this many times higher than wide holds text that runs up or down, or a single character
SURE = 0.75  # a line read with a higher score is not looked at upside down
MOST_WIDENED = 1.6  # at most, for a line whose characters stand close
UPRIGHT = 0.5  # a tall box on a page of lying lines that reads as one character with more than this holds just that
# Widths, and margins above and below in line heights, at which a line that nearly fits its pattern is looked at again.
# Of 452 misread codes, 213 were won back at first sight, 254 with the last two looks.
LOOKS = ((1.0, -0.1), (0.8, -0.1), (1.25, -0.1))
# A line of which every character is surer than this is not shown wider: of 3,286 lines 91.48 % are read exactly either
# way, with 0.8 91.42 %.
PLAIN = 0.9
IN_TURN = 2048  # pixels of lines that are decoded in a row; with 8192 two threads lose a sixth, as they wait
SAMPLE = 3  # lines whose direction is asked for before anything is read

_INNER = frozenset(MEDIALS + FINALS)

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
        self._decoder = line_decoder(recogniser, language, recogniser_engine)
        self._unguided = self._decoder if language is None else line_decoder(recogniser, None, recogniser_engine)
        self._engine = recogniser_engine
        # How many Latin letters wide each class is, about: a syllable of Hangul two, which its initial stands for.
        widths = [
            0 if each in _INNER else 2 if each in INITIALS or is_syllable(each[0]) else 1 for each in manifest.charset
        ]
        self._letters = np.array([0, *widths], np.int64)
        self._space_level: float | None = self._rule.get("space_level")
        self._direction = None
        if direction is not None and direction_engine is not None:
            codec = build("codec", direction.manifest.codec)
            self._direction = (direction.manifest.input, codec, direction_engine)
        self.rules = [self._rule, *([] if self._direction is None else [self._direction[0]])]

    def sense(self, image: Image, quads: Sequence[NDArray[np.float32]], quarters: int) -> float:
        """How much sense the lines at the quads make if the page is turned clockwise by so many quarters.

        Without the language model, which makes nonsense look likely.
        """
        plain = copy.copy(self)
        plain._decoder = self._unguided
        total = 0.0
        for quad in map(_laid, quads):
            away = abs((quad_angle(quad) - 90.0 * quarters + 180.0) % 360.0 - 180.0)
            (line,) = plain._read_quad(image, np.roll(quad, 2, axis=0) if away > 90.0 else quad, None)
            total += len(line.text) * (line.score or 0.0) ** 4
        return total

    def read(
        self,
        image: Image,
        quads: Sequence[NDArray[np.float32]],
        run: Mapper[Any, Any] = map,
        wishes: Sequence[Wish | None] = (),
        standing: Sequence[NDArray[np.float32]] = (),
    ) -> list[Line]:
        """The lines at the quads (4, 2) of an image, in the same order; `run` maps a function over them.

        A quad too long to be read at once gives several lines, side by side. `wishes` says for each quad what its line
        shall fit, if anything: it gives the lines that do, or one without text. `standing` are those of the quads that
        are known not to be upside down.
        """
        image = seen(image, *self.rules)
        lying: list[NDArray[np.float32]] = []
        given: list[NDArray[np.float32]] = []
        wanted: list[Wish | None] = []
        for quad, wish in zip(quads, wishes or [None] * len(quads), strict=True):
            parts = pieces(image, _laid(quad), self._rule)
            lying += parts
            given += [quad] if len(parts) == 1 else parts
            wanted += [wish] * len(parts)
        widths = quad_sizes(lying)[:, 0].tolist()
        widest = [lying[k] for k in sorted(range(len(lying)), key=widths.__getitem__, reverse=True)[:SAMPLE]]
        unsure = [quad for quad in widest if not any(quad is each for each in standing)]
        if sum(self._is_upside_down(image, quad) for quad in unsure) * 2 > len(widest):
            lying = [np.roll(quad, 2, axis=0) for quad in lying]
        # A box of one or two characters may be tall on any page; three or more characters say how it lies.
        tall = sum(height >= 2 * TALL * width for width, height in quad_sizes(given).tolist())
        sideways = tall * 2 > len(given)

        shown = [self._shown(quad) for quad in lying]

        def some(groups: Sequence[Sequence[int]]) -> list[tuple[int, list[Line]]]:
            # Network first, then decoding: in turns, each finds the processor's cache full of the other's numbers.
            looks: list[tuple[int, Look]] = []
            for numbers in groups:
                found = self._looks(image, [shown[k] for k in numbers], wanted[numbers[0]])
                looks += zip(numbers, found, strict=True)
            return [(k, self._read_best(image, lying[k], given[k], sideways, wanted[k], look)) for k, look in looks]

        read: list[list[Line]] = [[] for _ in given]
        for part in run(some, _batches(self._together(shown, wanted), [each.pixels for each in shown])):
            for k, lines in part:
                read[k] = lines
        return [line for lines in read for line in lines]

    def _together(self, shown: Sequence[Shown], wanted: Sequence[Wish | None]) -> list[list[int]]:
        """The numbers of lines that are run together, from wide to narrow: what takes long is begun first.

        Engines prepare anew whenever the size changes, so equal sizes follow each other.
        """
        most = self._engine.abreast
        groups: list[list[int]] = []
        last = (0, False)
        for k in sorted(range(len(shown)), key=lambda k: -shown[k].pixels):
            this = (shown_width(shown[k].pixels, self._rule), wanted[k] is None)
            if this != last or (len(groups[-1]) + 1) * this[0] > most:
                groups.append([])
            groups[-1].append(k)
            last = this
        return groups

    def _read_best(
        self,
        image: Image,
        quad: NDArray[np.float32],
        given: NDArray[np.float32],
        sideways: bool,
        wish: Wish | None,
        look: Look,
    ) -> list[Line]:
        """The line of a quad, laid along its text, or what it says upside down or upright if that reads better."""
        lines = self._read_look(image, look, wish)
        tries = []
        if _rank(lines) < (SURE,) and self._is_upside_down(image, quad):
            tries.append(self._read_quad(image, np.roll(quad, 2, axis=0), wish))
        if _is_tall(given) and not sideways and quad_size(given)[1] < 4 * TALL * quad_size(given)[0]:
            upright = self._read_quad(image, given, wish)  # a lone upright character such as 1 or I
            if len(upright[0].text) == 1 and (upright[0].score or 0.0) > UPRIGHT:
                return upright  # lying, a 1 is a perfect hyphen
            tries.append(upright)
        return max([lines, *tries], key=_rank)

    def _is_upside_down(self, image: Image, quad: NDArray[np.float32]) -> bool:
        if self._direction is None:
            return False
        rule, codec, engine = self._direction
        (probability,) = engine.run(show_line(image, quad, rule), ["probability"])
        return bool(codec.decode(probability[0]) == 180.0)

    def _shown(self, quad: NDArray[np.float32]) -> Shown:
        """A quad as it is shown at first: with the margin that the recogniser wants, as wide as it is."""
        pad_x, pad_y = self._rule.get("padding", (0.0, 0.0))
        height = quad_size(quad)[1]
        if pad_x or pad_y:
            quad = grow_quad(quad, pad_x * height, pad_y * height)
        return Shown(quad, line_width(*quad_size(quad), self._rule), height)

    def _read_quad(self, image: Image, quad: NDArray[np.float32], wish: Wish | None) -> list[Line]:
        return self._read_look(image, self._looks(image, [self._shown(quad)], wish)[0], wish)

    def _read_look(self, image: Image, look: Look, wish: Wish | None) -> list[Line]:
        """The line of a first look, or of others at the same line that read better."""
        looks, first = [look], look.shown
        narrow, wanted = self._rule.get("widen", (0.0, 0.0))
        if narrow and look.least() < PLAIN and 0.0 < (pitch := self._pitch(look)) < narrow:
            # Condensed print has too few columns for each character: shown wider, it is read better.
            wide = min(round(first.pixels * min(wanted / pitch, MOST_WIDENED)), MAX_LINE_WIDTH)
            looks += self._looks(image, [replace(first, pixels=wide)], wish)
            if wish is None:  # context is asked about one of them, for it takes as long as the picture
                looks = [max(looks, key=Look.sureness)]
        lines, near = max((self._decoded(each, wish) for each in looks), key=lambda each: _rank(each[0]))
        if near:
            # A recogniser of one width has seen lines at no other.
            for across, above in LOOKS[:1] if "fit" in self._rule else LOOKS:
                width = min(max(1, round(first.pixels * across)), MAX_LINE_WIDTH)
                shown = Shown(grow_quad(first.quad, 0.0, above * first.height), width, first.height)
                again = self._decoded(self._looks(image, [shown], wish)[0], wish)[0]
                lines = max(lines, again, key=_rank)
        return lines

    def _looks(self, image: Image, shown: Sequence[Shown], wish: Wish | None) -> list[Look]:
        """What the recogniser computes of lines shown at widths that all make pictures of one size."""
        pictures = [cut_line(image, each.quad, each.pixels, self._rule) for each in shown]
        outputs = [*self._decoder.outputs, *([] if self._space_level is None else ["space"])]
        if wish is not None:
            outputs += self._decoder.fit_outputs
        if "widen" in self._rule:
            outputs += ["index", "score"]
        outputs = list(dict.fromkeys(outputs))
        batch = pictures[0] if len(pictures) == 1 else np.concatenate(pictures)
        values = self._engine.run(batch, outputs)
        return [
            Look(each, picture, {name: value[k] for name, value in zip(outputs, values, strict=True)})
            for k, (each, picture) in enumerate(zip(shown, pictures, strict=True))
        ]

    def _pitch(self, look: Look) -> float:
        """The mean distance in pixels between the characters of a look, as its best classes say; 0 where none is."""
        letters = int(self._letters[look.best_classes()].sum())  # the blank is none wide
        return look.used / letters if letters else 0.0

    def _decoded(self, look: Look, wish: Wish | None) -> tuple[list[Line], bool]:
        """The line of a look, or its parts that fit; and whether something nearly fits."""
        picture, line_pixels, found, quad = look.picture, look.shown.pixels, look.found, look.shown.quad
        columns = max(1, round(line_pixels * self._rule["columns_per_pixel"]))
        reading = narrow_signs(self._decoder.decode(found, columns))
        centres = (reading.columns + 0.5) / self._rule["columns_per_pixel"]
        if self._space_level is not None:
            content = picture[0, :, : look.used]
            reading, centres = repair_spaces(
                reading, centres, content, found["space"], self._rule["columns_per_pixel"], level=self._space_level
            )
        used = float(look.used)
        wide, high = quad_size(quad)
        reading, centres = without_ring(reading, centres, picture[0, :, : look.used])
        reading, centres = close_up(reading, centres, wide / max(1.0, high) / used)
        line = self._line(reading, quad, used)
        if wish is None:
            return [line], False
        from munja.read.fitting import fit_line

        free = FreeReading(line.text, line.score)
        fitting = fit_line(self._decoder, found, columns, reading, wish)
        lines = [replace(self._fitting_line(each, quad, used), free=free) for each in fitting.readings]
        lines = lines or [Line("", line.polygon, 0.0, (), line.angle, free=free)]
        return lines, fitting.near

    def _line(self, reading: Reading, quad: NDArray[np.float32], used: float) -> Line:
        """The Line of a reading of the quad, shown `used` pixels wide."""
        starts, ends = character_edges((reading.columns + 0.5) / self._rule["columns_per_pixel"], used)
        return make_line(reading, quad, starts / used, ends / used)

    def _fitting_line(self, fitting: Fitting, quad: NDArray[np.float32], used: float) -> Line:
        """The Line of a reading that fits: of the quad, or of its words alone."""
        line = replace(self._line(fitting.reading, quad, used), score=round(fitting.score, 4))
        if fitting.whole or not line.words:
            return line
        first, last = line.words[0].polygon, line.words[-1].polygon
        return replace(line, polygon=(first[0], last[1], last[2], first[3]))


def _batches(groups: Sequence[Sequence[int]], pixels: Sequence[int]) -> list[list[Sequence[int]]]:
    """Groups of lines, each so many pixels wide, in batches of about IN_TURN pixels: as long work for each thread."""
    batches: list[list[Sequence[int]]] = []
    wide = IN_TURN
    for group in groups:
        if wide >= IN_TURN:
            batches.append([])
            wide = 0
        batches[-1].append(group)
        wide += sum(pixels[k] for k in group)
    return batches


def _rank(lines: Sequence[Line]) -> tuple[float, float]:
    """How well a quad was read: the best score; of what fits nothing, the free reading's."""
    free = [0.0 if line.free is None else line.free.score or 0.0 for line in lines]
    return max(line.score or 0.0 for line in lines), max(free)


def _laid(quad: NDArray[np.float32]) -> NDArray[np.float32]:
    """The quad with its first side along the text: a tall one is taken to read upwards."""
    return np.roll(quad, 1, axis=0) if _is_tall(quad) else quad


def _is_tall(quad: NDArray[np.float32]) -> bool:
    width, height = quad_size(quad)
    return height >= TALL * width
