"""What the anchors count: order costs nothing where it shall not, and what is to be ignored counts for neither side."""

from __future__ import annotations

from benchmarks.anchors import edits_without_order, fair
from munja.core.page import Line, Page, as_polygon


def line(text: str, x: float, y: float, width: float = 100, *, ignore: bool = False) -> Line:
    return Line(text, as_polygon([[x, y], [x + width, y], [x + width, y + 20], [x, y + 20]]), ignore=ignore)


def page(*lines: Line) -> Page:
    return Page(600, 400, lines)


TRUTH = page(line("주소", 0, 0), line("서울", 200, 0), line("성명", 0, 40), line("홍길동", 200, 40))


def test_a_table_read_by_columns_costs_nothing() -> None:
    read = page(*(TRUTH.lines[k] for k in (0, 2, 1, 3)))
    assert edits_without_order(TRUTH, read) == 0


def test_lines_that_were_read_as_one_are_compared_as_one() -> None:
    read = page(line("주소 서을", 0, 0, 300), line("성명", 0, 40), line("홍길동", 200, 40))
    assert edits_without_order(TRUTH, read) == 1


def test_what_was_missed_and_what_stands_nowhere_count_whole() -> None:
    assert edits_without_order(TRUTH, page(*TRUTH.lines[:3])) == 3
    assert edits_without_order(TRUTH, page(*TRUTH.lines, line("ab c", 400, 300))) == 3


def test_what_is_read_in_a_place_to_be_ignored_counts_for_neither() -> None:
    seal = line("인", 320, 40, 60, ignore=True)
    kept, seen = fair(page(*TRUTH.lines, seal), page(*TRUTH.lines, line("印", 325, 42, 40)))
    assert [each.text for each in kept.lines] == [each.text for each in TRUTH.lines]
    assert edits_without_order(kept, seen) == 0


def test_a_line_below_a_seal_still_counts() -> None:
    name = line("홍길동", 200, 40)
    _, seen = fair(page(name, line("인", 180, 30, 200, ignore=True)), page(name))
    assert [each.text for each in seen.lines] == ["홍길동"]
