"""A check finds what is wrong, says where, and is quiet where nothing is."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from munja.core.page import Line, Page, Polygon
from munja.data.check import Findings, Rules, check
from munja.data.check.labels import of_page, of_text, signed_area
from munja.data.dataset import About, write_dataset
from munja.data.sample import Picture, Sample


def encoded(
    seed: int, *, kind: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (120, 40), **settings: Any
) -> bytes:
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 18, 3), np.uint8)
    image = PIL.Image.fromarray(coarse).resize(size, PIL.Image.Resampling.BICUBIC).convert(mode)
    target = io.BytesIO()
    image.save(target, kind, **settings)
    return target.getvalue()


def sample(name: str, content: bytes, **known: Any) -> Sample:
    return Sample(name, Picture(fetch=lambda: content), **known)


def checked(folder: Path, samples: list[Sample], rules: Rules | None = None) -> Findings:
    write_dataset(folder / "set", samples, About("x"))
    return check([folder / "set"], rules)


def kinds(findings: Findings) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in findings.found:
        found.setdefault(each.kind, []).append(each.sample)
    return found


def test_a_clean_set_has_no_findings(tmp_path: Path) -> None:
    findings = checked(tmp_path, [sample(f"{i}.png", encoded(i), text=f"Text {i}") for i in range(30)])
    assert findings.found == []
    assert findings.ok
    assert findings.summary() == "30 samples looked at, 0 findings\n"


def test_pictures_are_looked_at(tmp_path: Path) -> None:
    whole = encoded(3, kind="JPEG")
    turned = PIL.Image.Exif()
    turned[274] = 6
    samples = [
        sample("palette.png", encoded(1, mode="P"), text="a"),
        sample("truncated.jpg", whole[: len(whole) // 2], text="b"),
        sample("noise.png", b"nonsense", text="c"),
        sample("tiny.png", encoded(4, size=(6, 5)), text="d"),
        sample("blank.png", _blank(), text="e"),
        sample("turned.jpg", encoded(6, kind="JPEG", exif=turned), text="f"),
        sample("print.jpg", encoded(7, kind="JPEG", mode="CMYK"), text="g"),
    ]
    findings = checked(tmp_path, samples)
    assert kinds(findings) == {
        "palette picture (a bare array of it holds indices, not greys)": ["palette.png"],
        "picture that cannot be read": ["truncated.jpg", "noise.png"],
        "tiny picture": ["tiny.png"],
        "blank picture": ["blank.png"],
        "turned by its EXIF tag (boxes must be those of the turned picture)": ["turned.jpg"],
        "CMYK picture": ["print.jpg"],
    }
    assert not findings.ok


def _blank() -> bytes:
    target = io.BytesIO()
    PIL.Image.new("RGB", (30, 30), "white").save(target, "PNG")
    return target.getvalue()


def test_copies_are_found_within_and_across_splits_and_with_other_labels(tmp_path: Path) -> None:
    samples = [
        sample("a.png", encoded(1), text="one", split="train"),
        sample("b.jpg", encoded(1, kind="JPEG", quality=45), text="one", split="train"),
        sample("c.png", encoded(1), text="two", split="test"),
        sample("d.png", encoded(2), text="one", split="train"),
        sample("e.png", encoded(2), text="one", split="train"),
    ] + [sample(f"{i}.png", encoded(i + 10), text=str(i), split="test") for i in range(20)]
    findings = checked(tmp_path, samples)
    assert kinds(findings) == {
        "same picture in several splits or sets": ["c.png"],
        "same picture with another label": ["c.png"],
        "same picture": ["e.png"],
        "nearly the same picture": ["b.jpg"],
    }
    assert findings.of("same picture with another label")[0].detail == "as a.png: 'one' and 'two'"


def test_two_sets_are_compared(tmp_path: Path) -> None:
    for name in ("left", "right"):
        formula = sample("x.png", encoded(1 if name == "left" else 2), text="a long text in both")
        write_dataset(tmp_path / name, [formula, sample("y.png", encoded(5), text="y")], About(name))
    findings = check([tmp_path / "left", tmp_path / "right"])
    assert kinds(findings) == {
        "same picture in several splits or sets": ["y.png"], "text in several splits or sets": [""]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "empty text"),
        (" ", "empty text"),
        ("x" * 41, "text longer than 40 characters"),
        ("naïve", "characters outside the charset"),
        ("e\u0301", "text not in normal form C (NFC)"),
        ("zero\u200bwidth", "control, invisible or broken characters"),
        ("bro\ufffdken", "control, invisible or broken characters"),
        ("end ", "blanks at the ends of a text"),
        ("two  blanks", "several blanks in a row"),
        ("pаypal", "letters of several alphabets in one word"),
        (r"x \label{eq} y", r"\label in a formula (nothing of it is visible)"),
        ("plain", None),
    ],
)
def test_texts_are_looked_at(text: str, found: str | None) -> None:
    charset = frozenset(map(chr, range(32, 127))) | set("e\u0301\u200b\ufffdа")
    said = [kind for _, kind, _ in of_text(text, charset=charset, longest=40)]
    assert said == ([] if found is None else [found])


SQUARE: Polygon = ((10.0, 10.0), (60.0, 10.0), (60.0, 30.0), (10.0, 30.0))


@pytest.mark.parametrize(
    ("polygon", "found"),
    [
        (SQUARE, None),
        ((SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]), "box crosses itself (wrong order of points)"),
        (SQUARE[::-1], "box runs counter-clockwise (wrong order of points)"),
        (
            (SQUARE[1], SQUARE[2], SQUARE[3], SQUARE[0]),
            "box stands on end (vertical text, or it begins at the wrong corner)",
        ),
        (tuple((x + 90, y) for x, y in SQUARE), "box reaches outside the picture"),
        (tuple((x + 200, y) for x, y in SQUARE), "box wholly outside the picture"),
        (((10.0, 10.0), (60.0, 10.0), (60.0, 10.0), (10.0, 10.0)), "box without extent"),
        (SQUARE[:2], "box without extent"),
    ],
)
def test_boxes_are_looked_at(polygon: Polygon, found: str | None) -> None:
    said = [kind for _, kind, _ in of_page(Page(120, 40, (Line("some text", polygon),)))]
    if found == "box wholly outside the picture":
        assert found in said
    else:
        assert said == ([] if found is None else [found])


def test_boxes_that_cross_each_other_are_found_unless_they_do_not_count() -> None:
    shifted = tuple((x + 10, y + 4) for x, y in SQUARE)
    said = [kind for _, kind, _ in of_page(Page(120, 40, (Line("one", SQUARE), Line("two", shifted))))]
    assert said == ["boxes of two lines cross"]
    said = [kind for _, kind, _ in of_page(Page(120, 40, (Line("one", SQUARE), Line("one", SQUARE))))]
    assert said == ["line labelled twice"]
    assert not list(of_page(Page(120, 40, (Line("one", SQUARE), Line("###", shifted, ignore=True)))))


def test_the_area_is_positive_clockwise_on_the_screen() -> None:
    assert signed_area(SQUARE) == 1000.0
    assert signed_area(SQUARE[::-1]) == -1000.0


def test_what_all_texts_together_tell(tmp_path: Path) -> None:
    samples = [sample(f"{i}.png", encoded(i), text="SHOUTED TEXT", attributes={"source": "till"}) for i in range(25)]
    samples += [
        sample("n.png", encoded(90), text="caf\u00e9 \u00e9t\u00e9"),
        sample("m.png", encoded(91), text="cafe\u0301"),
    ]
    findings = checked(tmp_path, samples)
    assert findings.of("texts are all upper case")[0].detail == "of source till, 25 texts"
    assert findings.of("normal forms are mixed (NFC and others)")[0].detail == "1 composed, 1 not"


def test_pages_are_looked_at_with_their_pictures(tmp_path: Path) -> None:
    page = Page(121, 40, (Line("", SQUARE), Line("###", SQUARE, ignore=True)))
    only_ignored = Page(120, 40, (Line("###", SQUARE, ignore=True),))
    samples = [sample("a.png", encoded(1), page=page), sample("b.png", encoded(2), page=only_ignored)]
    assert kinds(checked(tmp_path, samples)) == {
        "size of the picture is not the one that its label says": ["a.png"],
        "empty text": ["a.png"],
        "page without any text that counts": ["b.png"],
    }


def test_labels_that_cannot_be_read_and_changed_datasets_are_errors(tmp_path: Path) -> None:
    write_dataset(
        tmp_path / "set", [sample("a.png", encoded(1), text="a"), sample("b.png", encoded(2), text="b")], About("x")
    )
    rows = (tmp_path / "set" / "samples.jsonl").read_text().splitlines()
    (tmp_path / "set" / "samples.jsonl").write_text(
        "nonsense\n" + json.dumps({**json.loads(rows[1]), "text": "c"}) + "\n"
    )
    assert set(kinds(check([tmp_path / "set"]))) == {"label or picture that cannot be read", "dataset is damaged"}
    (tmp_path / "set" / "samples.jsonl").write_text(
        rows[0] + "\n" + json.dumps({**json.loads(rows[1]), "text": "c"}) + "\n"
    )
    assert set(kinds(check([tmp_path / "set"]))) == {"content is not what dataset.toml was written for"}


def test_the_table_lists_everything(tmp_path: Path) -> None:
    findings = checked(tmp_path, [sample(f"{i}.png", encoded(i), text="") for i in range(5)])
    rows = findings.table().splitlines()
    assert rows[0] == "severity\tkind\tset\tsample\tdetail"
    assert len(rows) == 6
    assert "... and 2 more" in findings.summary()
