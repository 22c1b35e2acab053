"""munja.read: a function and a package of the same name, which do not get in each other's way."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

import munja

HEADING = ["QUILL & BARLEY", "Bakery and coffee house", "14 Lantern Street, Eastmoor", "Tel. 555-0147"]


def pages_file(*pages: Any) -> bytes:
    target = io.BytesIO()
    first, *more = [PIL.Image.fromarray(page) for page in pages]
    first.save(target, "TIFF", save_all=True, append_images=more)
    return target.getvalue()


def test_munja_read_keeps_its_reader_and_reads(heading: Any, cache: Path) -> None:
    settings = {"models": "ppocr", "engine": "onnxruntime", "threads": 1}
    assert [line.text for line in munja.read(heading, **settings).lines] == HEADING
    (page,) = munja.read_pages(pages_file(heading[100:140], heading[:64]), pages=[0], **settings)
    assert page.index == 0


@pytest.mark.parametrize(
    "program",
    [
        "import munja; page = munja.read({0})",
        "import munja; import munja.read.reader; page = munja.read({0})",
        "import munja.read.reader; import munja; page = munja.read({0})",
        "from munja import read; page = read({0})",
        "import munja.read.engines; from munja import read; page = read({0})",
    ],
)
def test_munja_read_reads_before_and_after_its_package_was_imported(program: str) -> None:
    blank = "__import__('numpy').full((9, 9, 3), 255, 'uint8')"
    done = run(f"{program.format(blank + ', threads=1')}; print(page.width, page.lines)")
    assert done == "9 ()\n"


@pytest.mark.parametrize(
    "program",
    [
        "import munja; munja.read; import munja.read.reader; print(munja.read.reader.Reader.__name__)",
        "import munja; munja.read; import munja.read.reader as home; print(home.Reader.__name__)",
        "from munja import read; from munja.read.reader import Reader; print(Reader.__name__)",
    ],
)
def test_the_package_can_be_imported_after_munja_read_was_used(program: str) -> None:
    assert run(program) == "Reader\n"


def test_an_unknown_name_of_the_package_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'munja' has no attribute 'raed'"):
        munja.raed  # noqa: B018
    for name in munja.__all__:
        assert getattr(munja, name) is not None


def run(program: str) -> str:
    """What a program prints on its standard output and error, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr
