"""Plots as SVG that a browser shows without any library: histograms by side, bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 420, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 8, 10, 34
MOST_BINS, LEAST_BINS = 48, 12
COLOURS = 6  # classes s0 to s5 of the style sheet


def histogram(groups: Mapping[str, NDArray[np.float64]], unit: str, *, logarithmic: bool) -> str:
    """The distributions of one measure, one outline for each group, each scaled to its own whole."""
    groups = {name: each for name, each in groups.items() if len(each)}
    if not groups:
        return ""
    every = np.concatenate(list(groups.values()))
    logarithmic = logarithmic and float(every.min()) > 0 and float(every.max()) > 3 * float(every.min())
    scale = np.log10 if logarithmic else np.asarray
    low, high = (float(each) for each in (scale(every).min(), scale(every).max()))
    ticks = _ticks(low, high, logarithmic=logarithmic) if high - low > 1e-9 else [float(every[0])]
    if high - low <= 1e-9:
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, min(MOST_BINS, max(LEAST_BINS, 2 * round(float(np.sqrt(len(every)))))) + 1)
    shares = {name: np.histogram(scale(each), edges)[0] / len(each) for name, each in groups.items()}
    top = max(float(each.max()) for each in shares.values())
    parts = [_axis(low, high, ticks, unit, logarithmic=logarithmic)]
    for i, (name, share) in enumerate(shares.items()):
        parts.append(_outline(share, top, f"s{i % COLOURS}", name, edges, groups[name], logarithmic=logarithmic))
    return _svg(WIDTH, HEIGHT, "".join(parts))


def bars(counts: Sequence[tuple[str, float]], *, unit: str = "", least: int = 1) -> str:
    """Horizontal bars with their names and numbers."""
    top = max((count for _, count in counts), default=0) or least
    row, label = 18, 150
    parts = []
    for i, (name, count) in enumerate(counts):
        y, length = i * row, (WIDTH - label - 90) * count / top
        shown = name if len(name) <= 22 else name[:20] + "…"
        number = f"{count:,.0f}{unit}" if unit != "%" else f"{count:.1f} %"
        parts.append(
            f'<g><title>{escape(name)}: {number}</title><text x="{label - 6}" y="{y + 13}" text-anchor="end">'
            f'{escape(shown)}</text><rect class="s0 bar" x="{label}" y="{y + 3}" width="{max(1.0, length):.1f}" '
            f'height="12" rx="2"/><text class="dim" x="{label + length + 6:.1f}" y="{y + 13}">{number}</text></g>'
        )
    return _svg(WIDTH, max(row, len(counts) * row), "".join(parts))


def _outline(
    share: NDArray[np.float64], top: float, style: str, name: str, edges: NDArray[np.float64],
    values: NDArray[np.float64], *, logarithmic: bool,
) -> str:  # fmt: skip
    xs = _LEFT + (WIDTH - _LEFT - _RIGHT) * np.linspace(0.0, 1.0, len(share) + 1)
    ys = HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * share / top
    path = f"M{xs[0]:.1f},{HEIGHT - _BOTTOM}"
    for i, y in enumerate(ys):
        path += f"L{xs[i]:.1f},{y:.1f}L{xs[i + 1]:.1f},{y:.1f}"
    path += f"L{xs[-1]:.1f},{HEIGHT - _BOTTOM}"
    median = float(np.median(values))
    at = float(np.log10(median)) if logarithmic else median
    x = _LEFT + (WIDTH - _LEFT - _RIGHT) * (at - edges[0]) / (edges[-1] - edges[0])
    return (
        f'<g class="{style}"><title>{escape(name)}: median {number(median)}</title><path class="area" d="{path}"/>'
        f'<line class="median" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{HEIGHT - _BOTTOM}"/></g>'
    )


def _axis(low: float, high: float, ticks: Sequence[float], unit: str, *, logarithmic: bool) -> str:
    parts = [f'<line class="axis" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{HEIGHT - _BOTTOM}" y2="{HEIGHT - _BOTTOM}"/>']
    for tick in ticks:
        place = float(np.log10(tick)) if logarithmic else tick
        x = _LEFT + (WIDTH - _LEFT - _RIGHT) * (place - low) / (high - low)
        anchor = "start" if x < 20 else "end" if x > WIDTH - 20 else "middle"
        parts.append(
            f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{HEIGHT - _BOTTOM}" y2="{HEIGHT - _BOTTOM + 4}"/>'
            f'<text class="dim" x="{x:.1f}" y="{HEIGHT - _BOTTOM + 15}" text-anchor="{anchor}">{number(tick)}</text>'
        )
    note = " (logarithmic)" if logarithmic else ""
    parts.append(f'<text class="dim" x="{WIDTH / 2}" y="{HEIGHT - 4}" text-anchor="middle">{escape(unit)}{note}</text>')
    return "".join(parts)


def _ticks(low: float, high: float, *, logarithmic: bool) -> list[float]:
    if logarithmic:
        steps: tuple[float, ...] = (1.0, 2.0, 5.0) if high - low < 2.5 else (1.0,)
        powers = range(int(np.floor(low)) - 1, int(np.ceil(high)) + 1)
        return [m * 10.0**p for p in powers for m in steps if low - 1e-9 <= np.log10(m * 10.0**p) <= high + 1e-9]
    raw = (high - low) / 5
    size = 10.0 ** np.floor(np.log10(raw))
    step = float(size * min((1, 2, 5, 10), key=lambda each: abs(each * size - raw)))
    first = float(np.ceil(low / step) * step)
    return [first + i * step for i in range(int((high - first) / step + 1e-9) + 1)]


def number(value: float) -> str:
    """A number with three digits that count."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _svg(width: int, height: int, inside: str) -> str:
    return f'<svg viewBox="0 0 {width} {height}" role="img">{inside}</svg>'
