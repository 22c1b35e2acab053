"""`munja read` with patterns: one for all, one for each region, several at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from munja.cli import run

FAST = ["--engine", "onnxruntime", "--threads", "1"]


def read(examples: Path, *arguments: str) -> int:
    return run(["read", str(examples / "wagon_code.png"), *arguments, *FAST])


def test_lines_that_fit_the_pattern_are_printed(examples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert read(examples, "--pattern", "@uic") == 0
    assert capsys.readouterr().out == "33 80 7932 123-2\n"


def test_each_region_has_its_pattern_and_an_empty_one_is_none(
    examples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, weight = ["--region", "100,200,800,150"], ["--region", "100,420,330,130"]
    assert read(examples, *code, "--pattern", "@uic", *weight, "--pattern", "", "--to", "json") == 0
    lines = json.loads(capsys.readouterr().out)["lines"]
    assert [line["text"] for line in lines] == ["33 80 7932 123-2", "24 350 kg"]
    assert lines[0]["free"]["text"].startswith("33 80")
    assert "free" not in lines[1]


def test_several_patterns_for_one_part_must_all_fit(examples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert read(examples, "--pattern", "@uic", "--pattern", "3.*") == 0
    assert read(examples, "--region", "0,0,960,640", "--pattern", "@uic", "--pattern", "4.*") == 0
    assert capsys.readouterr().out == "33 80 7932 123-2\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--pattern", "[0-9"], "at character 1: a [ without its ]"),
        (["--pattern", "@uics"], "did you mean uic"),
        (["--pattern", "Д+"], "nothing that the recogniser can write fits"),
        (["--pattern", "a", "--pattern", "b", *["--region", "0,0,9,9"] * 3], "one pattern for each region"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_told(
    examples: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert read(examples, *arguments) == 1
    assert said in capsys.readouterr().err
