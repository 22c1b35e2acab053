"""PAGE XML: the elements in the order of its schema, whole pixels within the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from xml.etree import ElementTree

import pytest

from munja.core.page import Page
from munja.read.writers import document
from munja.read.writers.page_xml import NAMESPACE, to_page_xml

NOON = datetime(2025, 3, 14, 12, tzinfo=UTC)
# Children in the order that the schema 2019-07-15 demands.
ORDER = {
    "PcGts": ["Metadata", "Page"],
    "Metadata": ["Creator", "Created", "LastChange"],
    "Page": ["ReadingOrder", "TextRegion"],
    "TextRegion": ["Coords", "TextLine", "TextEquiv"],
    "TextLine": ["Coords", "Baseline", "Word", "TextEquiv"],
    "Word": ["Coords", "TextEquiv"],
    "TextEquiv": ["Unicode"],
}


def tree(text: str) -> ElementTree.Element:
    root = ElementTree.fromstring(text.encode())
    for element in root.iter():
        assert element.tag.startswith(f"{{{NAMESPACE}}}")
        element.tag = element.tag.removeprefix(f"{{{NAMESPACE}}}")
    return root


@pytest.mark.parametrize("name", ["receipt", "two_columns", "rotated_scan", "notice_ko_en"])
def test_elements_stand_in_the_order_of_the_schema(name: str, truth: Callable[[str], Page]) -> None:
    page = truth(name)
    root = tree(to_page_xml(page, time=NOON))
    for element in root.iter():
        places = [ORDER[element.tag].index(child.tag) for child in element] if element.tag in ORDER else []
        assert places == sorted(places)
    for element in root.iter():
        for point in element.get("points", "").split():
            x, y = map(int, point.split(","))
            assert 0 <= x <= page.width
            assert 0 <= y <= page.height
    marks = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(marks) == len(set(marks))
    regions = [region.get("id") for region in root.iter("TextRegion")]
    assert [each.get("regionRef") for each in root.iter("RegionRefIndexed")] == regions


def test_lines_and_words_say_their_text_and_score(make_page: Callable[..., Page]) -> None:
    root = tree(to_page_xml(make_page("a <b>", "안녕"), time=NOON, title="x"))
    texts = [each.findtext("TextEquiv/Unicode") for each in root.iter("TextLine")]
    assert texts == ["a <b>", "안녕"]
    assert [each.findtext("TextEquiv/Unicode") for each in root.iter("TextRegion")] == ["a <b>\n안녕"]
    equivalent = next(root.iter("Word")).find("TextEquiv")
    assert equivalent is not None
    assert equivalent.get("conf") == "0.9000"
    assert root.findtext("Metadata/Created") == "2025-03-14T12:00:00Z"


def test_the_time_is_told_in_utc(make_page: Callable[..., Page]) -> None:
    east = NOON.astimezone(timezone(timedelta(hours=9)))
    assert to_page_xml(make_page("a"), time=east) == to_page_xml(make_page("a"), time=NOON)


@pytest.mark.parametrize(("degrees", "told"), [(0, None), (90, "-90"), (180, "180"), (270, "90"), (358, "2")])
def test_a_turned_page_says_how_to_turn_it_back(
    degrees: float, told: str | None, make_page: Callable[..., Page]
) -> None:
    (page,) = tree(to_page_xml(make_page("a", degrees=degrees), time=NOON)).iter("Page")
    assert page.get("orientation") == told


def test_a_document_without_text_or_name_is_well_formed() -> None:
    root = tree(document("page", Page(9, 9)).decode())
    assert [child.tag for child in root] == ["Metadata", "Page"]
    assert next(root.iter("Page")).get("imageFilename") == "picture"
