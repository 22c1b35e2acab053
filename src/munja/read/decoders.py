"""The decoder that a recogniser's manifest asks for."""

from __future__ import annotations

from munja.core.artifact import Artifact
from munja.core.registry import build
from munja.read.codecs import ctc, jamo  # noqa: F401  (they register themselves)
from munja.read.decode import ContextDecoder, GreedyDecoder, LineDecoder
from munja.read.engines import Engine
from munja.read.language import open_language_model


def line_decoder(recogniser: Artifact, language: Artifact | None, engine: Engine) -> LineDecoder:
    """The decoder of a recogniser, with a language model where there is one; `engine` is ready to run its graph."""
    manifest = recogniser.manifest
    if manifest.codec.get("name") == "attention" or manifest.spec.get("rectifier"):
        from munja.read import attend
    codec = build("codec", manifest.codec, manifest.charset)
    temperature = float(manifest.metrics.get("temperature", 1.0))
    model = None if language is None else open_language_model(language, manifest.charset)
    decoder: LineDecoder
    if manifest.codec["name"] == "attention":
        weights = attend.decoder_weights(recogniser, engine)
        decoder = attend.AttentionDecoder(codec, weights, model, temperature=temperature)
    elif model is None:
        decoder = GreedyDecoder(codec, temperature=temperature)
    else:
        decoder = ContextDecoder(codec, model, temperature=temperature)
    return attend.RectifiedDecoder(decoder) if manifest.spec.get("rectifier") else decoder
