"""Sources of labelled lines for training: synthetic, LMDB, folders, and mixtures with fixed shares.

A source is asked for a batch by a seed, never for "the next one": the same seed gives the same lines in any process, so
a training that was killed goes on with exactly the lines that it would have seen.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Protocol

import cv2
import numpy as np
from annotated_types import Gt, Le, doc
from numpy.typing import NDArray

from munja.core.errors import InputError, SpecError
from munja.core.registry import build, register
from munja.core.spec import load_spec
from munja.data.lmdb import LineStore

PAD = 127  # grey that the normalisation turns into nearly 0


@dataclass(frozen=True)
class Lines:
    """N lines of one width: pictures uint8 (N, H, W) grey, texts, and for each line the x of its characters' centres.

    `centres` holds None for a line whose centres nobody knows; `widths` how many columns of each picture are content.
    """

    images: NDArray[np.uint8]
    texts: tuple[str, ...]
    centres: tuple[NDArray[np.float32] | None, ...]
    widths: NDArray[np.int32]


class LineSource(Protocol):
    """Anything that gives lines by seed."""

    def batch(self, seed: int, count: int, *, width: int, height: int) -> Lines:
        """`count` lines of width x height pixels."""
        ...

    def notes(self) -> list[str]:
        """What a person should know of it, such as which samples were dropped."""
        ...


@register("lines", "synthetic")
class Synthetic:
    """Lines rendered from fonts, endless."""

    def __init__(
        self,
        split: str,
        /,
        *,
        recipe: Annotated[Mapping[str, Any] | str, doc("the synthesiser's Spec, or the path of one")],
    ) -> None:
        from munja.data.synth.lines import LineSynthesiser

        spec = load_spec(recipe) if isinstance(recipe, str) else dict(recipe)
        self._synthesiser = LineSynthesiser(spec, split="train" if split == "train" else "validate")

    def batch(self, seed: int, count: int, *, width: int, height: int) -> Lines:
        """`count` lines of width x height pixels."""
        made = self._synthesiser.batch(seed, count, width=width, height=height)
        return Lines(made.images, made.texts, tuple(made.centres), made.widths)

    def notes(self) -> list[str]:
        """Nothing."""
        return []


class Collection(ABC):
    """A finite set of labelled line pictures, filtered by rules that say what they dropped."""

    def __init__(self, where: str, labels: Sequence[str], *, charset: str, longest: int, usage: float) -> None:
        known = set(charset)
        self.where = where
        self.dropped: list[tuple[int, str]] = []
        kept = []
        for number, label in enumerate(labels[: int(len(labels) * usage)]):
            reason = _objection(label, known, longest)
            if reason:
                self.dropped.append((number, reason))
            else:
                kept.append(number)
        if not kept:
            raise InputError(f"{where}: none of {len(labels)} samples can be used; {self.report()}")
        self._kept = np.array(kept)
        self._labels = {number: labels[number] for number in kept}
        self._widths: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def report(self) -> str:
        """How many samples were dropped, for which reasons, with the first few numbers (from 0) of each."""
        reasons = Counter(reason for _, reason in self.dropped)
        parts = []
        for reason, count in reasons.most_common():
            first = [str(number) for number, each in self.dropped if each == reason][:5]
            parts.append(f"{count} {reason} (numbers {', '.join(first)}{', ...' if count > 5 else ''})")
        return "dropped: " + ("; ".join(parts) if parts else "nothing")

    def notes(self) -> list[str]:
        """Which samples were dropped, and why."""
        return [f"{self.where}: {len(self)} samples; {self.report()}"] if self.dropped else []

    @abstractmethod
    def encoded(self, number: int) -> bytes:
        """The encoded picture of a number from 0."""

    def batch(self, seed: int, count: int, *, width: int, height: int) -> Lines:
        """`count` lines drawn by the seed, each once before any twice; a line wider than `width` is squeezed."""
        random = np.random.default_rng((seed, len(self._kept)))
        chosen: list[int] = []
        while len(chosen) < count:
            some = min(count - len(chosen), len(self._kept))
            chosen.extend(self._kept[random.choice(len(self._kept), some, replace=False)].tolist())
        return self._lines(chosen, width=width, height=height)

    def chunks(self, size: int, *, height: int, step: int) -> list[tuple[int, list[int]]]:
        """All samples in order of width: (bucket width in pixels, numbers), at most `size` of them each."""
        buckets: dict[int, list[int]] = {}
        for number in self._kept.tolist():
            picture = self._picture(number, height, None)
            buckets.setdefault(-(-picture.shape[1] // step) * step, []).append(number)
        return [
            (width, numbers[at : at + size])
            for width, numbers in sorted(buckets.items())
            for at in range(0, len(numbers), size)
        ]

    def numbered(self, numbers: Sequence[int], *, width: int, height: int) -> Lines:
        """The samples of these numbers."""
        return self._lines(numbers, width=width, height=height)

    def _lines(self, numbers: Sequence[int], *, width: int, height: int) -> Lines:
        images = np.full((len(numbers), height, width), PAD, np.uint8)
        widths = np.zeros(len(numbers), np.int32)
        for row, number in enumerate(numbers):
            picture = self._picture(number, height, width)
            images[row, :, : picture.shape[1]] = picture
            widths[row] = picture.shape[1]
        texts = tuple(self._labels[number] for number in numbers)
        return Lines(images, texts, (None,) * len(numbers), widths)

    def _picture(self, number: int, height: int, width: int | None) -> NDArray[np.uint8]:
        content = np.frombuffer(self.encoded(number), np.uint8)
        picture = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE) if len(content) else None
        if picture is None:
            raise InputError(f"{self.where}: picture {number} cannot be decoded; remove it or write the set anew")
        return at_height(np.asarray(picture, np.uint8), height, width)


def at_height(grey: NDArray[np.uint8], height: int, width: int | None) -> NDArray[np.uint8]:
    """A picture (H, W) at a height in pixels, squeezed where it would be wider than `width`."""
    natural = max(height // 2, round(grey.shape[1] * height / grey.shape[0]))
    return resized(grey, natural if width is None else min(natural, width), height)


def resized(grey: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """A picture (H, W) at width x height pixels."""
    shrinks = width * height < grey.shape[0] * grey.shape[1]
    found = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return np.asarray(found, np.uint8)


def _objection(label: str, known: set[str], longest: int) -> str:
    if not label:
        return "without text"
    if len(label) > longest:
        return f"longer than {longest} characters"
    if not known.issuperset(label):
        return "with characters outside the charset"
    return ""


@register("lines", "lmdb")
class LmdbLines(Collection):
    """Lines of an LMDB folder in the published scheme."""

    def __init__(
        self,
        split: str,
        /,
        *,
        path: Annotated[str, doc("the LMDB folder")],
        charset: Annotated[str, doc("name of the charset that labels must keep to")] = "ascii",
        longest: Annotated[int, Gt(0), doc("longest label")] = 100,
        usage: Annotated[float, Gt(0.0), Le(1.0), doc("share of the set that is used, from its start")] = 1.0,
    ) -> None:
        from munja.data.charset import characters

        self._store = LineStore(path)
        labels = [self._store.label(number) for number in range(len(self._store))]
        super().__init__(path, labels, charset=characters(charset), longest=longest, usage=usage)

    def encoded(self, number: int) -> bytes:
        """The encoded picture of a number from 0."""
        return self._store.image(number)


@register("lines", "folder")
class FolderLines(Collection):
    """Pictures of a folder, their texts in `labels`: lines of path, tab, text, or a JSON object from path to text."""

    def __init__(
        self,
        split: str,
        /,
        *,
        path: Annotated[str, doc("the folder")],
        labels: Annotated[str, doc("file in the folder that holds the texts")] = "labels.tsv",
        charset: Annotated[str, doc("name of the charset that labels must keep to")] = "ascii",
        longest: Annotated[int, Gt(0), doc("longest label")] = 100,
        usage: Annotated[float, Gt(0.0), Le(1.0), doc("share of the set that is used, from its start")] = 1.0,
    ) -> None:
        from munja.data.charset import characters

        folder = Path(path)
        pairs = read_labels(folder / labels)
        self._paths = [folder / name for name, _ in pairs]
        if missing := [each for each in self._paths if not each.is_file()]:
            raise InputError(f"{folder / labels}: names {len(missing)} files that are not there, first {missing[0]}")
        texts = [text for _, text in pairs]
        super().__init__(path, texts, charset=characters(charset), longest=longest, usage=usage)

    def encoded(self, number: int) -> bytes:
        """The encoded picture of a number from 0."""
        return self._paths[number].read_bytes()


def read_labels(path: Path) -> list[tuple[str, str]]:
    """(picture's path, text) pairs of a file of `path<TAB>text` lines, or of a JSON object where it ends in .json."""
    if not path.is_file():
        raise InputError(f"{path}: no such file; it should give a text for each picture")
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        tree = json.loads(content)
        if not isinstance(tree, dict):
            raise InputError(f"{path}: an object from path to text was wanted")
        return [(str(name), str(text)) for name, text in tree.items()]
    pairs = []
    for number, row in enumerate(content.split("\n"), start=1):
        if not row.strip("\r"):
            continue
        name, tab, text = row.rstrip("\r").partition("\t")
        if not tab:
            raise InputError(f"{path}:{number}: path, tab, text was wanted, got {row!r}")
        pairs.append((name, text))
    return pairs


def shares_of(count: int, shares: Sequence[float]) -> list[int]:
    """How many of a batch of `count` each set gives: its share, rounded, at least 1 (64 at .482/.482/.036: 31+31+2)."""
    total = sum(shares)
    return [max(1, round(count * share / total)) for share in shares]


@register("lines", "mixed")
class Mixed:
    """Several sources, each giving a fixed share of every batch, however large it is."""

    def __init__(
        self,
        split: str,
        /,
        *,
        sets: Annotated[Sequence[Mapping[str, Any]], doc("Specs of the sources")],
        shares: Annotated[Sequence[float], doc("share of each source; they need not add up to 1")],
    ) -> None:
        if not sets or len(sets) != len(shares) or min(shares) <= 0.0:
            raise SpecError(f"lines.mixed: one share above 0 for each set was wanted, got {len(sets)} sets, {shares}")
        self._sets: list[LineSource] = [build("lines", each, split) for each in sets]
        self._shares = list(shares)

    def batch(self, seed: int, count: int, *, width: int, height: int) -> Lines:
        """About `count` lines: rounding and the least share of 1 may add or take one."""
        counts = shares_of(count, self._shares)
        parts = []
        for number, (source, share) in enumerate(zip(self._sets, counts, strict=True)):
            parts.append(source.batch(seed * len(counts) + number, share, width=width, height=height))
        return Lines(
            np.concatenate([part.images for part in parts]),
            tuple(text for part in parts for text in part.texts),
            tuple(centres for part in parts for centres in part.centres),
            np.concatenate([part.widths for part in parts]),
        )

    def notes(self) -> list[str]:
        """Those of all sources."""
        return [note for each in self._sets for note in each.notes()]


def open_lines(spec: Mapping[str, Any], split: str) -> LineSource:
    """The source that a Spec describes, for the split "train" or "validate"."""
    source: LineSource = build("lines", spec, split)
    return source
