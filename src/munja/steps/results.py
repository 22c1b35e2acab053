"""Results of reading: one file for each source and format, which has its final name only when it is whole."""

from __future__ import annotations

import errno
import glob
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from munja.core.errors import InputError, MunjaError
from munja.steps.inputs import Input

if TYPE_CHECKING:
    from munja.core.page import Page
    from munja.imaging.image import Image
    from munja.read.writers import Document, Writer

# Errors that the next file would meet as well.
_LASTING = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EFBIG}
_CURES = {
    errno.ENOSPC: "the disk is full: free some space, then go on with --resume",
    errno.EDQUOT: "your quota is used up: free some space, then go on with --resume",
    errno.EFBIG: "files of this size are not allowed here",
    errno.EROFS: "the disk is read-only: choose another folder with --out",
    errno.EACCES: "you may not write there: choose another folder with --out",
    errno.EPERM: "you may not write there: choose another folder with --out",
    errno.ENOTDIR: "a file stands where a folder is needed: choose another folder with --out",
    errno.EEXIST: "a file stands where a folder is needed: choose another folder with --out",
}


class RunError(InputError):
    """What ends the reading of a source; `lasting` says that every other source would meet it as well."""

    def __init__(self, message: str, lasting: bool = False) -> None:
        super().__init__(message)
        self.lasting = lasting

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self.lasting)


@dataclass
class _File:
    """A file of results under a temporary name; `index` is that of the only page it holds, None if it holds all."""

    document: Document
    file: BinaryIO
    temporary: Path
    index: int | None

    def close(self) -> None:
        """Write what is left, so that only the name is missing."""
        self.document.finish()
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()


class Results:
    """The results of one source in one format while it is read, beside their final name or in memory.

    A format of one page gives a file for each page of a source that has several: `name-1.png`, `name-2.png`.
    """

    def __init__(self, writer: Writer, source: Input, target: Path | BinaryIO, password: str | None = None) -> None:
        self._writer = writer
        self._source = source
        self._password = password
        self._target = target
        self._files: list[_File] = []
        self._document: Document | None = None
        if not isinstance(target, Path):
            self._document = self._open(target)
        elif not writer.one_page:
            self._begin(target, None)

    def add(self, page: Page, picture: Image) -> None:
        """Take the next page."""
        if not isinstance(self._target, Path):
            if self._document is not None:
                self._document.add(page, picture)
            return
        with _plainly(self._target):
            if self._writer.one_page:
                self._begin(self._target, page.index)
            self._files[-1].document.add(page, picture)
            if self._writer.one_page:
                self._files[-1].close()

    def finish(self) -> list[Path]:
        """Give every file its final name; returns them."""
        written: list[Path] = []
        if not isinstance(self._target, Path):
            if self._document is not None:
                self._document.finish()
            return written
        with _plainly(self._target):
            for each in self._files:
                if each.index is None:
                    each.close()
            several = len(self._files) > 1 or any(each.index for each in self._files)
            while self._files:
                each = self._files[0]
                final = self._target
                if each.index is not None and several:
                    final = numbered(final, self._writer.suffix, str(each.index + 1))
                _publish(each.temporary, final)
                written.append(final)
                self._files.pop(0)
        return written

    def discard(self) -> None:
        """Remove what is not finished."""
        while self._files:
            each = self._files.pop()
            with suppress(OSError):  # what was not yet written is not wanted either
                each.file.close()
            each.temporary.unlink(missing_ok=True)

    def _open(self, target: BinaryIO) -> Document:
        source = self._source
        return self._writer.open(target, title=source.name, source=source.origin, password=self._password)

    def _begin(self, target: Path, index: int | None) -> None:
        import tempfile

        with _plainly(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:80]}.", suffix=".tmp")
            file = os.fdopen(handle, "wb")
            try:
                document = self._open(file)
            except BaseException:
                file.close()
                Path(name).unlink(missing_ok=True)
                raise
            self._files.append(_File(document, file, Path(name), index))


def numbered(target: Path, suffix: str, number: str) -> Path:
    """The file of one page: `name.page.xml` and 3 give `name-3.page.xml`."""
    return target.with_name(f"{target.name.removesuffix(suffix)}-{number}{suffix}")


def _publish(temporary: Path, final: Path) -> None:
    umask = os.umask(0)
    os.umask(umask)
    os.chmod(temporary, 0o666 & ~umask)
    os.replace(temporary, final)


@contextmanager
def _plainly(where: Path | None) -> Iterator[None]:
    """Whatever the system refuses while a result is written as one RunError."""
    try:
        yield
    except OSError as error:
        if where is None:
            raise  # standard output: a closed pipe is no error of ours
        cure = _CURES.get(error.errno or 0, "")
        message = f"{where}: cannot be written ({error.strerror})" + (f"; {cure}" if cure else "")
        raise RunError(message, error.errno in _LASTING) from error


def check_folder(folder: Path) -> None:
    """InputError before anything is read if results cannot be written to a folder."""
    import tempfile

    with _plainly(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".munja.", suffix=".tmp")
        os.close(handle)
        os.unlink(name)


def targets_of(files: Sequence[Input], out: Path) -> list[Path]:
    """Where each source's results go, without suffix: its own suffix is kept where two sources would meet."""
    stems = [out / each.place.with_suffix("") for each in files]
    alike = Counter(stems)
    targets: list[Path] = []
    taken: set[Path] = set()
    for each, stem in zip(files, stems, strict=True):
        target = stem if alike[stem] == 1 else out / each.place
        if target in taken:
            raise InputError(
                f"{each.name}: two files named {each.place} would be written to one place; read them separately"
            )
        taken.add(target)
        targets.append(target)
    return targets


def result_path(target: Path, writer: Writer) -> Path:
    """The file of one format beside a target without suffix."""
    return target.with_name(target.name + writer.suffix)


def is_finished(source: Input, target: Path, writers: Sequence[Writer]) -> bool:
    """Whether the results of a source are there in every format, and none is older than the source."""
    try:
        changed = 0 if source.path is None else source.path.stat().st_mtime_ns
        return all(_newest(target, each) >= changed for each in writers)
    except OSError:
        return False


def _newest(target: Path, writer: Writer) -> int:
    """When the result of one format was written, in nanoseconds; OSError if there is none."""
    path = result_path(target, writer)
    if writer.one_page and not path.exists():
        pattern = numbered(path.with_name(glob.escape(path.name)), writer.suffix, "[0-9]*").name
        path = next(path.parent.glob(pattern), path)
    return path.stat().st_mtime_ns


def is_lasting(error: MunjaError | None) -> bool:
    """Whether an error would meet every other source as well."""
    return isinstance(error, RunError) and error.lasting
