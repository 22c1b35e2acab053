"""Writing a report: report.json and an explorer that opens from disk, as a folder or as a single file.

A page opened from disk may load scripts and pictures beside it, but nothing else: so data lie in scripts that call
MUNJA. Whatever is shown comes from the folder itself; the page's own policy forbids every other place.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from munja.core.artifact import write_atomically
from munja.core.errors import InputError
from munja.evaluate.evaluation import Evaluation
from munja.evaluate.report.cases import Row, page_cases, page_shapes
from munja.evaluate.report.pictures import Shown, try_shown
from munja.evaluate.report.tree import Tree, page_rows, report_tree, true_polygons, with_records

MOST_IN_ONE_FILE = 50
LONGEST, LONGEST_IN_ONE_FILE = 1800, 1200  # pixels of a picture's longer side
SCRIPTS = ("base", "parts", "overview", "errors", "pages", "compare", "charts", "main")
FOLDER_POLICY = "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file: data:"
FILE_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"


def write_report(
    evaluation: Evaluation, out: Path, *, single_file: bool = False, on_page: Callable[[], None] = lambda: None
) -> Path:
    """Write report.json and the explorer into the folder `out`; gives back the page to open.

    InputError if `single_file` is asked for more than 50 pictures. `on_page` is called for each picture that is done.
    """
    check_size(len(evaluation.truth.items), single_file=single_file)
    book = _SingleFile() if single_file else _Folder(out)
    rows, cases, contrasts = page_rows(evaluation), [], []
    for number, row in enumerate(rows):
        found = _page(evaluation, number, LONGEST_IN_ONE_FILE if single_file else LONGEST)
        cases += found.cases
        contrasts.append(found.contrasts)
        if found.shown is not None:
            row["j"] = 1
            book.add_pictures(number, found.shown)
        if found.note:
            row["x"] = found.note
        book.add_page(number, found.detail)
        on_page()
    tree = report_tree(evaluation, contrasts)
    pages = [{"name": row["n"], "figures": row["f"], "lost": row["c"]} for row in rows]
    _write(out / "report.json", json.dumps({**with_records(tree, evaluation), "pages": pages}, ensure_ascii=False))
    shown = {**tree, "pages": rows, "cases": cases}
    document = book.finish(evaluation.title, f"MUNJA.start({_script(shown)});\n")
    _write(out / "index.html", document)
    return out / "index.html"


def check_size(count: int, *, single_file: bool) -> None:
    """InputError if a single file is asked for more pictures than one can hold."""
    if single_file and count > MOST_IN_ONE_FILE:
        raise InputError(
            f"--single-file holds up to {MOST_IN_ONE_FILE} pictures, this truth has {count}: leave it out, and the "
            "report is a folder that opens as well"
        )


class _PageData:
    """What one page gives to a report."""

    def __init__(self, detail: Tree, cases: list[Row], contrasts: dict[int, float], shown: Shown | None, note: str):
        self.detail, self.cases, self.contrasts, self.shown, self.note = detail, cases, contrasts, shown, note


def _page(evaluation: Evaluation, number: int, longest: int) -> _PageData:
    item = evaluation.truth.items[number]
    polygons = true_polygons(evaluation.truth, item.page)
    found = try_shown(item.picture, polygons, longest=longest)
    shapes = page_shapes(
        evaluation.truth, number, [each.pages[number] for each in evaluation.readers], evaluation.options.leave_out
    )
    cases = page_cases(number, shapes, [each.findings[number] for each in evaluation.readers])
    contrasts: dict[int, float] = {}
    if isinstance(found, Shown):
        contrasts = {place: each for place, each in enumerate(found.contrasts) if each is not None}
    detail: Tree = {"t": shapes[0], "r": shapes[1]}
    if evaluation.truth.kind != "boxes":
        detail["text"] = item.page.text
    note = found if isinstance(found, str) else ""
    return _PageData(detail, cases, contrasts, found if isinstance(found, Shown) else None, note)


class _Folder:
    """An explorer as a folder: pictures and pages are loaded when they are looked at."""

    def __init__(self, out: Path) -> None:
        self._out = out

    def add_pictures(self, number: int, shown: Shown) -> None:
        """Write picture and thumbnail of a page as JPEG files."""
        _write(self._out / "pictures" / f"{number}.jpg", shown.picture)
        _write(self._out / "thumbs" / f"{number}.jpg", shown.thumb)

    def add_page(self, number: int, detail: Tree) -> None:
        """Write the boxes and texts of a page as a script, which a browser loads from disk without a server."""
        _write(self._out / "pages" / f"{number}.js", f"MUNJA.page({number},{_script(detail)});\n")

    def finish(self, title: str, data: str) -> str:
        """Write what all pages share; the index.html comes back."""
        for name in SCRIPTS:
            _write(self._out / "static" / f"{name}.js", _static(f"{name}.js"))
        _write(self._out / "static" / "style.css", _static("style.css"))
        _write(self._out / "data.js", data)
        scripts = [f'<script src="static/{name}.js"></script>' for name in SCRIPTS]
        return _document(
            title,
            FOLDER_POLICY,
            '<link rel="stylesheet" href="static/style.css">',
            "\n".join([*scripts, '<script src="data.js"></script>']),
        )


class _SingleFile:
    """An explorer in one file, which holds its pictures."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def add_pictures(self, number: int, shown: Shown) -> None:
        """Keep picture and thumbnail of a page, in base 64."""
        picture, thumb = (base64.b64encode(each).decode() for each in (shown.picture, shown.thumb))
        self._parts.append(f'MUNJA.embed({number},"{picture}","{thumb}");')

    def add_page(self, number: int, detail: Tree) -> None:
        """Keep the boxes and texts of a page."""
        self._parts.append(f"MUNJA.page({number},{_script(detail)});")

    def finish(self, title: str, data: str) -> str:
        """The index.html with all of it inside."""
        scripts = [*(_static(f"{name}.js") for name in SCRIPTS), *self._parts, data]
        return _document(
            title,
            FILE_POLICY,
            f"<style>\n{_static('style.css')}</style>",
            "\n".join(f"<script>\n{each}</script>" for each in scripts),
        )


def _document(title: str, policy: str, style: str, scripts: str) -> str:
    plain = title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Template(_static("index.html")).substitute(title=plain, policy=policy, style=style, scripts=scripts)


def _static(name: str) -> str:
    return files("munja.evaluate.report").joinpath("static", name).read_text(encoding="utf-8")


def _script(tree: Any) -> str:
    """A tree as a JavaScript value that cannot end the script around it."""
    return json.dumps(tree, ensure_ascii=False, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


def _write(path: Path, content: str | bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from error
