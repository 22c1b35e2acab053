"""LMDB in the published scheme, and Parquet files with pictures in a column."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from munja.core.errors import InputError, MissingExtraError
from munja.core.registry import register
from munja.data.convert.format import Format, Holds, label_files
from munja.data.convert.parse import encodable, split_of
from munja.data.convert.report import Report
from munja.data.dataset import STORE
from munja.data.lmdb import LineStore, LineWriter
from munja.data.sample import Picture, Sample, tidy_name

_MAGIC = ((b"\x89PNG", ".png"), (b"\xff\xd8", ".jpg"), (b"GIF8", ".gif"), (b"BM", ".bmp"), (b"RIFF", ".webp"),
          (b"II*\0", ".tif"), (b"MM\0*", ".tif"))  # fmt: skip
TEXT_COLUMNS = ("text", "label", "words", "transcription", "latex", "latex_formula", "ground_truth")


def suffix_of(content: bytes) -> str:
    """The file suffix that encoded pixels ask for, .png where they say nothing."""
    return next((suffix for magic, suffix in _MAGIC if content.startswith(magic)), ".png")


@register("dataset_format", "lmdb")
class Lmdb(Format):
    """LMDB folders as Clova's four-stage recogniser reads them, alone or many below one folder."""

    sign = "a folder with data.mdb in it"
    holds = Holds(frozenset({"text"}), geometry="none", newlines=True)

    def detect(self, path: Path) -> bool:
        """Whether there is a data.mdb that is not a Munja dataset's own."""
        return any(file.parent.name != STORE for file in label_files(path, ".mdb") if file.name == "data.mdb")

    def read(self, path: Path, report: Report) -> Iterator[Sample]:
        """A text for each number."""
        for file in label_files(path, ".mdb"):
            if file.name != "data.mdb":
                continue
            try:
                store = LineStore(file.parent)
            except InputError as error:
                report.drop(str(file), error)
                continue
            below = file.parent.relative_to(path) if path.is_dir() else Path()
            yield from _stored(store, below, report)

    def write(self, folder: Path, samples: Iterable[tuple[Sample, bytes]], report: Report) -> None:
        """One LMDB in the folder itself, or one below it for each split."""
        writers: dict[str | None, LineWriter] = {}
        with ExitStack() as opened:
            for sample, content in samples:
                if sample.split not in writers:
                    writers[sample.split] = opened.enter_context(LineWriter(folder / (sample.split or "")))
                writers[sample.split].add(content, sample.text or "")
                report.written += 1
                if sample.name != f"image-{writers[sample.split].count:09d}{suffix_of(content)}":
                    report.lose("name of a picture (they are numbered)", sample.where or sample.name)

    def count(self, path: Path) -> int | None:
        """How many samples there are; unknown for several LMDBs below one folder."""
        return len(LineStore(path)) if (path / "data.mdb").is_file() else None

    def pick(self, path: Path, numbers: Sequence[int], report: Report) -> Iterator[Sample]:
        """The samples of these numbers from 0, and no others."""
        return _stored(LineStore(path), Path(), report, numbers)


def _stored(store: LineStore, below: Path, report: Report, numbers: Iterable[int] | None = None) -> Iterator[Sample]:
    for number in range(len(store)) if numbers is None else numbers:
        where = f"{store.path / 'data.mdb'}, sample {number + 1}"
        try:
            name = tidy_name(str(below / f"image-{number + 1:09d}{suffix_of(store.image(number))}"))
            picture, text = Picture(fetch=partial(store.image, number)), store.label(number)
            yield Sample(name, picture, text=text, split=split_of(below), where=where)
        except InputError as error:
            report.drop(where, error)


@register("dataset_format", "parquet")
class Parquet(Format):
    """Parquet files with encoded pictures in one column, bytes or {bytes, path}, and a text or class in another."""

    sign = "files *.parquet"

    def detect(self, path: Path) -> bool:
        """Whether there are such files."""
        return bool(label_files(path, ".parquet"))

    def read(self, path: Path, report: Report) -> Iterator[Sample]:
        """A sample for each row, a row group at a time."""
        for file in label_files(path, ".parquet"):
            table = _Table(file, path)
            for group in range(table.groups):
                yield from table.rows(group, None, report)

    def count(self, path: Path) -> int:
        """How many rows there are, from the files' ends."""
        return sum(_Table(file, path).count for file in label_files(path, ".parquet"))

    def pick(self, path: Path, numbers: Sequence[int], report: Report) -> Iterator[Sample]:
        """The rows of these numbers from 0, from as few row groups as hold them; no other group is read."""
        wanted, begin = set(numbers), 0
        for file in label_files(path, ".parquet"):
            table = _Table(file, path)
            for group, size in enumerate(table.sizes):
                here = {number - begin for number in range(begin, begin + size) if number in wanted}
                if here:
                    yield from table.rows(group, here, report)
                begin += size

    def blocks(self, path: Path) -> list[int]:
        """The sizes of the row groups, of which one is read whole or not at all."""
        return [size for file in label_files(path, ".parquet") for size in _Table(file, path).sizes]


class _Table:
    """A Parquet file of pictures."""

    def __init__(self, file: Path, root: Path) -> None:
        try:
            pyarrow, parquet = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
        except ImportError as error:
            raise MissingExtraError("a Parquet file", "data") from error
        self._file, self._split = file, split_of(file.relative_to(root if root.is_dir() else root.parent))
        try:
            self._opened = parquet.ParquetFile(file)
        except (pyarrow.ArrowException, OSError) as error:
            raise InputError(f"{file}: not a Parquet file ({error})") from error
        self._failure = pyarrow.ArrowException
        schema = self._opened.schema_arrow
        meta = self._opened.metadata
        self.groups: int = meta.num_row_groups
        self.count: int = meta.num_rows
        self.sizes: list[int] = [meta.row_group(i).num_rows for i in range(self.groups)]
        binary = [field.name for field in schema if _is_picture(field.type)]
        if not binary:
            raise InputError(
                f"{file}: no column of pictures (bytes, or a struct of bytes and path); has {schema.names}"
            )
        self._image = binary[0]
        self._answer = next((name for name in TEXT_COLUMNS if name in schema.names), None)
        self._names = _class_names(schema.metadata or {}, self._answer)

    def rows(self, group: int, wanted: set[int] | None, report: Report) -> Iterator[Sample]:
        """The wanted rows of a row group."""
        columns = [self._image] + ([self._answer] if self._answer else [])
        first = sum(self.sizes[:group])
        try:
            table = self._opened.read_row_group(group, columns=columns)
        except (self._failure, OSError) as error:
            report.drop(f"{self._file}, rows {first + 1} to {first + self.sizes[group]}", f"cannot be read ({error})")
            return
        for i in range(table.num_rows):
            if wanted is not None and i not in wanted:
                continue
            where = f"{self._file}, row {first + i + 1}"
            try:
                answer = table[self._answer][i].as_py() if self._answer else None
                yield self._sample(table[self._image][i].as_py(), answer, first + i, where)
            except (InputError, UnicodeDecodeError) as error:
                report.drop(where, error)

    def _sample(self, image: Any, answer: Any, number: int, where: str) -> Sample:
        content, name = (image.get("bytes"), image.get("path")) if isinstance(image, dict) else (image, None)
        if not content:
            raise InputError("has no picture")
        name = tidy_name(name) if name else f"{self._file.stem}-{number + 1:09d}{suffix_of(content)}"
        picture, label = Picture(fetch=lambda: content), None
        if isinstance(answer, int) and not isinstance(answer, bool):
            label = self._names[answer] if 0 <= answer < len(self._names) else str(answer)
            return Sample(name, picture, label=label, split=self._split, where=where)
        text = None if answer is None else encodable(str(answer), "the text")
        return Sample(name, picture, text=text, split=self._split, where=where)


def _is_picture(kind: Any) -> bool:
    types = importlib.import_module("pyarrow.types")
    if types.is_struct(kind):
        return any(kind.field(i).name == "bytes" for i in range(kind.num_fields))
    return bool(types.is_binary(kind) or types.is_large_binary(kind))


def _class_names(metadata: dict[bytes, bytes], column: str | None) -> list[str]:
    """The names of classes that the `datasets` library notes in a schema."""
    try:
        names = json.loads(metadata[b"huggingface"])["info"]["features"][column]["names"]
    except (KeyError, TypeError, ValueError):
        return []
    return [str(each) for each in names] if isinstance(names, list) else []
