"""ALTO 4.4: valid by its schema where that is at hand, and of the right shape anywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import lxml.etree
import pytest

from munja.core.page import Page
from munja.read.writers import document

NAMESPACE = "{http://www.loc.gov/standards/alto/ns-v4#}"
SCHEMAS = Path(__file__).parents[4] / "shared" / "data" / "schemas"  # beside the checkout, on machines that have it
XLINK = b"""<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns="http://www.w3.org/1999/xlink"
 targetNamespace="http://www.w3.org/1999/xlink">
 <xsd:attribute name="href" type="xsd:anyURI"/><xsd:attribute name="role" type="xsd:string"/>
 <xsd:attribute name="arcrole" type="xsd:string"/><xsd:attribute name="title" type="xsd:string"/>
 <xsd:attribute name="type" type="xsd:string"/><xsd:attribute name="show" type="xsd:string"/>
 <xsd:attribute name="actuate" type="xsd:string"/>
 <xsd:attributeGroup name="simpleLink"><xsd:attribute ref="href"/><xsd:attribute ref="title"/></xsd:attributeGroup>
</xsd:schema>"""


class XlinkHere(lxml.etree.Resolver):
    """Gives the few attributes of XLink that ALTO names, so that no host is asked for them."""

    def resolve(self, address: str, _public: str | None, context: object) -> object:
        if "xlink" in address:
            return self.resolve_string(XLINK, context)  # type: ignore[arg-type]
        return None


def test_documents_are_valid_by_the_schema(
    truth: Callable[[str], Page], make_page: Callable[..., Page], examples: Path
) -> None:
    documents = [document("alto", truth(name)) for name in ("receipt", "two_columns", "rotated_scan", "notice_ko_en")]
    documents += [document("alto", make_page("Turned", "둘", degrees=degrees)) for degrees in (3, 90, 180, 270)]
    documents += [document("alto", [make_page("one", score=None), Page(9, 9)])]
    if SCHEMAS.is_dir():
        parser = lxml.etree.XMLParser(no_network=True)
        parser.resolvers.add(XlinkHere())
        schema = lxml.etree.XMLSchema(lxml.etree.parse(SCHEMAS / "alto-4-4.xsd", parser))
        for each in documents:
            schema.assertValid(lxml.etree.fromstring(each))
    for each in documents:
        root = ElementTree.fromstring(each)
        assert [child.tag for child in root] == [NAMESPACE + "Description", NAMESPACE + "Layout"]
        assert root.get("SCHEMAVERSION") == "4.4"
        marks = [element.get("ID") for element in root.iter() if element.get("ID")]
        assert len(marks) == len(set(marks))
        for line in root.iter(NAMESPACE + "TextLine"):
            kinds = [child.tag.removeprefix(NAMESPACE) for child in line]
            assert kinds[:2] == ["Shape", "String"]
            assert kinds[2::2] == ["SP"] * (len(kinds[2:]) // 2)


def test_words_carry_place_confidence_and_outline(make_page: Callable[..., Page]) -> None:
    root = ElementTree.fromstring(document("alto", make_page('Say "<hi>" &', "안녕")))
    strings = list(root.iter(NAMESPACE + "String"))
    assert [string.get("CONTENT") for string in strings] == ["Say", '"<hi>"', "&", "안녕"]
    assert [strings[0].get(key) for key in ("HPOS", "VPOS", "WIDTH", "HEIGHT", "WC", "CC")] == [
        "80", "200", "36", "24", "0.9000", "1 1 1",
    ]  # fmt: skip
    polygon = strings[0].find(f"{NAMESPACE}Shape/{NAMESPACE}Polygon")
    assert polygon is not None
    assert polygon.get("POINTS") == "80,200 116,200 116,224 80,224"
    first, second = root.iter(NAMESPACE + "TextLine")
    assert first.get("BASELINE", "").split()[0] == "80,219.2"
    assert (first.get("LANG"), second.get("LANG")) == (None, "ko")
    assert [space.get("WIDTH") for space in root.iter(NAMESPACE + "SP")] == ["12", "12"]


def test_the_file_is_named(make_page: Callable[..., Page]) -> None:
    root = ElementTree.fromstring(document("alto", make_page("a"), title="else"))
    assert next(root.iter(NAMESPACE + "fileName")).text == "scan.png"
    assert (
        next(ElementTree.fromstring(document("alto", [], title="a <b>")).iter(NAMESPACE + "fileName")).text == "a <b>"
    )


@pytest.mark.parametrize("degrees", [0, 90, 270])
def test_a_turned_page_says_its_angle(degrees: float, make_page: Callable[..., Page]) -> None:
    (page,) = ElementTree.fromstring(document("alto", make_page("a", degrees=degrees))).iter(NAMESPACE + "Page")
    assert float(page.get("ROTATION", "0")) == degrees
