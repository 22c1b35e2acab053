"""Dataset: pictures with Pages, texts or classes, in a folder with a dataset.toml that says what it is.

    dataset.toml     what, licence, kind, count, splits, how it was made, hash of the content
    samples.jsonl    one JSON object per picture: image, page | text | label, split, attributes
    images/          the pictures as files, or
    pictures.lmdb/   the pictures and labels in the published LMDB scheme, in the order of samples.jsonl

Nothing is held in memory but where each row begins; a row is parsed and a picture read when it is asked for.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munja.core.errors import InputError, PageError
from munja.core.page import Page
from munja.core.spec import dump_toml
from munja.data.lmdb import LineStore, write_lines
from munja.data.sample import Picture, Sample, free_name, new_folder, put_picture, split_name

VERSION = 1
ABOUT, ROWS, IMAGES, STORE = "dataset.toml", "samples.jsonl", "images", "pictures.lmdb"
STORAGES = ("files", "lmdb")


@dataclass(frozen=True)
class About:
    """What a person should know of a set: its name, what it holds, under which licence, how it was made."""

    name: str
    what: str = ""
    licence: str = ""
    made: str = ""


@dataclass(frozen=True)
class Card:
    """The content of a dataset.toml."""

    about: About
    kind: str  # page, text, class, picture or mixed
    count: int
    storage: str = "files"
    hash: str = ""
    splits: Mapping[str, int] = field(default_factory=dict)

    def to_toml(self) -> str:
        """The file's text."""
        about = {key: value for key, value in vars(self.about).items() if value}
        tree: dict[str, Any] = {"munja_dataset": VERSION, **about, "kind": self.kind, "count": self.count}
        tree |= {"storage": self.storage, "hash": self.hash}
        return dump_toml(tree | ({"splits": dict(self.splits)} if self.splits else {}))


class Dataset:
    """A Munja dataset opened for reading; `dataset[number]` and iteration give Samples."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.card = _read_card(self.path / ABOUT)
        if not (self.path / ROWS).is_file():
            raise InputError(f"{self.path}: has a {ABOUT} but no {ROWS}; copy the whole folder again")
        if len(self._begins) - 1 != self.card.count:
            raise InputError(
                f"{self.path / ROWS}: {len(self._begins) - 1} rows, but {ABOUT} says {self.card.count}; "
                "the set was changed or cut off: convert it again"
            )

    def __len__(self) -> int:
        return self.card.count

    def __getitem__(self, number: int) -> Sample:
        if not 0 <= number < len(self):
            raise InputError(f"{self.path}: sample {number} was asked for, it has {len(self)} (counted from 0)")
        begins = self._begins
        with (self.path / ROWS).open("rb") as file:
            file.seek(int(begins[number]))
            row = file.read(int(begins[number + 1] - begins[number]))
        return self._sample(number, row)

    def __iter__(self) -> Iterator[Sample]:
        with (self.path / ROWS).open("rb") as file:
            for number, row in enumerate(file):
                yield self._sample(number, row)

    def split(self, name: str) -> Iterator[Sample]:
        """The samples of one split."""
        return (sample for sample in self if sample.split == name)

    def content_hash(self) -> str:
        """The hash of rows and pictures as they are now; it differs from `card.hash` where the set was changed."""
        digest = hashlib.sha256()
        for sample in self:
            _add(digest, sample, sample.read())
        return f"sha256:{digest.hexdigest()}"

    @cached_property
    def _begins(self) -> NDArray[np.int64]:
        """The byte at which each row begins, and the size of the file."""
        parts, at = [np.zeros(1, np.int64)], 0
        with (self.path / ROWS).open("rb") as file:
            while chunk := file.read(1 << 22):
                parts.append(np.flatnonzero(np.frombuffer(chunk, np.uint8) == 10) + at + 1)
                at += len(chunk)
        begins = np.concatenate(parts)
        return begins if begins[-1] == at else np.append(begins, at)

    @cached_property
    def _store(self) -> LineStore:
        return LineStore(self.path / STORE)

    def _sample(self, number: int, row: bytes) -> Sample:
        where = f"{self.path / ROWS}:{number + 1}"
        try:
            tree = json.loads(row)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{where}: not a JSON object ({error}); convert the set again") from error
        sample = sample_of_row(tree, where)
        if self.card.storage == "lmdb":
            return sample.with_picture(Picture(fetch=partial(self._store.image, number)))
        return sample.with_picture(Picture(self.path / IMAGES / sample.name))


def sample_of_row(tree: Any, where: str) -> Sample:
    """The Sample, yet without picture, of one row of samples.jsonl; InputError names the row."""
    if not isinstance(tree, dict) or not isinstance(tree.get("image"), str) or not tree["image"]:
        raise InputError(f"{where}: an object with the key image was wanted")
    texts = {}
    for key in ("text", "label"):
        texts[key] = tree.get(key)
        if texts[key] is not None and not isinstance(texts[key], str):
            raise InputError(f"{where}: {key} should be a string, got {texts[key]!r}")
    try:
        texts["split"] = None if tree.get("split") is None else split_name(tree["split"])
    except InputError as error:
        raise InputError(f"{where}: {error}") from error
    attributes = tree.get("attributes", {})
    if not isinstance(attributes, dict):
        raise InputError(f"{where}: attributes should be an object, got {attributes!r}")
    page = None
    if tree.get("page") is not None:
        try:
            page = Page.from_tree(tree["page"])
        except (PageError, OverflowError) as error:
            raise InputError(f"{where}: {error}") from error
    name = tree["image"].removeprefix(f"{IMAGES}/")
    return Sample(name, page=page, attributes=attributes, where=where, **texts)


def row_of_sample(sample: Sample) -> str:
    """The row of samples.jsonl, without line end, of a Sample."""
    tree: dict[str, Any] = {"image": f"{IMAGES}/{sample.name}"}
    for key in ("text", "label", "split"):
        if getattr(sample, key) is not None:
            tree[key] = getattr(sample, key)
    if sample.page is not None:
        tree["page"] = sample.page.to_tree()
    if sample.attributes:
        tree["attributes"] = dict(sample.attributes)
    return json.dumps(tree, ensure_ascii=False, allow_nan=False)


def write_dataset(
    out: str | Path, samples: Iterable[Sample], about: About, *, storage: str = "files", share: bool = False
) -> Dataset:
    """Write samples with their pictures as the new folder `out`, which appears whole or not at all.

    `storage` is files or lmdb. `share` allows hard links to the pictures' files instead of copies.
    """
    with new_folder(Path(out)) as folder:
        fill_dataset(folder, ((each, each.read()) for each in samples), about, storage=storage, share=share)
    return Dataset(out)


def fill_dataset(
    folder: Path,
    samples: Iterable[tuple[Sample, bytes]],
    about: About,
    *,
    storage: str = "files",
    share: bool = False,
    renamed: Callable[[Sample], None] | None = None,
) -> int:
    """Write samples and their encoded pictures into an empty folder; gives back how many.

    `renamed` is told of samples whose names were taken, or could not be file names.
    """
    if storage not in STORAGES:
        raise InputError(f"storage {storage!r} is not known; wanted one of {', '.join(STORAGES)}")
    digest, kinds, splits = hashlib.sha256(), Counter[str](), Counter[str]()
    taken: set[str] = set()

    def entries() -> Iterator[tuple[bytes, str]]:
        """The pictures and answers for the store, once each; the row of each is written meanwhile."""
        with (folder / ROWS).open("w", encoding="utf-8", newline="\n") as file:
            for each, content in samples:
                sample = each.named(free_name(each.name, taken))
                if sample is not each and renamed is not None:
                    renamed(each)
                file.write(row_of_sample(sample) + "\n")
                _add(digest, sample, content)
                kinds[sample.kind] += 1
                if sample.split is not None:
                    splits[sample.split] += 1
                if storage == "files":
                    put_picture(folder / IMAGES / sample.name, sample, content, share=share)
                yield content, sample.answer

    count = write_lines(folder / STORE, entries()) if storage == "lmdb" else sum(1 for _ in entries())
    kind = next(iter(kinds)) if len(kinds) == 1 else ("mixed" if kinds else "picture")
    card = Card(about, kind, count, storage, f"sha256:{digest.hexdigest()}", dict(sorted(splits.items())))
    (folder / ABOUT).write_text(card.to_toml(), encoding="utf-8")
    return count


def _add(digest: Any, sample: Sample, content: bytes) -> None:
    digest.update(row_of_sample(sample).encode())
    digest.update(hashlib.sha256(content).digest())


def _read_card(path: Path) -> Card:
    if not path.is_file():
        raise InputError(f"{path.parent}: not a Munja dataset (it has no {path.name}); see `munja data convert --help`")
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{path}: not a TOML file ({error})") from error
    version, count, splits = tree.get("munja_dataset"), tree.get("count"), tree.get("splits", {})
    if not isinstance(version, int) or version > VERSION:
        raise InputError(f"{path}: munja_dataset = {version!r}; this Munja knows {VERSION}: update munja")
    if not isinstance(count, int) or not isinstance(splits, dict) or tree.get("storage") not in STORAGES:
        raise InputError(f"{path}: count, storage ({' or '.join(STORAGES)}) and a table of splits were wanted")
    texts = {key: str(tree.get(key, "")) for key in ("name", "what", "licence", "made")}
    return Card(About(**texts), str(tree.get("kind", "")), count, tree["storage"], str(tree.get("hash", "")), splits)
