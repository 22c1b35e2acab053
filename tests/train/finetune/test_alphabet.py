"""The new charset keeps the old order, adds what labels need, and says what it cannot do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from munja.core.artifact import Manifest
from munja.core.errors import ArtifactError, InputError
from munja.read.codecs.jamo import jamo_classes
from munja.train.finetune.alphabet import alphabet_of

DIGITS = Manifest("recognise", "digits", codec={"name": "ctc"}, charset=tuple("0123456789"))
KOREAN = replace(DIGITS, codec={"name": "ctc_jamo"}, charset=jamo_classes(tuple("0123456789한")))
SPELT = replace(DIGITS, codec={"name": "attention", "longest": 25})


@given(st.lists(st.text("0123456789ABÄ-", min_size=1), min_size=1))
def test_the_codec_of_the_new_alphabet_writes_every_label_and_begins_as_the_old_one(texts: list[str]) -> None:
    for manifest in (DIGITS, KOREAN, SPELT):
        found = alphabet_of(manifest, "", texts)
        assert set(found.added) == set("".join(texts)) - set("0123456789")
        assert found.charset.startswith("0123456789")
        codec = found.codec(manifest)
        for text in texts:
            if len(text) <= 25:
                assert codec.text(codec.encode(text)) == text


def test_syllables_are_known_to_a_model_that_reads_letters() -> None:
    found = alphabet_of(KOREAN, "", ["한글 7"])
    assert found.added == " "
    assert found.codec(KOREAN).charset[10] == " "


def test_nothing_is_added_where_nothing_lacks() -> None:
    found = alphabet_of(KOREAN, "", ["12한"])
    assert (found.charset, found.added, found.dropped) == ("0123456789", "", "")
    assert found.codec(KOREAN).charset == KOREAN.charset


def test_a_wanted_charset_is_taken_exactly() -> None:
    found = alphabet_of(DIGITS, "01A", ["01"])
    assert (found.charset, found.added, found.dropped) == ("01A", "A", "23456789")
    assert found.lacks("0A29") == "29"


def test_a_wanted_charset_that_lacks_a_character_of_a_label_lists_it_with_the_label() -> None:
    with pytest.raises(InputError, match=r"--charset lacks 1 characters of the labels: 'B' \(U\+0042, in 2\), .*'AB'"):
        alphabet_of(DIGITS, "01A", ["0", "AB", "B"])


def test_a_model_of_classes_of_several_characters_cannot_be_adapted() -> None:
    with pytest.raises(ArtifactError, match="classes of several characters, such as 'ch'"):
        alphabet_of(replace(DIGITS, charset=("a", "ch")), "", ["a"])
