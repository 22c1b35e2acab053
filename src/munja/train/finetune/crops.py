"""What is measured on: crops with their texts, a person's own and those of the general set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from munja.core.errors import InputError
from munja.core.spec import load_spec
from munja.data.convert.report import Report
from munja.data.loader import Lines
from munja.data.sample import Sample
from munja.imaging.image import Image, frames, three_channels
from munja.read.batching import width_bucket
from munja.train.finetune.alphabet import Alphabet
from munja.train.finetune.labels import read_labels
from munja.train.finetune.plan import GENERAL, replay_widths
from munja.train.finetune.prepare import Prepared
from munja.train.finetune.replay import is_recipe, of_recipe, opened
from munja.train.finetune.request import Request

SEED = 700_000_000_000_000  # of the general set: far from training's and validation's
CHUNK = 50


@dataclass(frozen=True)
class Crop:
    """A picture (H, W, 3) of one line, what it says, its set, and the photograph it comes from.

    `whole` says that the picture is shown as it is, without the margin that reading adds around a box: a synthetic line
    has its margin already.
    """

    image: Image
    text: str
    collection: str
    source: str
    whole: bool = False


def own_crops(prepared: Prepared) -> list[Crop]:
    """The crops of a person's own that no training saw."""
    return [crop_of(sample, str(sample.attributes["set"])) for sample in prepared.samples("test")]


def general_crops(
    request: Request, replay: Mapping[str, Any] | None, alphabet: Alphabet, rule: Mapping[str, Any]
) -> list[Crop]:
    """The lines on which nothing may be lost, always the same; none where there is neither replay nor a general set.

    `rule` is how the model wants its lines. Texts with characters that it does not know any more are left out.
    """
    if request.general and not is_recipe(request.general):
        report = Report()
        samples = [sample for sample in read_labels(GENERAL, Path(request.general), report) if sample.text]
        samples = [sample for sample in samples if not alphabet.lacks(sample.text or "")]
        if not samples:
            first = f", first: {report.dropped[0]}" if report.dropped else ""
            raise InputError(f"--general {request.general}: holds no labelled crop that could be read{first}")
        chosen = np.random.default_rng(SEED).permutation(len(samples))[: request.general_lines]
        return [crop_of(samples[i], GENERAL) for i in sorted(chosen.tolist())]
    if request.general:
        replay = of_recipe(load_spec(request.general))
    return [] if replay is None else _synthetic(replay, request.general_lines, alphabet, rule)


def crop_of(sample: Sample, collection: str) -> Crop:
    """The crop of a sample with a text."""
    image = next(iter(frames(sample.read()))).image
    return Crop(image, sample.text or "", collection, str(sample.attributes.get("source", sample.name)))


def as_lines(crops: Sequence[Crop], rule: Mapping[str, Any]) -> list[Lines]:
    """Grey lines of the size that a model's rule asks for, one to a batch, on which an export can be proven."""
    found = []
    for crop in crops:
        grey = cv2.cvtColor(crop.image, cv2.COLOR_RGB2GRAY)
        height = int(rule["height"])
        natural = round(grey.shape[1] * height / grey.shape[0])
        width = int(rule.get("width") or width_bucket(natural, rule["width_step"]))
        picture = np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        found.append(Lines(picture[None], (crop.text,), (None,), np.array([width], np.int32)))
    return found


def _synthetic(spec: Mapping[str, Any], count: int, alphabet: Alphabet, rule: Mapping[str, Any]) -> list[Crop]:
    source = opened(spec, "validate")
    crops: list[Crop] = []
    widths = {spec["stretch"]: 1.0} if "stretch" in spec else replay_widths(rule)
    for number, (width, share) in enumerate(widths.items()):
        wanted = round(count * share / sum(widths.values()))
        for start in range(0, wanted, CHUNK):
            some = min(CHUNK, wanted - start)
            lines = source.batch(SEED + 100_000 * number + start, some, width=width, height=int(rule["height"]))
            for image, text, used in zip(lines.images, lines.texts, lines.widths.tolist(), strict=True):
                if not alphabet.lacks(text):
                    picture = three_channels(np.ascontiguousarray(image[:, :used]))
                    crops.append(Crop(picture, text, GENERAL, f"{GENERAL} {len(crops)}", whole=True))
    return crops
