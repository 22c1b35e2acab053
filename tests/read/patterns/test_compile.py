"""From what people write to patterns."""

from __future__ import annotations

from pathlib import Path

import pytest

from munja.core.errors import SpecError
from munja.core.registry import register
from munja.read.patterns import compile_pattern, fits
from munja.read.patterns.pattern import Allowed, Pattern


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("[0-9]{4}", "1234", "12345"),
        ("@digits", "1", ""),
        ("@digits:4", "1234", "123"),
        ("@digits:3-5", "12345", "123456"),
        ("@allow:ABC", "CAB", "CAD"),
        ("@iso6346", "CSQU3054383", "CSQU3054384"),
        (r"\@home", "@home", "home"),
        (Allowed("x"), "xx", "y"),
        (str.isupper, "AB", "Ab"),
        (["[A-Z]+[0-9]", lambda text: "O" not in text], "AB1", "AO1"),
        (["@digits:2", ["1.", ".2"]], "12", "13"),
    ],
)
def test_texts_names_functions_and_lists_make_patterns(pattern: object, good: str, bad: str) -> None:
    compiled = compile_pattern(pattern)  # type: ignore[arg-type]
    assert isinstance(compiled, Pattern)
    assert fits(compiled, good)
    assert not fits(compiled, bad)


def test_words_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "parts.txt").write_text("axle\nwheel\n", encoding="utf-8")
    assert fits(compile_pattern(f"@words:{tmp_path / 'parts.txt'}"), "wheel")


def test_others_can_add_a_name() -> None:
    @register("pattern", "test_plate")
    def plate(argument: str, /) -> Pattern:
        return compile_pattern(f"{argument}-[0-9]{{3}}")

    assert fits(compile_pattern("@test_plate:B"), "B-123")


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("@isso6346", "did you mean iso6346"),
        ("@digits:x", "@digits:4"),
        ("@digits:3-", "@digits:3-5"),
        ("@digits:5-3", "rising order"),
        ([], "empty list"),
        (7, "a pattern was wanted"),
    ],
)
def test_what_is_no_pattern_is_refused(pattern: object, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        compile_pattern(pattern)  # type: ignore[arg-type]
