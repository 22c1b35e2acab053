"""Collections of line pictures in the published LMDB scheme: num-samples, image-%09d, label-%09d, counted from 1.

Image values are encoded files as they came, labels UTF-8. The map grows with its content, so that the file is of the
size of the data (a map of 1 TiB fails on Windows and on several file systems).
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from munja.core.errors import InputError, MissingExtraError

FLUSH_EVERY = 1000  # samples
FLUSH_BYTES = 1 << 26
# Every page that was read stays mapped and counts as this process's memory, with up to 15 around it: of 3.4 GB, 2.5 GB
# after 20,000 samples. Mapping the file anew lets go of them; it costs 0.1 ms.
READS_PER_MAPPING = 2000
FIRST_MAP = 1 << 24  # bytes
COUNT_KEY = b"num-samples"


def _library() -> Any:
    try:
        import lmdb
    except ImportError as error:
        raise MissingExtraError("an LMDB collection", "train") from error
    return lmdb


class _Opened:
    """An LMDB environment that is closed when the last store that uses it is."""

    def __init__(self, path: Path) -> None:
        self._path, self._reads, self._lock = path, 0, threading.Lock()
        self._environment: Any = None
        self._open()

    def get(self, key: bytes) -> bytes | None:
        """A copy of the value of a key, None if there is none."""
        with self._lock:
            self._reads += 1
            if self._reads % READS_PER_MAPPING == 0:
                self._environment.close()
                self._open()
            try:
                with self._environment.begin() as transaction:
                    value = transaction.get(key)
            except _library().Error as error:
                raise InputError(f"{self._path}: a damaged LMDB ({error})") from error
            return None if value is None else bytes(value)

    def _open(self) -> None:
        lmdb = _library()
        try:
            self._environment = lmdb.open(str(self._path), readonly=True, lock=False, readahead=False, max_readers=126)
        except lmdb.Error as error:
            raise InputError(f"{self._path}: a damaged LMDB ({error})") from error

    def __del__(self) -> None:
        if self._environment is not None:
            self._environment.close()


# LMDB lets a process open a file once only: stores of one file share what is open, each process its own.
_opened: weakref.WeakValueDictionary[tuple[int, str], _Opened] = weakref.WeakValueDictionary()


def _open(path: Path) -> _Opened:
    key = (os.getpid(), os.path.realpath(path))
    opened = _opened.get(key)
    if opened is None:
        opened = _opened[key] = _Opened(path)
    return opened


class LineStore:
    """An LMDB folder opened for reading; picture and label by number from 0."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not (self.path / "data.mdb").is_file():
            raise InputError(f"{self.path}: not an LMDB folder (it holds no data.mdb)")
        self._opened: _Opened | None = _open(self.path)
        count = self._get(COUNT_KEY)
        if count is None or not bytes(count).strip().isdigit() or len(count) > 12:
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
        value = self._get(key % (number + 1))
        if value is None:
            raise InputError(
                f"{self.path}: {(key % (number + 1)).decode()} is missing, though num-samples is {self._count}"
            )
        return value

    def _get(self, key: bytes) -> bytes | None:
        if self._opened is None:
            raise InputError(f"{self.path}: was closed; open it again")
        return self._opened.get(key)

    def close(self) -> None:
        """Let go of the file."""
        self._opened = None

    def __enter__(self) -> LineStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class LineWriter:
    """A new LMDB folder that is filled sample by sample."""

    def __init__(self, path: str | Path) -> None:
        self.folder = Path(path)
        if (self.folder / "data.mdb").exists():
            raise InputError(f"{self.folder}: holds an LMDB already; name a new folder")
        self.folder.mkdir(parents=True, exist_ok=True)
        self._environment = _library().open(str(self.folder), map_size=FIRST_MAP)
        self.count = 0
        self._waiting: list[tuple[bytes, bytes]] = []
        self._size = 0

    def add(self, image: bytes, label: str) -> None:
        """Add an encoded picture and its text."""
        self.count += 1
        self._waiting += [(b"image-%09d" % self.count, image), (b"label-%09d" % self.count, label.encode())]
        self._size += len(image)
        if len(self._waiting) >= 2 * FLUSH_EVERY or self._size >= FLUSH_BYTES:
            self._flush()

    def close(self) -> None:
        """Write what is waiting, and let go of the file."""
        try:
            self._flush()
        finally:
            self._environment.close()

    def _flush(self) -> None:
        lmdb = _library()
        entries = [*self._waiting, (COUNT_KEY, str(self.count).encode())]
        self._waiting, self._size = [], 0
        while True:
            try:
                with self._environment.begin(write=True) as transaction:
                    for key, value in entries:
                        transaction.put(key, value)
                return
            except lmdb.MapFullError:  # repeated in a doubled map for as long as the map is full
                self._environment.set_mapsize(self._environment.info()["map_size"] * 2)
            except lmdb.Error as error:
                raise InputError(f"{self.folder}: cannot be written ({error}); is the disk full?") from error

    def __enter__(self) -> LineWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def write_lines(path: str | Path, samples: Iterable[tuple[bytes, str]]) -> int:
    """Write (encoded picture, text) samples into a new LMDB folder; gives back how many."""
    with LineWriter(path) as writer:
        for image, label in samples:
            writer.add(image, label)
    return writer.count
