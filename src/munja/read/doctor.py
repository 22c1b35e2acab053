"""What works on this machine: every part of reading is tried, and what is missing says how to get it."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

import numpy as np

from munja.core.errors import MunjaError
from munja.imaging.image import Image
from munja.read.weights import Models, cache_folder, model_set

KNOWN_TEXT = "Munja reads 0123456789"
# Packages that reading can do without: what each is for, and how it is installed.
_OPTIONAL = (
    ("openvino", "openvino", "a second engine, faster on many processors", "pip install 'munja[openvino]'"),
    ("pillow_heif", "pillow-heif", "HEIC pictures from phones", "pip install pillow-heif"),
    ("torch", "torch", "training recognisers", "pip install 'munja[train]'"),
)


@dataclass(frozen=True)
class Check:
    """One part: whether it works, what was seen, and what to do if it does not.

    `state` is ok, missing (reading works without it) or broken.
    """

    name: str
    state: str
    seen: str
    cure: str = ""


def known_picture() -> Image:
    """A picture (H, W, 3) of KNOWN_TEXT, drawn with the face that Pillow carries."""
    import PIL.Image
    import PIL.ImageDraw
    import PIL.ImageFont

    picture = PIL.Image.new("RGB", (460, 90), "white")
    PIL.ImageDraw.Draw(picture).text((30, 26), KNOWN_TEXT, fill="black", font=PIL.ImageFont.load_default(32))
    return np.asarray(picture, np.uint8)


def examine(models: Models = None) -> Iterator[Check]:
    """Check one part after the other; `models` as a Reader takes them."""
    from munja import __version__

    yield Check("munja", "ok", f"{__version__}, Python {platform.python_version()}, {platform.platform()}")
    yield _machine()
    yield _cache()
    found = _models(models)
    yield found
    if found.state == "ok":
        for engine in ("onnxruntime", "openvino"):
            if engine == "openvino" and find_spec("openvino") is None:
                continue
            for precision in ("f32", "bf16"):
                if (check := _engine(models, engine, precision)) is not None:
                    yield check
    yield _pdf()
    for module, package, purpose, cure in _OPTIONAL:
        if find_spec(module) is None:
            yield Check(package, "missing", f"not installed; it is for {purpose}", cure)
        else:
            yield Check(package, "ok", f"{_version(package)}, for {purpose}")


def _machine() -> Check:
    from munja.read.reader import available_cores

    seen = f"{available_cores()} cores"
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
        seen += f", {memory:.1f} GB of memory"
        if memory < 2.0:
            return Check("machine", "broken", seen, "reading takes 1 to 2 GB: close other programs, use --threads 1")
    return Check("machine", "ok", seen)


def _cache() -> Check:
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Check(
            "cache",
            "missing",
            f"{folder}: cannot be written ({error.strerror}); models are made anew at each start",
            "set MUNJA_CACHE to a folder that can be written",
        )
    return Check("cache", "ok", str(folder))


def _models(models: Models) -> Check:
    try:
        chosen = model_set(models)
    except MunjaError as error:
        return Check("models", "broken", str(error), "pip install 'munja[ppocr]', or name a folder with --models")
    found = (chosen.detector, chosen.recogniser, chosen.direction)
    return Check("models", "ok", ", ".join(each.manifest.name for each in found if each is not None))


def _engine(models: Models, engine: str, precision: str) -> Check | None:
    """Whether an engine reads the known picture; None for a precision that it, or the processor, does not have."""
    from munja.read.reader import Reader

    name = f"{engine} {precision}"
    try:
        reader = Reader(models=models, engine=engine, precision=precision, threads=1)
        text = reader(known_picture()).text
        started = time.perf_counter()
        reader(known_picture())
        seconds = time.perf_counter() - started
    except MunjaError as error:
        return None if precision != "f32" else Check(name, "broken", str(error), _reinstall(engine))
    except Exception as error:  # a damaged installation raises whatever it likes
        return Check(name, "broken", f"{type(error).__name__}: {error}", _reinstall(engine))
    if text != KNOWN_TEXT:
        return Check(name, "broken", f"read {text!r} where {KNOWN_TEXT!r} is written", _reinstall(engine))
    return Check(name, "ok", f"{_version(engine)}, reads the known picture in {1000 * seconds:.0f} ms")


def _pdf() -> Check:
    try:
        import pypdfium2

        document = pypdfium2.PdfDocument.new()
        document.new_page(72, 72).render()
        document.close()
    except Exception as error:  # a damaged installation raises whatever it likes
        return Check("pypdfium2", "broken", f"{type(error).__name__}: {error}", _reinstall("pypdfium2"))
    return Check("pypdfium2", "ok", f"{_version('pypdfium2')}, for PDF")


def _reinstall(package: str) -> str:
    return f"{os.path.basename(sys.executable)} -m pip install --force-reinstall {package}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "of unknown version"
