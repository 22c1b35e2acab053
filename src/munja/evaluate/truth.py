"""Truth: the pictures to measure on, of one kind, with everything that could not be understood listed beside them."""

from __future__ import annotations

import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from munja.core.errors import InputError, MunjaError
from munja.core.page import Page
from munja.data.convert import Problem, open_truth
from munja.data.convert.format import Pictures
from munja.data.sample import Picture, Sample
from munja.metrics.boxes import Level, boxes_of, level_of, resolve_level

Kind = Literal["boxes", "text", "crops", "formulas"]
KIND_NAMES: dict[Kind, str] = {
    "boxes": "pages with boxes",
    "text": "pages with text alone",
    "crops": "pictures of words or lines",
    "formulas": "pictures of formulas",
}
PREFIXES = ("poly_gt_", "gt_", "tr_", "res_")  # of the competitions' label files
MOST_UNPACKED = 4_000_000_000  # bytes that a zip may unfold to


@dataclass(frozen=True, slots=True)
class TruthItem:
    """One picture to measure on: its name in the set, the picture where there is one, what is written in it."""

    name: str
    page: Page
    picture: Picture | None
    where: str


@dataclass(frozen=True)
class Truth:
    """A set of pictures of one kind.

    `level` is the level at which boxes are compared; `ignore_case` says that the set's own transcripts do not keep
    case. `problems` are labels that could not be understood, `notes` sentences for a person.
    """

    path: str
    format: str
    kind: Kind
    level: Level
    items: tuple[TruthItem, ...]
    ignore_case: bool = False
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def crops(self) -> bool:
        """Whether each picture shows a single word, line or formula, so that nothing is to be found in it."""
        return self.kind in ("crops", "formulas")


@contextmanager
def opened_truth(
    path: str | Path,
    *,
    format: str = "auto",  # noqa: A002
    split: str | None = None,
    images: Path | None = None,
    level: str | None = None,
) -> Iterator[Truth]:
    """The truth in a folder, label file or zip, which is unpacked while the context is open.

    `images` is a folder of the pictures where the labels come without them. InputError if there is nothing to measure
    on, or pictures of several kinds.
    """
    with unpacked(Path(path)) as folder:
        reader = open_truth(folder, format, split=split)
        samples = [_named(each, folder, Path(path)) for each in reader.samples()]
        problems = [Problem(each.where.replace(str(folder), str(path)), each.reason) for each in reader.report.dropped]
        kinds = Counter(kind for each in samples if (kind := _kind(each)) is not None)
        problems += [
            Problem(each.where or each.name, f"a {each.kind} without text: there is nothing to compare a reading with")
            for each in samples
            if _kind(each) is None
        ]
        _check(str(path), kinds, problems, split)
        kind = _one_kind(str(path), kinds)
        kept = [each for each in samples if _kind(each) is not None]
        items = [item for each in kept for item in _item(each, images, problems)]
        counted = [each for each in items if kind in ("boxes", "text") or not all(_ignored(each.page))]
        notes = list(reader.report.notes)
        if len(items) > len(counted):
            notes.append(f"{len(items) - len(counted)} pictures are marked as don't-care and are not measured")
        _check(str(path), Counter({kind: len(counted)}), problems, split)
        _check_names(counted)
        found_level = _level(level, kept, [each.page for each in counted]) if kind == "boxes" else "line"
        if kind == "boxes":
            _check_boxes(counted, found_level)
        yield Truth(
            str(path),
            reader.format,
            kind,
            found_level,
            tuple(counted),
            any(each.attributes.get("case") == "insensitive" for each in kept),
            tuple(problems),
            tuple(notes),
        )


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The folder that a zip holds, for as long as the context is open; any other path as it is."""
    if path.suffix.lower() != ".zip" or not path.is_file():
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="munja-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                size = sum(each.file_size for each in archive.infolist())
                if size > MOST_UNPACKED:
                    raise InputError(f"{path}: unfolds to {size / 1e9:.1f} GB; unpack it yourself and name the folder")
                archive.extractall(folder)
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
            raise InputError(f"{path}: cannot be unpacked ({error}); a zip of label files was wanted") from error
        yield Path(folder)


def _named(sample: Sample, folder: Path, path: Path) -> Sample:
    """The sample, said to be where a person knows it, and not where a zip was unpacked."""
    return sample if folder == path else replace(sample, where=sample.where.replace(str(folder), str(path)))


def _kind(sample: Sample) -> Kind | None:
    """What a sample is measured as; None where there is no text to compare with."""
    if sample.page is not None:
        boxes = any(line.polygon for line in sample.page.lines)
        return "boxes" if boxes or not (sample.page.lines or sample.text) else "text"
    if sample.text is None:
        return None
    return "formulas" if sample.attributes.get("kind") == "math" else "crops"


def _item(sample: Sample, images: Path | None, problems: list[Problem]) -> Iterator[TruthItem]:
    """The item of a sample; a picture that cannot be read is a problem, and the item is left out."""
    where = sample.where or sample.name
    try:
        picture = sample.picture
        if picture is None and images is not None:
            name = PurePosixPath(sample.name)
            picture = Picture(Pictures(images).find_stem(without_prefix(name.stem), name.parent))
            if sample.page is not None:  # without a picture the page was as large as its boxes reach
                width, height = picture.size()
                sample = replace(sample, page=replace(sample.page, width=width, height=height))
        page = sample.with_picture(picture).as_page() if picture is not None else sample.as_page()
    except MunjaError as error:
        problems.append(Problem(where, str(error)))
        return
    yield TruthItem(sample.name, replace(page, source=sample.name), picture, where)


def without_prefix(stem: str) -> str:
    """The name of a picture in that of a competition's label file: gt_img_1 and res_img_1 speak of img_1."""
    return next((stem.removeprefix(prefix) for prefix in PREFIXES if stem.startswith(prefix)), stem)


def _ignored(page: Page) -> list[bool]:
    return [line.ignore for line in page.lines] or [False]


def _level(level: str | None, samples: Sequence[Sample], pages: Sequence[Page]) -> Level:
    """The level that was asked for, or that the set states for itself, or that its boxes allow."""
    if level is not None:
        return resolve_level(level, ())
    stated = {each.attributes.get("level") for each in samples}
    if stated in ({"word"}, {"line"}):
        return resolve_level(str(stated.pop()), ())
    return level_of(pages)


def _check(path: str, kinds: Counter[Any], problems: Sequence[Problem], split: str | None) -> None:
    if sum(kinds.values()):
        return
    part = "" if split is None else f" in its split {split!r}"
    cause = f"; {len(problems)} labels could not be used, the first: {problems[0]}" if problems else ""
    raise InputError(f"{path}: holds no picture with a text to compare with{part}, nothing can be measured{cause}")


def _one_kind(path: str, kinds: Counter[Kind]) -> Kind:
    if len(kinds) == 1:
        return next(iter(kinds))
    counts = ", ".join(f"{count} {KIND_NAMES[kind]}" for kind, count in kinds.most_common())
    raise InputError(f"{path}: holds {counts}; they are measured differently, evaluate them one after the other")


def _check_names(items: Sequence[TruthItem]) -> None:
    twice = [name for name, count in Counter(each.name for each in items).items() if count > 1]
    if twice:
        raise InputError(
            f"{len(twice)} pictures stand in the truth more than once, the first: {twice[0]}; give each picture one row"
        )


def _check_boxes(items: Sequence[TruthItem], level: Level) -> None:
    for each in items:
        try:
            boxes_of(each.page, level, "truth")
        except MunjaError as error:
            raise InputError(f"{each.where}: {error}") from error
