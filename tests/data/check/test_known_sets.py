"""The development sets, where they lie beside the checkout: a check finds their known problems by itself."""

from __future__ import annotations

from pathlib import Path

from munja.data.check import check

DATA = Path(__file__).parents[4] / "shared" / "data"

if DATA.is_dir():

    def test_the_known_problems_are_found() -> None:
        receipts, printed, scene = (check([DATA / name]) for name in ("receipts_dev", "math_printed", "scene_toy"))
        crossing = receipts.of("boxes of two lines cross")
        assert [(each.sample, "'CHANGE RM', '.00'" in each.detail) for each in crossing] == [("405.jpg", True)]
        assert len(receipts.of("line labelled twice")) == 2
        assert receipts.counts()["texts are all upper case"] == 1
        assert printed.counts()["palette picture (a bare array of it holds indices, not greys)"] == 1198
        ignored = [each.sample for each in scene.of("page without any text that counts")]
        assert ignored == ["det_img_4.jpg", "det_img_5.jpg"]

    def test_the_known_copies_among_words_are_found() -> None:
        findings = check([DATA / "words_train"])
        assert [(each.sample, each.detail) for each in findings.of("same picture")] == [
            ("iiit5k_1053_4.png", "as iiit5k_1050_4.png")
        ]
        assert "ic15_word_4338.jpg" in [each.sample for each in findings.of("nearly the same picture")]
        assert findings.of("texts are all upper case")[0].detail == "of source svt_words_train, 257 texts"
