"""Collections of labelled pictures in the formats of other tools: read as Samples and Pages, and written.

truth = open_truth("receipts/")                  # the format is recognised, or named
for image, page in truth: ...                    # image: a path, or encoded bytes out of a store
truth.report.dropped                             # every label that could not be read, with file and line

report = convert("icdar2015/", "out/", to_format="paddle-det")
"""

from munja.data.convert import (
    classes,
    doctr,
    gt_jsonl,
    hocr,
    icdar,
    label_studio,
    munja,
    paddle,
    rows_of_texts,
    scene,
    sroie,
    stores,
    table,
    xml_pages,
)
from munja.data.convert.format import Format, Holds, find_format, formats
from munja.data.convert.report import Problem, Report
from munja.data.convert.run import Truth, convert, open_truth

FORMAT_MODULES = (  # imported so that each registers its formats
    classes, doctr, gt_jsonl, hocr, icdar, label_studio, munja, paddle, rows_of_texts, scene, sroie, stores, table,
    xml_pages,
)  # fmt: skip

__all__ = ["Format", "Holds", "Problem", "Report", "Truth", "convert", "find_format", "formats", "open_truth"]
