"""Errors: one family; the end of a sentence names the nearest word."""

from __future__ import annotations

import pytest

from munja.core import errors


@pytest.mark.parametrize(
    "kind",
    [
        errors.InputError,
        errors.GeometryError,
        errors.PageError,
        errors.SpecError,
        errors.ArtifactError,
        errors.EngineError,
    ],
)
def test_one_except_clause_catches_every_kind(kind: type[errors.MunjaError]) -> None:
    with pytest.raises(errors.MunjaError, match="said"):
        raise kind("said")


def test_a_missing_extra_says_what_to_install() -> None:
    error = errors.MissingExtraError("the engine openvino", "openvino")
    assert isinstance(error, errors.MunjaError)
    assert error.extra == "openvino"
    assert "the engine openvino" in str(error)
    assert "pip install 'munja[openvino]'" in str(error)


def test_the_nearest_word_is_proposed() -> None:
    assert errors.did_you_mean("chanels", ["width", "channels"]) == "did you mean channels?"


def test_all_words_are_listed_where_none_is_near() -> None:
    assert errors.did_you_mean("zzz", ["width", "channels"]) == "known: channels, width"


def test_nothing_known_is_said_to_be_so() -> None:
    assert errors.did_you_mean("zzz", []) == "none is known"
