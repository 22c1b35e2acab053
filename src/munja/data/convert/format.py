"""Format: one layout of labelled pictures on disk, read and, where it can be, written; the registry of them all."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import ClassVar

from munja.core.errors import InputError
from munja.core.registry import build, names
from munja.data.convert.parse import natural, plain_name
from munja.data.convert.report import Report
from munja.data.sample import Picture, Sample, free_name, put_picture
from munja.imaging.image import PICTURE_SUFFIXES

KIND = "dataset_format"
GEOMETRY = ("none", "box", "quad", "polygon")  # what a box may be, each with all before it
SUFFIXES = PICTURE_SUFFIXES - {".pdf"}


@dataclass(frozen=True)
class Holds:
    """What a format can hold; whatever a sample has beyond it is told when it is written.

    `kinds` are the samples it takes: page, text, class, picture. `attributes` of None holds all of them. `level` is
    what the boxes of the format are: word or line. `splits` is none, named
    (train, validate and test) or any. `blanks` says whether runs and ends of
    white space stay. `marks` are texts that stand for a don't-care region where nothing
    else can; reading gives it the text ###.
    """

    kinds: frozenset[str] = frozenset()
    geometry: str = "none"
    texts: bool = True
    fractions: bool = True
    newlines: bool = False
    tabs: bool = True
    blanks: bool = True
    words: bool = False
    characters: bool = False
    scores: bool = False
    ignored: bool = True
    marks: tuple[str, ...] = ()
    angles: bool = False
    transcripts: bool = False
    splits: str = "named"
    page_fields: bool = False
    level: str | None = None
    attributes: frozenset[str] | None = frozenset()


class Format(ABC):
    """A layout of labelled pictures. `sign` says by what files it is recognised."""

    sign: ClassVar[str]
    holds: ClassVar[Holds] = Holds()

    @abstractmethod
    def detect(self, path: Path) -> bool:
        """Whether a file or folder looks like this format; cheap, and never an error."""

    @abstractmethod
    def read(self, path: Path, report: Report) -> Iterator[Sample]:
        """The samples; each bad label goes to the report and the rest goes on."""

    def count(self, path: Path) -> int | None:
        """How many samples there are, where that is known without reading them; then `pick` reads some alone."""
        return None

    def pick(self, path: Path, numbers: Sequence[int], report: Report) -> Iterator[Sample]:
        """The samples of these numbers, ascending from 0."""
        raise InputError(f"{path}: this format is only read from its start")

    def blocks(self, path: Path) -> list[int]:
        """Sizes of the runs of samples that are read together; none where each is read alone."""
        return []

    def write(self, folder: Path, samples: Iterable[tuple[Sample, bytes]], report: Report) -> None:
        """Fill an empty folder with samples and their encoded pictures, which it can hold."""
        raise InputError(f"{folder}: this format is only read")


def formats() -> list[str]:
    """The names of all formats."""
    return names(KIND)


def find_format(name: str, **settings: object) -> Format:
    """The format of a name, with its settings; SpecError if it is not known."""
    found: Format = build(KIND, {"name": name, **settings})
    return found


def detect(path: Path) -> str:
    """The name of the format that a file or folder has; InputError if it is not clear."""
    if not path.exists():
        raise InputError(f"{path}: no such file or folder")
    fitting = [name for name in formats() if find_format(name).detect(path)]
    if len(fitting) == 1:
        return fitting[0]
    naming = "--format NAME (--from-format in munja data convert)"
    if not fitting:
        raise InputError(
            f"{path}: no labels of a known format found; it {_holdings(path)}. The simplest is a labels.csv "
            f"with the columns image,text; docs/datasets.md lists all {len(formats())}. Where one was not recognised, "
            f"name it with {naming}"
        )
    raise InputError(f"{path}: could be {' or '.join(fitting)}; say which with {naming}")


def _holdings(path: Path) -> str:
    """What lies below a path, for a message: how many pictures, and the first of the other files."""
    if path.is_file():
        return f"begins with {head(path, 40)!r}"
    pictures, others = len(Pictures(path)), []
    for _, below, files in os.walk(path):
        below.sort()
        others += [name for name in sorted(files) if os.path.splitext(name)[1].lower() not in SUFFIXES]
        if len(others) > 3:
            break
    named = ", ".join(others[:3]) + (" and others" if len(others) > 3 else "")
    return f"holds {pictures} picture{'' if pictures == 1 else 's'} and {named or 'no other file'}"


class Pictures:
    """The pictures below a folder, found by the names that label files give them."""

    def __init__(self, root: Path) -> None:
        self.root = root if root.is_dir() else root.parent

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Path]:
        return iter(self._all)

    def find(self, reference: str, label_file: Path) -> Path:
        """The picture that a label file means; InputError if there is none, or several that fit alike."""
        reference = reference.replace("\\", "/").strip()
        parts = [part for part in PurePosixPath(reference).parts if part not in ("/", ".")]
        if not parts or "\0" in reference:
            raise InputError(f"no picture is named: {reference!r}")
        if PurePosixPath(reference).suffix.lower() in SUFFIXES:
            for base in (label_file.parent, self.root, self.root / "images", self.root.parent):
                if _is_file(base / reference):
                    return Path(os.path.normpath(base / reference))
        return self._best(self._by_name.get(parts[-1], []), parts, reference)

    def find_stem(self, stem: str, folder: PurePosixPath) -> Path:
        """The picture of a name without suffix, below folders that end like `folder` where several fit."""
        return self._best(self._by_stem.get(stem, []), [*folder.parts, stem], stem)

    def _best(self, found: list[Path], parts: list[str], reference: str) -> Path:
        if not found:
            raise InputError(f"there is no picture {reference} below {self.root}")
        if len(found) > 1:
            agreeing = [_agreement(path, parts) for path in found]
            best = max(agreeing)
            if agreeing.count(best) > 1:
                raise InputError(f"{agreeing.count(best)} pictures named {reference} fit; give the path to one of them")
            return found[agreeing.index(best)]
        return found[0]

    @cached_property
    def _all(self) -> list[Path]:
        found = []
        for folder, below, files in os.walk(self.root):
            below.sort()
            found += [Path(folder, name) for name in files if os.path.splitext(name)[1].lower() in SUFFIXES]
        return sorted(found, key=natural)

    @cached_property
    def _by_name(self) -> dict[str, list[Path]]:
        table = defaultdict(list)
        for path in self._all:
            table[path.name].append(path)
        return table

    @cached_property
    def _by_stem(self) -> dict[str, list[Path]]:
        table = defaultdict(list)
        for path in self._all:
            table[path.stem].append(path)
        return table

    def name(self, path: Path) -> str:
        """A picture's path below the folder less split and `images`, or its own name where it lies elsewhere."""
        try:
            return plain_name(path.relative_to(self.root))
        except ValueError:
            return path.name

    @staticmethod
    def of(path: Path) -> tuple[Picture, int, int]:
        """The picture of a file, its width and height; InputError if it has none."""
        picture = Picture(path)
        return picture, *picture.size()


def label_files(path: Path, *suffixes: str) -> list[Path]:
    """The file itself, or all files below a folder with one of the suffixes, in natural order; hidden ones are not."""
    if path.is_file():
        return [path] if path.suffix.lower() in suffixes else []
    found = []
    for folder, below, files in os.walk(path):
        below[:] = sorted(each for each in below if not each.startswith("."))
        found += [Path(folder, name) for name in files if os.path.splitext(name)[1].lower() in suffixes]
    return sorted((each for each in found if not each.name.startswith(".")), key=natural)


def put_pictures(
    folder: Path, samples: Iterable[tuple[Sample, bytes]], report: Report, *, by_split: bool = False
) -> Iterator[tuple[str, Sample, bytes]]:
    """Each sample with the name that its picture now has in `images/`, of the folder or of its split's folder.

    Names that differ only in case, or not at all, are made to differ. A sample is counted when the next is asked for.
    """
    taken: set[str] = set()
    for sample, content in samples:
        name = free_name(sample.name, taken)
        base = folder / sample.split if by_split and sample.split else folder
        put_picture(base / "images" / name, sample, content)
        yield name, sample, content
        report.written += 1


def head(path: Path, size: int = 8192) -> str:
    """The beginning of a file as text, empty if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(size).decode("utf-8-sig", errors="replace")
    except OSError:
        return ""


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that is too long or holds a zero byte
        return False


def _agreement(path: Path, parts: list[str]) -> int:
    """How many folders, from the end, a path shares with the parts that were asked for."""
    count = 0
    for mine, wanted in zip(reversed(path.parts[:-1]), reversed(parts[:-1]), strict=False):
        if mine != wanted:
            break
        count += 1
    return count
