"""Predictions made before: Pages as JSON, or label files of other tools, paired with the truth by their names."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from munja.core.errors import InputError, MunjaError
from munja.core.page import Page
from munja.data.convert import Problem, open_truth
from munja.data.convert.format import SUFFIXES
from munja.evaluate.run import Reading
from munja.evaluate.truth import Truth, unpacked, without_prefix

MARK = b'"munja_page"'  # stands at the beginning of every Page and of every list of Pages
Found = dict[str, tuple[Page, str]]  # by name: a page, and where it stands


def load_predictions(path: Path, truth: Truth) -> Reading:
    """The predictions in a folder, file or zip, by the names of the truth's pictures.

    A picture without prediction counts as a page on which nothing was found; it is listed, as are predictions of
    pictures that the truth does not have. InputError if not a single one belongs to the truth.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file or folder; the predictions were wanted, such as a folder of Page JSON")
    reading = Reading(str(path))
    with unpacked(path) as folder:
        found = _pages(folder, reading.problems)
        if not found:
            found = _labels(folder, reading.problems)
    pairs = paired([each.name for each in truth.items], list(found))
    if not pairs:
        ends = (
            f"; the first prediction is {next(iter(found))}, the first picture {truth.items[0].name}" if found else ""
        )
        raise InputError(
            f"{path}: none of its {len(found)} predictions belongs to one of the {len(truth.items)} pictures of "
            f"{truth.path}{ends}: a prediction has the name of its picture"
        )
    for item in truth.items:
        if item.name in pairs:
            page, _ = found[pairs[item.name]]
            if not (page.width and page.height):
                page = replace(page, width=item.page.width, height=item.page.height)
            reading.pages[item.name] = replace(page, source=item.name)
        else:
            reading.problems.append(
                Problem(f"{path}: {item.name}", "has no prediction; counted as a page without any text")
            )
    used = set(pairs.values())
    reading.problems += [
        Problem(where, f"a prediction of {name}, which the truth does not have; not measured")
        for name, (_, where) in found.items()
        if name not in used
    ]
    return reading


def paired(pictures: list[str], predictions: list[str]) -> dict[str, str]:
    """The prediction of each picture by its name: the same path, with or without suffix, else the same file name.

    A file name alone decides only where it is the only one of its kind on both sides.
    """
    pairs: dict[str, str] = {}
    left = set(predictions)
    for key in (str, _bare, lambda name: PurePosixPath(name).name, _stem):
        table = _unique(left, key)
        mine = _unique((name for name in pictures if name not in pairs), key)
        for word, name in mine.items():
            if word in table:
                pairs[name] = table[word]
                left.discard(table[word])
    return pairs


def _unique(names: Iterator[str] | set[str], key: Callable[[str], str]) -> Mapping[str, str]:
    listed = sorted(names)
    count = Counter(map(key, listed))
    return {key(name): name for name in listed if count[key(name)] == 1}


def _bare(name: str) -> str:
    """A path without the suffix of a picture; other dots belong to the name."""
    path = PurePosixPath(name)
    return str(path.with_suffix("")) if path.suffix.lower() in SUFFIXES else name


def _stem(name: str) -> str:
    return without_prefix(PurePosixPath(_bare(name)).name)


def _pages(folder: Path, problems: list[Problem]) -> Found:
    """Every Page in the JSON files of a folder, or in one file; files of something else are passed over."""
    files = [folder] if folder.is_file() else sorted(folder.rglob("*.json"))
    found: Found = {}
    for file in files:
        try:
            content = file.read_bytes()
        except OSError as error:
            problems.append(Problem(str(file), f"cannot be read ({error.strerror})"))
            continue
        if MARK not in content[:4096]:
            continue
        name = (file.name if file == folder else str(PurePosixPath(file.relative_to(folder)))).removesuffix(".json")
        try:
            for page in _listed(content):
                found[name if page.index == 0 else f"{name}#{page.index + 1}"] = page, str(file)
        except MunjaError as error:
            problems.append(Problem(str(file), f"{error}"))
    return found


def _listed(content: bytes) -> list[Page]:
    try:
        tree = json.loads(content)
    except ValueError as error:
        raise InputError(f"not a JSON document: {error}") from error
    return [Page.from_tree(each) for each in (tree if isinstance(tree, list) else [tree])]


def _labels(folder: Path, problems: list[Problem]) -> Found:
    """Pages in the label files of another tool; their sizes are not known where they come without pictures."""
    reader = open_truth(folder)
    found: Found = {}
    for sample in reader.samples():
        page = sample.as_page()
        if sample.picture is None:
            page = replace(page, width=0, height=0)
        found[sample.name] = page, sample.where or sample.name
    problems += reader.report.dropped
    return found
