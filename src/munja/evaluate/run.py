"""Reading of a whole set, one picture after the other, so that an interrupted run goes on where it stopped.

A reader's work folder holds reader.json, which says what reads, and one Page as JSON for every picture. What a reader
fails on is listed and counts as a page on which it found nothing; it is tried again in the next run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from munja.core.artifact import write_atomically
from munja.core.errors import InputError, MunjaError
from munja.core.page import Page
from munja.data.convert import Problem
from munja.evaluate.readers import OpenedReader, open_reader, parse_reader
from munja.evaluate.truth import Truth, TruthItem
from munja.imaging.image import frames

ABOUT = "reader.json"


@dataclass
class Reading:
    """What a reader read of a set: Pages by the pictures' names, and what went wrong."""

    name: str
    pages: dict[str, Page] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    version: str = ""


def read_set(
    reader: str, truth: Truth, work: Path, *, on_page: Callable[[], None], open_with: str | None = None
) -> Reading:
    """Read every picture of a set that is not yet in the work folder; `on_page` is called for each that is done.

    `reader` is its name with settings, which also names its folder below `work`. `open_with` opens another reader under
    that name.
    """
    folder = work / folder_name(reader)
    opened = open_reader(open_with or reader, crops=truth.crops)
    _claim(folder, _identity(open_with or reader, opened, truth), reader)
    found = Reading(reader, version=opened.version)
    for item in truth.items:
        try:
            found.pages[item.name] = _read_item(opened, item, folder / f"{item.name}.json")
        except MunjaError as error:
            found.problems.append(Problem(f"{reader}: {item.name}", f"{error}; counted as a page without any text"))
        on_page()
    return found


def folder_name(reader: str) -> str:
    """A reader's name with settings as the name of a folder; different ones never meet."""
    plain = re.sub(r"[^A-Za-z0-9._=-]+", "-", reader).strip("-.") or "reader"
    return plain if plain == reader else f"{plain[:60]}-{sha256(reader.encode()).hexdigest()[:6]}"


def _read_item(opened: OpenedReader, item: TruthItem, path: Path) -> Page:
    """The page of one picture: as it was read before, if the picture is not newer, else read now."""
    if item.picture is None:
        raise InputError(f"{item.where}: has no picture to read; name the folder of the pictures with --images")
    changed = item.picture.path.stat().st_mtime_ns if item.picture.path is not None else 0
    if path.is_file() and path.stat().st_mtime_ns >= changed:
        try:
            return Page.from_json(path.read_bytes())
        except MunjaError:
            pass  # half a file of a machine that went down: read again
    image = next(iter(frames(item.picture.source))).image
    try:
        page = opened.read(image)
    except MunjaError:
        raise
    except Exception as error:  # whatever another reader fails with is a result to show, not the end of the run
        raise InputError(f"{type(error).__name__}: {error}") from error
    page = replace(page, source=item.name)
    _write(path, page.to_json())
    return page


def _identity(reader: str, opened: OpenedReader, truth: Truth) -> dict[str, Any]:
    """What must be the same for readings to belong together: settings, version, files that settings name."""
    spec = parse_reader(reader)
    files = {
        key: [path.stat().st_size, path.stat().st_mtime_ns]
        for key, value in spec.items()
        if isinstance(value, str) and key != "name" and (path := Path(value)).is_file()
    }
    identity: dict[str, Any] = {"reader": spec, "version": opened.version, "crops": truth.crops, "files": files}
    return identity


def _claim(folder: Path, identity: Mapping[str, Any], reader: str) -> None:
    """Make a work folder, or check that what it holds was read in the same way."""
    path = folder / ABOUT
    wanted = json.dumps(identity, ensure_ascii=False, sort_keys=True, indent=1)
    if not path.is_file():
        _write(path, wanted)
        return
    if path.read_text(encoding="utf-8") != wanted:
        raise InputError(
            f"{folder}: holds what another version or model of {reader} read; remove the folder to read again, or name "
            "another one with --work"
        )


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, text.encode())
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from error
