"""Targets of attention: what is told to the network, what helps it, and what it then spells by itself."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from munja.core.errors import InputError
from munja.core.registry import build
from munja.data.loader import Lines
from munja.models import recognise as _networks  # noqa: F401  registers the recognisers
from munja.models.attention import WEIGHTS as ATTRIBUTES
from munja.models.attention import AttentionPredictor
from munja.read.codecs.attention import FIRST, GO, STOP, Attention, beam, greedy
from munja.read.codecs.stepper import WEIGHTS, DecoderWeights
from munja.train.spelling import SpellingTargets

CODEC = Attention(tuple("abcdefgh"), longest=4)


def lines(*texts: str, known: bool = True) -> Lines:
    images = np.random.default_rng(0).integers(0, 256, (len(texts), 32, 64), np.uint8)
    centres = tuple(np.arange(len(text), dtype=np.float32) * 10 + 5 if known else None for text in texts)
    return Lines(images, texts, centres, np.full(len(texts), 64, np.int32))


def network() -> torch.nn.Module:
    torch.manual_seed(0)
    spec = {
        "name": "four_stage",
        "extractor": {"name": "vgg", "channels": 32},
        "head": {"name": "attention", "hidden": 16},
    }
    made: torch.nn.Module = build("recogniser", spec, 1, CODEC.classes)
    return made.eval()


def batch_of(arrays: dict[str, np.ndarray]) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    tensors = {key: torch.from_numpy(value) for key, value in arrays.items()}
    return tensors["images"].permute(0, 3, 1, 2).float() / 127.5 - 1.0, tensors


def test_each_letter_is_told_the_one_before_it_and_where_it_stands() -> None:
    targets = SpellingTargets(CODEC, smoothing=0.0)
    arrays = targets.arrays(lines("ab", "c"), 15, 0.25)
    assert arrays["letters"].tolist() == [[FIRST, FIRST + 1, STOP], [FIRST + 2, STOP, GO]]
    assert arrays["previous"].tolist() == [[GO, FIRST, FIRST + 1], [GO, FIRST + 2, GO]]
    np.testing.assert_allclose(arrays["centres"], [[0.75, 3.25, np.nan], [0.75, np.nan, np.nan]])
    assert targets.texts(arrays) == ["ab", "c"]


def test_lines_too_long_to_be_spelt_are_left_out() -> None:
    targets = SpellingTargets(CODEC, smoothing=0.0)
    arrays = targets.arrays(lines("ab", "abcde", "h", known=False), 15, 0.25)
    assert targets.texts(arrays) == ["ab", "h"]
    assert np.isnan(arrays["centres"]).all()
    assert np.array_equal(arrays["images"][..., 0], lines("ab", "abcde", "h").images[[0, 2]])
    with pytest.raises(InputError, match="none of 1 lines has 4 characters or fewer"):
        targets.arrays(lines("abcde"), 15, 0.25)


def test_help_from_centres_fades_with_its_weight_and_needs_known_centres() -> None:
    targets = SpellingTargets(CODEC, smoothing=0.0)
    images, batch = batch_of(targets.arrays(lines("ab", "c"), 15, 0.25))
    outputs = targets.forward(network(), images, batch)
    assert set(targets.loss(outputs, batch, 0.0)) == {"letters"}
    helped = targets.loss(outputs, batch, 2.0)
    assert {key: value.item() > 0.0 for key, value in helped.items()} == dict.fromkeys(
        ("letters", "alone", "attention"), True
    )
    images, batch = batch_of(targets.arrays(lines("ab", "c", known=False), 15, 0.25))
    blind = targets.loss(targets.forward(network(), images, batch), batch, 2.0)
    assert blind["alone"].item() == blind["attention"].item() == 0.0
    torch.testing.assert_close(blind["letters"], helped["letters"])


def test_a_letter_alone_is_spelt_from_the_column_at_its_centre() -> None:
    targets, made = SpellingTargets(CODEC, smoothing=0.0), network()
    images, batch = batch_of(targets.arrays(lines("ab"), 15, 0.25))
    outputs = targets.forward(made, images, batch)
    for letter, column in ((0, 1), (1, 3)):  # centres 0.75 and 3.25
        features, keys = (outputs[name][:, column : column + 1] for name in ("features", "keys"))
        wanted = made.head.spell(features, keys, torch.tensor([[GO]]))["logits"]  # type: ignore[operator, union-attr]
        torch.testing.assert_close(outputs["alone"][0, letter], wanted[0, 0])


def test_readings_are_spelt_without_the_true_letters() -> None:
    targets, made = SpellingTargets(CODEC, smoothing=0.0), network()
    images, batch = batch_of(targets.arrays(lines("ab", "c"), 15, 0.25))
    with torch.no_grad():
        told, untold = targets.forward(made, images, batch), targets.compute(made, images)
    assert set(targets.outputs) <= set(untold)
    assert targets.readings(told) == targets.readings(untold)
    for text, logits in zip(targets.readings(untold), targets.logits(untold), strict=True):
        probability = torch.from_numpy(logits).softmax(1).numpy()
        assert CODEC.decode(probability.argmax(1), probability.max(1)).text == text


def test_numpy_steps_as_the_network_does() -> None:
    torch.manual_seed(0)
    predictor = AttentionPredictor(12, CODEC.classes, hidden=10)
    with torch.no_grad():
        given = predictor.predict(torch.randn(3, 7, 12))
    weights = DecoderWeights({name: predictor.get_parameter(key).detach().numpy() for name, key in ATTRIBUTES.items()})
    features, keys = given["features"].numpy(), given["keys"].numpy()
    for row, each in enumerate(greedy(weights.over(features, keys), 3, longest=6)):
        one = slice(row, row + 1)
        previous = torch.tensor([[GO, *each.classes]])[:, : len(each.logits)]
        with torch.no_grad():
            wanted = predictor.spell(given["features"][one], given["keys"][one], previous)
        kept = np.isfinite(each.logits)
        np.testing.assert_allclose(each.logits[kept], wanted["logits"][0].numpy()[kept], atol=1e-5)
        np.testing.assert_allclose(each.attention, wanted["attention"][0].numpy(), atol=1e-6)
        # Many spellings of one line side by side are as likely as each is by itself.
        for spelling in beam(weights.over(features[one], keys[one]), longest=3, width=5)[:5]:
            told = torch.tensor([[GO, *spelling.classes, STOP][:3]])
            with torch.no_grad():
                logits = predictor.spell(given["features"][one], given["keys"][one], told)["logits"][0]
            logits[:, GO] = -torch.inf
            ends = [*spelling.classes, STOP][:3]
            total = logits.log_softmax(1)[range(len(ends)), ends].sum()
            assert spelling.log_probability == pytest.approx(float(total), abs=1e-4)


def test_the_graph_and_the_network_name_the_same_weights() -> None:
    assert tuple(ATTRIBUTES) == WEIGHTS
