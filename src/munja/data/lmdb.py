"""Collections of line pictures in the published LMDB scheme: num-samples, image-%09d, label-%09d, counted from 1.

Image values are encoded files as they came, labels UTF-8. The map grows with its content, so that the file is of the
size of the data (a map of 1 TiB fails on Windows and on several file systems).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from munja.core.errors import InputError, MissingExtraError

FLUSH_EVERY = 1000
FIRST_MAP = 1 << 24  # bytes
COUNT_KEY = b"num-samples"


def _library() -> Any:
    try:
        import lmdb
    except ImportError as error:
        raise MissingExtraError("an LMDB collection", "train") from error
    return lmdb


class LineStore:
    """An LMDB folder opened for reading; picture and label by number from 0."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not (self.path / "data.mdb").is_file():
            raise InputError(f"{self.path}: not an LMDB folder (it holds no data.mdb)")
        lmdb = _library()
        try:
            self._environment = lmdb.open(str(self.path), readonly=True, lock=False, readahead=False, max_readers=126)
        except lmdb.Error as error:
            raise InputError(f"{self.path}: a damaged LMDB ({error})") from error
        with self._environment.begin() as transaction:
            count = transaction.get(COUNT_KEY)
        if count is None or not bytes(count).strip().isdigit():
            self.close()
            raise InputError(
                f"{self.path}: has no number of samples under the key num-samples; it is not of this scheme"
            )
        self._count = int(count)

    def __len__(self) -> int:
        return self._count

    def image(self, number: int) -> bytes:
        """The encoded picture of a number from 0."""
        return self._value(b"image-%09d", number)

    def label(self, number: int) -> str:
        """The text of a number from 0."""
        content = self._value(b"label-%09d", number)
        try:
            return content.decode()
        except UnicodeDecodeError as error:
            raise InputError(f"{self.path}: label {number + 1} is not UTF-8 ({error})") from error

    def _value(self, key: bytes, number: int) -> bytes:
        with self._environment.begin() as transaction:
            value = transaction.get(key % (number + 1))
        if value is None:
            raise InputError(
                f"{self.path}: {(key % (number + 1)).decode()} is missing, though num-samples is {self._count}"
            )
        return bytes(value)

    def close(self) -> None:
        """Let go of the file."""
        self._environment.close()

    def __enter__(self) -> LineStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def write_lines(path: str | Path, samples: Iterable[tuple[bytes, str]]) -> int:
    """Write (encoded picture, text) samples into a new LMDB folder; gives back how many."""
    lmdb = _library()
    folder = Path(path)
    if (folder / "data.mdb").exists():
        raise InputError(f"{folder}: holds an LMDB already; name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    environment = lmdb.open(str(folder), map_size=FIRST_MAP)
    try:
        count = 0
        for chunk in _chunks(samples):
            entries = [(COUNT_KEY, str(count + len(chunk)).encode())]
            for image, label in chunk:
                count += 1
                entries.append((b"image-%09d" % count, image))
                entries.append((b"label-%09d" % count, label.encode()))
            _put(environment, entries)
        if count == 0:
            _put(environment, [(COUNT_KEY, b"0")])
    except lmdb.Error as error:
        raise InputError(f"{folder}: cannot be written ({error}); is the disk full?") from error
    finally:
        environment.close()
    return count


def _put(environment: Any, entries: list[tuple[bytes, bytes]]) -> None:
    """One transaction, repeated in a doubled map for as long as the map is full."""
    lmdb = _library()
    while True:
        try:
            with environment.begin(write=True) as transaction:
                for key, value in entries:
                    transaction.put(key, value)
            return
        except lmdb.MapFullError:
            environment.set_mapsize(environment.info()["map_size"] * 2)


def _chunks(samples: Iterable[tuple[bytes, str]]) -> Iterator[list[tuple[bytes, str]]]:
    chunk: list[tuple[bytes, str]] = []
    for sample in samples:
        chunk.append(sample)
        if len(chunk) == FLUSH_EVERY:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
