"""Sample: one picture of a collection and what is known of it, and how its picture comes into a new folder."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from munja.core.errors import InputError
from munja.core.page import Line, Page, Word

_TURNED = (5, 6, 7, 8)  # EXIF orientations that swap width and height
_EXIF_ORIENTATION = 274


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture that is read when asked: a file, or what `fetch` gives."""

    path: Path | None = None
    fetch: Callable[[], bytes] | None = None

    def read(self) -> bytes:
        """The encoded bytes; InputError if the file cannot be read."""
        if self.path is None:
            return b"" if self.fetch is None else self.fetch()
        try:
            return self.path.read_bytes()
        except (OSError, ValueError) as error:
            raise InputError(f"{self.path}: the picture cannot be read ({_reason(error)})") from error

    @property
    def source(self) -> Path | bytes:
        """What a Reader takes: the path where there is one, else the bytes."""
        return self.path if self.path is not None else self.read()

    def size(self) -> tuple[int, int]:
        """Width and height in pixels, turned as the EXIF tag says, from the header alone; InputError if unreadable."""
        import PIL
        import PIL.Image

        place = str(self.path) if self.path is not None else "the stored picture"
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                with PIL.Image.open(self.path if self.path is not None else io.BytesIO(self.read())) as image:
                    width, height = image.size
                    turned = image.getexif().get(_EXIF_ORIENTATION) in _TURNED
        except InputError:
            raise
        except Exception as error:  # Pillow raises whatever its parsers raise
            raise InputError(f"{place}: the picture cannot be read ({_reason(error)})") from error
        return (height, width) if turned else (width, height)


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture and what is known of it: a Page, a text, a class, or nothing but the picture.

    `name` is the picture's path in its collection, without a leading `images/`. A page may also have a `text`: its
    transcript as one string. `attributes` are JSON values; a list under `lines` has an object for each line of the
    page. `where` says which file and line it came from.
    """

    name: str
    picture: Picture | None = None
    page: Page | None = None
    text: str | None = None
    label: str | None = None
    split: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    where: str = ""

    @property
    def kind(self) -> str:
        """page, text, class or picture."""
        if self.page is not None:
            return "page"
        return "text" if self.text is not None else "class" if self.label is not None else "picture"

    @property
    def answer(self) -> str:
        """What is to be read or said, as one string: the text, the class, or the Page as JSON."""
        if self.page is not None:
            return json.dumps(self.page.to_tree(), ensure_ascii=False)
        return self.text if self.text is not None else self.label or ""

    def read(self) -> bytes:
        """The encoded picture; InputError if there is none."""
        if self.picture is None:
            raise InputError(f"{self.where or self.name}: has no picture {self.name}")
        return self.picture.read()

    def as_page(self) -> Page:
        """The Page; for a text one whose only line fills the picture, for a class or nothing one without lines."""
        if self.page is not None:
            return self.page
        width, height = self.picture.size() if self.picture is not None else (1, 1)
        if self.text is None:
            return Page(width, height, source=self.name)
        polygon = ((0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height)))
        line = text_line(self.text, polygon, ignore=self.attributes.get("ignore") is True)
        return Page(width, height, (line,), source=self.name)

    def with_picture(self, picture: Picture) -> Sample:
        """The same with another picture."""
        return replace(self, picture=picture)

    def named(self, name: str) -> Sample:
        """The same under another name."""
        return self if name == self.name else replace(self, name=name)


def text_line(text: str, polygon: Any, *, ignore: bool = False, word: bool = False) -> Line:
    """A line of ground truth; with `word` the box holds one word, and the line's only word has its polygon.

    A don't-care region has no words, since a Word cannot say that it does not count.
    """
    single = word and not ignore and text and not any(each.isspace() for each in text)
    return Line(text, polygon, words=(Word(text, polygon),) if single else (), ignore=ignore)


def split_name(value: Any) -> str:
    """A split's name, which becomes part of paths; InputError unless it is letters, digits, - and _ alone."""
    if not isinstance(value, str) or re.fullmatch(r"[A-Za-z0-9_-]{1,40}", value) is None:
        raise InputError(f"split should be a word such as train, validate or test, got {value!r}")
    return value


def tidy_name(path: str) -> str:
    """A picture's path as a name: forward slashes, relative, no `..`, no leading `images/`, nothing unprintable."""
    cleaned = "".join(each if each.isprintable() else "_" for each in path.replace("\\", "/"))
    parts = [part for part in PurePosixPath(cleaned).parts if part not in ("/", "..", ".")]
    parts = [part for part in parts if not re.fullmatch(r"[A-Za-z]:", part)] or ["picture"]
    while len(parts) > 1 and parts[0] == "images":
        parts = parts[1:]
    return "/".join(
        part if len(part.encode()) <= 200 else part.encode()[-200:].decode(errors="ignore") for part in parts
    )


def free_name(name: str, taken: set[str], *, by_stem: bool = False) -> str:
    """A tidy name that differs from those `taken`, also without regard to case; with `by_stem` also in its stem."""
    path = PurePosixPath(tidy_name(name))
    number = 1
    while True:
        candidate = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
        key = str(candidate.with_suffix("") if by_stem else candidate).casefold()
        if key not in taken:
            taken.add(key)
            return str(candidate)
        number += 1


def put_picture(target: Path, sample: Sample, content: bytes, *, share: bool = False) -> None:
    """Write a sample's encoded picture as a file, or share the file it came from by a hard link."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if share and sample.picture is not None and sample.picture.path is not None:
        try:
            os.link(sample.picture.path.resolve(), target)
        except OSError:  # another file system, or one without links: copy
            pass
        else:
            return
    target.write_bytes(content)


def refuse_existing(out: Path) -> None:
    """InputError if there is something at `out`: asked before work that would be for nothing."""
    if os.path.lexists(out):
        raise InputError(f"{out}: exists already; give a folder that does not exist yet")


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """A folder to fill, which gets the name `out` only when everything in it was written; InputError if it exists."""
    refuse_existing(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror})") from error
    try:
        yield temporary
        temporary.chmod(0o755)
        os.replace(temporary, out)
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror or error}); nothing of it was kept") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
