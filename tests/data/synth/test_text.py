from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from munja.core.errors import InputError
from munja.core.spec import load_spec
from munja.data.charset import characters, ksx1001_syllables
from munja.data.synth import patterns
from munja.data.synth.text import TextSource, kinds, shorten

RECIPES = Path(__file__).parents[3] / "recipes" / "synth"


def _draw(name: str, count: int) -> list[str]:
    recipe = load_spec(RECIPES / f"{name}.toml")
    source = TextSource(characters(recipe["charset"]), recipe["text"], "", capitals=recipe["capitals"])
    random = Random(5)
    return [source.draw(random, length, length + 2) for length in [4, 8, 12, 20, 30] * (count // 5)]


@pytest.mark.parametrize("kind", kinds()[5:])
def test_every_kind_gives_text(kind: str) -> None:
    random = Random(1)
    drawn = {patterns.draw(random, kind) for _ in range(200)}
    assert len(drawn) > 4
    assert not any("{" in each or "}" in each for each in drawn if kind != "symbols")


def test_escaped_braces_of_a_pattern_stand_for_themselves() -> None:
    random = Random(1)
    drawn = "".join(patterns.draw(random, "symbols") for _ in range(2000))
    assert min(drawn.count(each) for each in "{}|\\") > 10


@pytest.mark.parametrize("name", ["receipts", "english"])
def test_every_ascii_character_is_seen_often_enough(name: str) -> None:
    seen = Counter("".join(_draw(name, 10_000)))
    assert set(seen) == set(characters("ascii"))
    assert min(seen.values()) >= 25  # of 10,000 lines


def test_korean_text_shows_nearly_all_syllables() -> None:
    seen = Counter("".join(_draw("korean", 20_000)))
    assert set(seen) <= set(characters("korean"))
    common = [seen[each] for each in ksx1001_syllables()]
    assert sum(count > 0 for count in common) > 0.99 * len(common)
    rare = sum("가" <= each <= "힣" for each in seen) - sum(count > 0 for count in common)
    assert rare > 1500
    others = [each for each in characters("korean") if not "가" <= each <= "힣"]
    assert sum(seen[each] > 0 for each in others) > 0.99 * len(others)


def test_texts_keep_within_charset_and_length_and_have_no_double_blank() -> None:
    weights = dict.fromkeys(kinds(), 1.0)
    source = TextSource(characters("ascii"), weights, "")
    random = Random(3)
    for _ in range(3000):
        longest = random.randint(1, 40)
        text = source.draw(random, longest, longest)
        assert 1 <= len(text) <= longest
        assert text == " ".join(text.split())
        assert set(text) <= set(characters("ascii"))


def test_accents_outside_the_charset_become_plain_letters(tmp_path: Path) -> None:
    words = "café naïve “Straße” œuvre"
    for name in ("eng.training_text", "eng.wordlist", "kor.training_text", "kor.wordlist"):
        (tmp_path / f"langdata_{name}.txt").write_text(words * 5, encoding="utf-8")
    (tmp_path / "songys_chatbot.txt").write_text("하루\n", encoding="utf-8")
    source = TextSource(characters("ascii"), {"english_words": 1.0}, str(tmp_path), capitals=0.0)
    random = Random(1)
    seen = set(" ".join(source.draw(random, 20, 30) for _ in range(50)).lower().split())
    assert {"cafe", "naive"} <= seen
    assert any("strasse" in each for each in seen)


def test_a_missing_folder_or_file_of_corpora_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder of corpora"):
        TextSource(characters("ascii"), {"english": 1.0}, str(tmp_path / "absent"))
    with pytest.raises(InputError, match="langdata_eng"):
        TextSource(characters("ascii"), {"english": 1.0}, str(tmp_path))


def test_texts_are_cut_between_words() -> None:
    assert shorten(Random(1), "one two three", 7) in ("one two", "two", "three")
    assert shorten(Random(1), "abcdef", 3) == "abc"


def test_a_field_of_a_form_is_written_as_its_label_its_value_or_both() -> None:
    source = TextSource(characters("korean"), {"vehicle_cells": 1.0}, "", capitals=0.0)
    random = Random(3)
    drawn = [source.draw(random, 5, 40) for _ in range(300)]
    assert not any("\t" in each for each in drawn)
    labels = {each.partition("\t")[0] for each in (patterns.draw(random, "vehicle_cells") for _ in range(500))}
    alone = sum(each in labels for each in drawn)
    begun = sum(any(each.startswith(f"{label} ") for label in labels) for each in drawn)
    assert 90 < alone < 210
    assert begun > 5
