"""Language models from texts to a file and back, and what they are good for: telling look-alikes apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from munja.cli import run
from munja.core.artifact import open_artifact
from munja.core.errors import ArtifactError, InputError, SpecError
from munja.core.registry import build
from munja.data.charset import characters
from munja.read.codecs.ctc import CTC
from munja.read.decode import ContextDecoder
from munja.read.language import LanguageModel, open_language_model, read_tensors
from munja.train.language import count_language_model

ASCII = tuple(characters("ascii"))
codec = CTC(ASCII)


@pytest.fixture(scope="module")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of amounts and of words in capitals."""
    folder = tmp_path_factory.mktemp("language")
    chance = np.random.default_rng(1)
    rows = [f"TOTAL {chance.integers(10, 999)}.{chance.integers(0, 10)}0" for _ in range(300)]
    rows += ["GOOD FOOD ONLY", "NOTES TO ORDER", "ROOM SERVICE"] * 40
    (folder / "texts.txt").write_text("\n".join(rows), encoding="utf-8")
    out = folder / "model.safetensors"
    source = {"name": "file", "path": str(folder / "texts.txt")}
    made = build("language", {"name": "ngram", "sources": [source], "shares": [1.0], "lines": 400}, out)
    assert made.manifest.metrics["bits_per_class"] < 3
    return out


@pytest.fixture(scope="module")
def language(model_file: Path) -> LanguageModel:
    return open_language_model(open_artifact(model_file), ASCII)


def logits_of(text: str, doubts: dict[int, tuple[str, float]]) -> np.ndarray:
    """Two columns a character, the second blank; `doubts` give another character and its lead in logits."""
    logits = np.zeros((2 * len(text), codec.classes))
    for place, each in enumerate(codec.encode(text)):
        logits[2 * place, each] = 12.0
        logits[2 * place + 1, 0] = 12.0
        if place in doubts:
            other, lead = doubts[place]
            logits[2 * place, codec.encode(other)[0]] = 12.0 + lead
    return logits


def test_a_zero_among_digits_and_an_o_among_letters_are_told_apart(language: LanguageModel) -> None:
    decoder = ContextDecoder(codec, language)
    for text, place, other in (("TOTAL 105.50", 7, "O"), ("GOOD FOOD ONLY", 2, "0"), ("ROOM SERVICE", 1, "0")):
        logits = logits_of(text, {place: (other, 0.8)})
        greedy = codec.decode(logits.argmax(1), np.ones(len(logits)))
        assert greedy.text == text[:place] + other + text[place + 1 :]
        reading = decoder.decode({"logits": logits}, len(logits))
        assert reading.text == text
        assert reading.columns.tolist() == list(range(0, 2 * len(text), 2))
        assert 0.5 < reading.scores[place] < reading.scores[place - 1]


def test_what_is_clear_in_the_picture_stays(language: LanguageModel) -> None:
    decoder = ContextDecoder(codec, language)
    for text in ("T0TAL 1O5.5", "qx{7~", "0"):
        for doubts in ({}, {0: ("Z", -5.0)}):
            logits = logits_of(text, doubts)
            assert decoder.decode({"logits": logits}, len(logits)).text == text


def test_nothing_to_read_gives_nothing(language: LanguageModel) -> None:
    decoder = ContextDecoder(codec, language)
    assert decoder.decode({"logits": np.zeros((0, codec.classes))}, 0).text == ""
    empty = np.zeros((6, codec.classes))
    empty[:, 0] = 9.0
    assert decoder.decode({"logits": empty}, len(empty)).text == ""


def test_a_character_the_model_never_heard_of_is_unlikely_but_possible(model_file: Path) -> None:
    classes = (*ASCII, "€")
    model = open_language_model(open_artifact(model_file), classes)
    chances = [model.step(model.start(), each)[1] for each in range(1, len(classes) + 1)]
    assert -100 < chances[-1] < min(chances[codec.encode(each)[0] - 1] for each in "TGNR")


def test_hangul_is_modelled_by_its_letters(tmp_path: Path) -> None:
    (tmp_path / "texts.txt").write_text("합계 금액\n카드 결제\n사업자 등록증\n" * 30, encoding="utf-8")
    spec = {"name": "ngram", "charset": "korean", "codec": "ctc_jamo", "shares": [1.0], "lines": 90}
    spec |= {"sources": [{"name": "file", "path": str(tmp_path / "texts.txt")}]}
    made = build("language", spec, tmp_path / "model.safetensors")
    classes = made.manifest.charset
    speller = build("codec", {"name": "ctc_jamo"}, classes)
    model = open_language_model(open_artifact(tmp_path / "model.safetensors"), classes)
    assert model.log_probability(speller.encode("합계")) > model.log_probability(speller.encode("합개")) + 2


def test_a_damaged_file_says_so(model_file: Path, tmp_path: Path) -> None:
    content = model_file.read_bytes()
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(content[: len(content) // 2])
    with pytest.raises(ArtifactError, match=r"cut.safetensors: damaged"):
        open_language_model(open_artifact(cut), ASCII)
    assert set(read_tensors(open_artifact(model_file))) == {"token", "children", "score", "backoff"}


def test_wrong_requests_say_what_was_wanted(tmp_path: Path) -> None:
    out = tmp_path / "m.safetensors"
    with pytest.raises(SpecError, match="one share"):
        count_language_model(out, sources=[], shares=[])
    with pytest.raises(InputError, match="no such file of texts"):
        count_language_model(out, sources=[{"name": "file", "path": "nowhere.txt"}], shares=[1.0])
    (tmp_path / "empty.txt").write_text("日本\n", encoding="utf-8")
    with pytest.raises(InputError, match="no line with characters"):
        count_language_model(out, sources=[{"name": "file", "path": str(tmp_path / "empty.txt")}], shares=[1.0])
    with pytest.raises(InputError, match=r"\.safetensors"):
        count_language_model(tmp_path / "m.bin", sources=[{"name": "file", "path": "x"}], shares=[1.0])
    assert not out.exists()


def test_the_command_counts_with_a_folder_of_texts_and_leaves_its_place_out_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    for name in ("langdata_eng.training_text", "langdata_eng.wordlist", "langdata_kor.training_text"):
        (texts / f"{name}.txt").write_text("quokka wombat numbat " * 50)
    for name in ("langdata_kor.wordlist", "songys_chatbot"):
        (texts / f"{name}.txt").write_text("가나 다라")
    recipe = tmp_path / "model.toml"
    recipe.write_text(
        'name = "ngram"\nlines = 300\nnodes = 3000\nshares = [1.0]\n[[sources]]\nname = "synthetic"\n'
        '[sources.recipe]\ncharset = "ascii"\n[sources.recipe.text]\nenglish = 1.0\n'
    )
    out = tmp_path / "model.safetensors"
    assert run(["language", str(recipe), "--out", str(out), "--corpora", str(texts)]) == 0
    assert str(tmp_path).encode() not in out.read_bytes()
    model = open_language_model(open_artifact(out), ASCII)
    assert model is not None
    assert run(["language", str(recipe), "--out", str(out), "--corpora", str(tmp_path / "none")]) == 1
    assert "a folder was wanted" in capsys.readouterr().err
