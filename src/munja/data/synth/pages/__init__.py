"""Synthetic pages: receipts, documents, screens and scenes with the place of every line, to train a text detector."""

from munja.data.synth.pages.labels import PageLine
from munja.data.synth.pages.synthesiser import PageBatch, PageSynthesiser

__all__ = ["PageBatch", "PageLine", "PageSynthesiser"]
