"""A trade-off for people: a table, a Markdown page, and a plot of accuracy against time as a standalone SVG."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from html import escape
from pathlib import Path

from munja.core.artifact import write_atomically
from munja.core.errors import InputError
from munja.evaluate.tradeoff import Case, Contestant, Tradeoff
from munja.metrics.corpus import Figure

TITLES: dict[Case, str] = {"strict": "", "loose": ", any case"}
WIDTH, HEIGHT = 720, 440
LEFT, RIGHT, TOP, BOTTOM = 62, 24, 44, 52
LARGEST = 30.0  # radius in pixels of the recogniser with most parameters
SMALLEST = 3.0
COLOURS = ("#2563eb", "#d97706", "#059669", "#db2777", "#7c3aed", "#475569")
LETTER, LINE = 6.2, 15.0  # about the size of a character of the labels, in pixels
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#1f2937}.dim{fill:#6b7280;font-size:11px}.title{font-size:14px;"
    "font-weight:600}.axis{stroke:#9ca3af}.grid{stroke:#e5e7eb}.front{stroke:#6b7280;stroke-dasharray:4 4;fill:none}"
)
_Box = tuple[float, float, float, float]  # left, top, right, bottom


def write_tradeoff(found: Tradeoff, out: Path) -> Path:
    """Write compare.json, compare.md and compare.svg into a folder; gives back the path of the Markdown page."""
    files = {
        "compare.json": json.dumps(found.to_tree(), ensure_ascii=False, indent=1, allow_nan=False) + "\n",
        "compare.md": page(found),
        "compare.svg": plot(found.contestants, found.main),
    }
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            write_atomically(out / name, content.encode())
    except OSError as error:
        raise InputError(f"{out}: cannot be written ({error.strerror})") from error
    return out / "compare.md"


def table(found: Tradeoff) -> str:
    """The figures as a Markdown table, a row for each recogniser."""
    cases: Sequence[Case] = (found.main, *(case for case in TITLES if case != found.main))
    heads = ["recogniser"]
    heads += [f"{name}{TITLES[case]}" for case in cases for name in ("exact", "1-NED")]
    heads += ["ms per picture", "parameters", "MB"]
    rows = [heads, ["---", *["---:"] * (len(heads) - 1)]]
    for each in found.contestants:
        figures = [_shown(each.figure(case, name)) for case in cases for name in ("exact", "one_minus_ned")]
        size = [f"{each.mean_milliseconds:.2f}", _count(each.parameters), f"{each.megabytes:.2f}"]
        rows.append([each.name.replace("|", "\\|"), *figures, *size])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def page(found: Tradeoff) -> str:
    """The Markdown page: table, plot, comparisons, and how it was measured."""
    pictures, repeats = len(found.truth.items), found.repeats
    confidence = 100 * found.contestants[0].results[found.main].confidence
    best = f", the fastest of {repeats} readings of each" if repeats > 1 else ""
    parts = [
        f"# Recognisers on {pictures:,} pictures\n",
        table(found),
        "![accuracy against time](compare.svg)\n",
        "".join(f"- {each.sentence}\n" for each in found.comparisons),
        (
            f"Percent, with {confidence:g} % intervals. Exact: the whole text is right; 1-NED: one less the edit "
            "distance over the longer text, mean of pictures. Time: cutting, recognising and decoding a picture on one "
            f"thread ({found.engine}), mean of pictures{best}; the recognisers took turns. Parameters: numbers in the "
            "weights of the graph.\n"
        ),
        "".join(f"- problem: {each}\n" for each in found.problems),
    ]
    return "\n".join(part for part in parts if part)


def plot(contestants: Sequence[Contestant], case: Case) -> str:
    """Accuracy (exact) against mean time as an SVG; the area of a circle is the number of parameters."""
    across = _Scale([each.mean_milliseconds for each in contestants], LEFT, WIDTH - RIGHT, logarithmic=True)
    figures = [each.figure(case, "exact") for each in contestants]
    ends = [100.0 * value for each in figures for value in (each.value, each.low, each.high) if value is not None]
    up = _Scale(ends, HEIGHT - BOTTOM, TOP, logarithmic=False)
    radii = _radii(contestants)
    centres = [
        (across(each.mean_milliseconds), up(100.0 * (figure.value or 0.0)))
        for each, figure in zip(contestants, figures, strict=True)
    ]
    taken: list[_Box] = [(x - r, y - r, x + r, y + r) for (x, y), r in zip(centres, radii, strict=True)]
    taken += [
        (x - 4.0, up(100.0 * figure.high), x + 4.0, up(100.0 * figure.low))
        for (x, _), figure in zip(centres, figures, strict=True)
        if figure.low is not None and figure.high is not None
    ]
    most = _count(max(each.parameters for each in contestants))
    order = sorted(range(len(contestants)), key=lambda k: -radii[k])  # small circles lie on large ones
    parts = [_axes(across, up, f"exact{TITLES[case]}, %"), _front(centres)]
    parts += [_circle(contestants[k], figures[k], centres[k], radii[k], k, up) for k in order]
    parts += [
        _label(each.name, centre, radius, taken)
        for each, centre, radius in zip(contestants, centres, radii, strict=True)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img"><style>{STYLE}</style><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        f'<text class="title" x="{LEFT}" y="22">Accuracy against time</text>'
        f'<text class="dim" x="{LEFT}" y="37">area of a circle: parameters, {most} at most; bar: interval; dashed: '
        f"nothing else is both faster and better</text>{''.join(parts)}</svg>\n"
    )


class _Scale:
    """From values to pixels, with room around them."""

    def __init__(self, values: Sequence[float], start: float, end: float, *, logarithmic: bool) -> None:
        self._logarithmic, self._start, self._end = logarithmic, start, end
        places = [self._place(each) for each in values]
        room = max(0.12 * (max(places) - min(places)), 0.25 if logarithmic else 1.0)
        self._low, self._high = min(places) - room, max(places) + room

    def __call__(self, value: float) -> float:
        share = (self._place(value) - self._low) / (self._high - self._low)
        return self._start + (self._end - self._start) * share

    def _place(self, value: float) -> float:
        return math.log10(max(value, 1e-6)) if self._logarithmic else value

    def ticks(self) -> list[float]:
        """Round values within, four to ten of them."""
        if self._logarithmic:
            powers = range(math.floor(self._low), math.ceil(self._high) + 1)
            fine = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0) if self._high - self._low < 1.0 else (1.0, 2.0, 5.0)
            steps = [m * 10.0**p for p in powers for m in fine]
            return [each for each in steps if self._low <= math.log10(each) <= self._high]
        step = next(
            m * 10.0**p for p in range(-2, 3) for m in (1.0, 2.0, 5.0) if self._high - self._low <= 8.0 * m * 10.0**p
        )
        first = math.ceil(self._low / step)
        return [k * step for k in range(first, math.floor(self._high / step) + 1) if 0.0 <= k * step <= 100.0]


def _axes(across: _Scale, up: _Scale, title: str) -> str:
    parts = []
    for tick in up.ticks():
        y = up(tick)
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="dim" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>'
        )
    foot = HEIGHT - BOTTOM
    parts.append(f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{foot}" y2="{foot}"/>')
    for tick in across.ticks():
        x = across(tick)
        parts.append(
            f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{foot}" y2="{foot + 4}"/>'
            f'<text class="dim" x="{x:.1f}" y="{foot + 17}" text-anchor="middle">{tick:g}</text>'
        )
    middle = (TOP + foot) / 2
    parts.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">ms per picture, one thread '
        f'(logarithmic)</text><text x="16" y="{middle}" text-anchor="middle" transform="rotate(-90 16 {middle})">'
        f"{escape(title)}</text>"
    )
    return "".join(parts)


def _front(centres: Sequence[tuple[float, float]]) -> str:
    """A line through those that nothing else beats in both time and accuracy."""
    front: list[tuple[float, float]] = []
    for x, y in sorted(centres):  # from fast to slow; y grows downwards
        if not front or y < front[-1][1]:
            front.append((x, y))
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in front)
    return f'<polyline class="front" points="{points}"/>' if len(front) > 1 else ""


def _radii(contestants: Sequence[Contestant]) -> list[float]:
    most = max(max(each.parameters for each in contestants), 1)
    return [max(SMALLEST, LARGEST * math.sqrt(each.parameters / most)) for each in contestants]


def _circle(
    each: Contestant, figure: Figure, centre: tuple[float, float], radius: float, number: int, up: _Scale
) -> str:
    x, y = centre
    colour = COLOURS[number % len(COLOURS)]
    about = f"{each.name}: {_shown(figure)} %, {each.mean_milliseconds:.2f} ms, {_count(each.parameters)} parameters"
    bar = ""
    if figure.low is not None and figure.high is not None:
        bar = (
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{up(100 * figure.low):.1f}" y2="{up(100 * figure.high):.1f}" '
            f'stroke="{colour}" stroke-width="1.5"/>'
        )
    return (
        f'<g><title>{escape(about)}</title>{bar}<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}" '
        f'fill-opacity="0.3" stroke="{colour}"/><circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="{colour}"/></g>'
    )


def _label(name: str, centre: tuple[float, float], radius: float, taken: list[_Box]) -> str:
    """The name beside its circle, where the least of it covers anything else; its place is added to those taken."""
    shown = name if len(name) <= 34 else f"{name[:16]}…{name[-16:]}"
    width, (x, y) = LETTER * len(shown), centre
    beside = radius + 5.0
    places = [
        (x + dx if dx >= 0 else x + dx - width, y + dy)
        for dy in (4.0, -LINE, LINE + 4.0, -2 * LINE, 2 * LINE + 4.0)
        for dx in (beside, -beside)
    ]
    places += [(x - width / 2, y - radius - 5.0), (x - width / 2, y + radius + LINE)]
    boxes = [(left, base - 11.0, left + width, base + 4.0) for left, base in places]
    number = min(
        range(len(boxes)), key=lambda k: (_outside(boxes[k]) + sum(_shared(boxes[k], each) for each in taken), k)
    )
    taken.append(boxes[number])
    left, base = places[number]
    return f'<text x="{left:.1f}" y="{base:.1f}">{escape(shown)}</text>'


def _shared(first: _Box, second: _Box) -> float:
    """The area that two boxes share."""
    wide = min(first[2], second[2]) - max(first[0], second[0])
    high = min(first[3], second[3]) - max(first[1], second[1])
    return max(wide, 0.0) * max(high, 0.0)


def _outside(box: _Box) -> float:
    """How far a box is outside the plot: more than any overlap."""
    over = max(LEFT - box[0], box[2] - WIDTH + 4.0, TOP - box[1], box[3] - HEIGHT + BOTTOM, 0.0)
    return 1e4 * over


def _shown(figure: Figure) -> str:
    if figure.value is None:
        return "-"
    value = f"{100 * figure.value:.1f}"
    if figure.low is None or figure.high is None:
        return value
    return f"{value} ({100 * figure.low:.1f} to {100 * figure.high:.1f})"


def _count(number: int) -> str:
    return f"{number / 1e6:.2f} M" if number >= 1e6 else f"{number / 1e3:.0f} k" if number >= 1e3 else str(number)
