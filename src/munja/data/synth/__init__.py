"""Synthetic text lines: fonts, glyph atlas, text, composition and looks, rendered fast enough to train inline."""
