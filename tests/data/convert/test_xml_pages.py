"""ALTO and PAGE XML of several versions, as libraries and ground-truth editors write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from munja.data.convert import open_truth

ALTO = """<?xml version="1.0"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v2#"><Description><MeasurementUnit>pixel</MeasurementUnit>
<sourceImageInformation><fileName>page.png</fileName></sourceImageInformation></Description>
<Layout><Page WIDTH="160" HEIGHT="90" PHYSICAL_IMG_NR="3" ID="p"><PrintSpace><TextBlock>
<TextLine ID="l1" HPOS="10" VPOS="12" WIDTH="80" HEIGHT="28">
<String ID="s1" CONTENT="Fish" HPOS="10" VPOS="12" WIDTH="30" HEIGHT="28" WC="0.96"/><SP/>
<String ID="s2" CONTENT="bas" HPOS="45" VPOS="12" WIDTH="45" HEIGHT="28"/><HYP CONTENT="-"/>
<String ID="s3" CONTENT="bad" HPOS="x" VPOS="12" WIDTH="45" HEIGHT="28"/></TextLine>
<TextLine ID="l2"><Shape><Polygon POINTS="1,1 9,2 9,9 1,8"/></Shape><String CONTENT="quad"/></TextLine>
</TextBlock></PrintSpace></Page></Layout></alto>
"""
PAGE = """<?xml version="1.0"?>
<pc:PcGts xmlns:pc="http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15">
<pc:Page imageFilename="page.png" imageWidth="160" imageHeight="90"><pc:ReadingOrder><pc:OrderedGroup>
<pc:RegionRefIndexed index="0" regionRef="second"/><pc:RegionRefIndexed index="1" regionRef="first"/>
</pc:OrderedGroup></pc:ReadingOrder>
<pc:TextRegion id="first"><pc:TextLine id="a"><pc:Coords points="10,12 90,12 90,40 10,40"/>
<pc:Word id="w"><pc:Coords points="10,12 40,12 40,40 10,40"/>
<pc:TextEquiv conf="0.5"><pc:Unicode>old</pc:Unicode></pc:TextEquiv></pc:Word>
<pc:TextEquiv index="1"><pc:Unicode>worse</pc:Unicode></pc:TextEquiv>
<pc:TextEquiv index="0" conf="0.9"><pc:Unicode>later</pc:Unicode></pc:TextEquiv></pc:TextLine></pc:TextRegion>
<pc:TextRegion id="second"><pc:TextLine id="b"><pc:Coords><pc:Point x="1" y="1"/><pc:Point x="9" y="1"/>
<pc:Point x="9" y="9"/></pc:Coords><pc:TextEquiv><pc:Unicode>sooner</pc:Unicode></pc:TextEquiv></pc:TextLine>
<pc:TextLine id="c"><pc:Coords points="1,1 nonsense"/>
<pc:TextEquiv><pc:Unicode>lost</pc:Unicode></pc:TextEquiv></pc:TextLine>
</pc:TextRegion></pc:Page></pc:PcGts>
"""


def read(folder: Path, drawn: Any, name: str, document: str) -> Any:
    (folder / "page.png").write_bytes(drawn.picture(1))
    (folder / name).write_text(document)
    return open_truth(folder)


def test_alto_lines_words_shapes_and_hyphens_are_read(tmp_path: Path, drawn: Any) -> None:
    truth = read(tmp_path, drawn, "page.xml", ALTO)
    (sample,) = truth.samples()
    assert (truth.format, sample.page.index) == ("alto", 2)
    first, second = sample.page.lines
    assert [(word.text, word.score) for word in first.words] == [("Fish", 0.96), ("bas-", None)]
    assert (first.text, first.polygon[2]) == ("Fish bas-", (90.0, 40.0))
    assert (second.text, second.polygon) == ("quad", ((1, 1), (9, 2), (9, 9), (1, 8)))
    assert [str(each).split("/")[-1] for each in truth.report.dropped] == [
        "page.xml, page 1, line l1, word s3: a coordinate should be a number, got 'x'"
    ]


def test_page_xml_is_read_in_its_reading_order(tmp_path: Path, drawn: Any) -> None:
    truth = read(tmp_path, drawn, "page.xml", PAGE)
    (sample,) = truth.samples()
    assert truth.format == "page-xml"
    assert [(line.text, line.score, len(line.polygon)) for line in sample.page.lines] == [
        ("sooner", None, 3), ("later", 0.9, 4)
    ]  # fmt: skip
    assert sample.page.lines[1].words == ()
    assert truth.report.lost["words that do not give their line's text"] == 1
    assert [each.where.split("/")[-1] for each in truth.report.dropped] == ["page.xml, page 1, line c"]


def test_broken_xml_is_named_with_its_line_and_the_other_file_read(tmp_path: Path, drawn: Any) -> None:
    (tmp_path / "broken.xml").write_text(ALTO.replace("</PrintSpace>", "</Wrong>"))
    truth = read(tmp_path, drawn, "page.xml", ALTO)
    assert len(list(truth)) == 1
    assert "broken.xml:10: not XML (mismatched tag, column" in str(truth.report.dropped[0])


def test_a_bomb_of_entities_is_an_error(tmp_path: Path, drawn: Any) -> None:
    entities = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    bomb = f'<!DOCTYPE alto [<!ENTITY a0 "ha">{entities}]><alto><Page WIDTH="9" HEIGHT="9">&a11;</Page></alto>'
    truth = read(tmp_path, drawn, "bomb.xml", bomb)
    assert list(truth) == []
    assert "bomb.xml" in str(truth.report.dropped[0])
