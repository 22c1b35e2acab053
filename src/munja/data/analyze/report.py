"""The report of an analysis: one HTML file with its plots and pictures inside, that asks no host for anything."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from string import Template

import cv2
import numpy as np

from munja.core.errors import MunjaError
from munja.data.analyze.measure import MEASURES, Value
from munja.data.analyze.plots import COLOURS, bars, histogram, number
from munja.data.analyze.sampling import Drawn
from munja.data.analyze.statistics import EXTREMES_OF, WHOLE, Difference, Statistics, differences, imbalance, quantiles
from munja.data.convert.parse import bounds
from munja.data.sample import Sample
from munja.imaging.image import frames

_SMALL_TEXT = 12  # px, below which readers lose characters
_BLURRED = 3.0  # px of edge width
_PALE = 40  # greys of contrast
_THUMBNAIL = (210, 110)
_SHOWN_CHARACTERS = 400


def to_html(title: str, drawn: Sequence[Drawn], statistics: Statistics) -> str:
    """The whole report."""
    template = Template((files("munja.data.analyze") / "report.html").read_text(encoding="utf-8"))
    sides = [side for side, _ in statistics.sides.most_common(COLOURS)]
    different = differences(statistics, {key: each.name for key, each in MEASURES.items()})
    return template.substitute(
        title=escape(title),
        drawn=" ".join(map(_drawn, drawn)),
        tiles="".join(_tiles(drawn, statistics)),
        findings=_list(list(standing_out(statistics)), "Nothing unusual."),
        differences=_differences(different, sides),
        legend="".join(f'<span class="key s{i}"></span>{escape(side)}' for i, side in enumerate(sides)) + "<br>"
        if len(sides) > 1
        else "",
        plots="".join(_plots(statistics, sides)),
        bars="".join(_bars(statistics)),
        characters=_characters(statistics),
        extremes="".join(_extremes(statistics)),
        failures=_failures(statistics, drawn),
    )  # fmt: skip


def standing_out(statistics: Statistics) -> Iterator[str]:
    """Sentences on what a person should know before training on the set."""
    heights = statistics.values("text_height")
    if len(heights) and (share := float((heights < _SMALL_TEXT).mean())) > 0.01:
        yield f"{share:.1%} of the lines are lower than {_SMALL_TEXT} px."
    edges, contrasts = statistics.values("edge"), statistics.values("contrast")
    reads = statistics.kinds["page"] + statistics.kinds["text"] > 0
    if reads and len(edges) and (share := float((edges > _BLURRED).mean())) > 0.05:
        yield f"{share:.1%} of the pictures are blurred: their sharpest edges are wider than {_BLURRED:g} px."
    if len(contrasts) and (share := float((contrasts < _PALE).mean())) > 0.02:
        yield f"{share:.1%} of the pictures have little contrast: less than {_PALE} greys."
    lengths = statistics.values("length")
    if len(lengths) > 20:
        half, most = quantiles(lengths, 0.5, 0.999)
        if most > 8 * max(half, 1):
            yield f"A few texts are very long: the median has {half:.0f} characters, one in a thousand {most:.0f}."
    yield from _on_texts(statistics)
    for name, counts in [("Classes", sum(statistics.labels.values(), Counter[str]()))]:
        if len(counts) > 1 and imbalance(counts) > 3:
            most_, least = counts.most_common()[0], counts.most_common()[-1]
            yield f"{name} are unbalanced: {most_[0]} {most_[1]:,} times, {least[0]} {least[1]:,} times."
    if statistics.failures:
        yield f"{len(statistics.failures):,} of the drawn samples could not be read; they are listed at the end."


def _on_texts(statistics: Statistics) -> Iterator[str]:
    characters = statistics.all_characters()
    total = characters.total()
    if total < 500:
        return
    upper = sum(count for each, count in characters.items() if each.isupper())
    lower = sum(count for each, count in characters.items() if each.islower())
    if upper + lower > 0.2 * total and min(upper, lower) < 0.005 * (upper + lower):
        yield f"Texts are practically all {'upper' if upper > lower else 'lower'} case."
    once = [each for each, count in characters.items() if count <= 2]
    if once:
        yield f"{len(once)} of {len(characters)} characters occur no more than twice: {' '.join(sorted(once)[:40])}"
    marks = sum(count for each, count in characters.items() if not each.isalnum() and not each.isspace())
    if marks == 0:
        yield "There is no punctuation at all."


def _drawn(drawn: Drawn) -> str:
    return f"{escape(drawn.collection)}: {drawn.total:,} samples; drawn: {escape(drawn.way)}."


def _tiles(drawn: Sequence[Drawn], statistics: Statistics) -> Iterator[str]:
    characters = statistics.all_characters()
    facts = [
        (f"{sum(each.total for each in drawn):,}", "samples"),
        (f"{statistics.samples:,}", "looked at"),
        (", ".join(statistics.kinds) or "-", "kind"),
        (f"{len(statistics.values('length')):,}", "texts"),
        (f"{characters.total():,}", "characters"),
        (f"{len(characters):,}", "different characters"),
    ]
    for key in ("text_height", "length", "contrast"):
        values = statistics.values(key)
        if len(values):
            facts.append(
                (f"{number(float(np.median(values)))}", f"median {MEASURES[key].name.lower()}, {MEASURES[key].unit}")
            )
    return (
        f'<div class="tile"><b>{escape(value)}</b><span class="dim">{escape(name)}</span></div>'
        for value, name in facts
    )


def _list(sentences: Sequence[str], otherwise: str) -> str:
    if not sentences:
        return f"<p>{escape(otherwise)}</p>"
    return f'<ul class="findings">{"".join(f"<li>{escape(each)}</li>" for each in sentences)}</ul>'


def _differences(found: Sequence[Difference], sides: Sequence[str]) -> str:
    if len(sides) < 2:
        return ""
    rows = "".join(
        f"<tr><td>{escape(each.what)}</td><td>{escape(each.sides[0])} / {escape(each.sides[1])}</td>"
        f'<td class="number">{each.distance:.2f}</td><td>{escape(each.sentence)}</td></tr>'
        for each in found
    )
    table = f"<table><tr><th>What</th><th>Between</th><th>Distance</th><th></th></tr>{rows}</table>"
    note = "0: alike, 1: nothing in common. Listed where chance does not explain it."
    return f'<h2>How the splits differ</h2><p class="caption">{note}</p>' + (
        table if rows else "<p>They are alike.</p>"
    )


def _plots(statistics: Statistics, sides: Sequence[str]) -> Iterator[str]:
    for key, measure in MEASURES.items():
        values = statistics.values(key)
        if not len(values):
            continue
        groups = {side: statistics.values(key, side) for side in sides} if len(sides) > 1 else {WHOLE: values}
        low, half, high = (number(each) for each in quantiles(values, 0.05, 0.5, 0.95))
        plot = histogram(groups, measure.unit, logarithmic=measure.logarithmic)
        yield (
            f'<div class="card"><h3>{measure.name}</h3>{plot}<p class="caption">{escape(measure.meaning)}. '
            f"5 % below {low}, median {half}, 5 % above {high}.</p></div>"
        )


def _bars(statistics: Statistics) -> Iterator[str]:
    tables = [("Classes", sum(statistics.labels.values(), Counter[str]())), *sorted(statistics.attributes.items())]
    for name, counts in tables:
        if 1 < len(counts) <= 30:
            yield _card(name, bars(counts.most_common(16)))
    scripts = statistics.scripts()
    if scripts:
        shares = [(name, 100.0 * count / scripts.total()) for name, count in scripts.most_common(12)]
        yield _card("Writing systems", bars(shares, unit="%"), "of characters")
    if statistics.words >= 200 and statistics.languages:
        shares = [(name, 100.0 * count / statistics.words) for name, count in statistics.languages.most_common(7)]
        note = "share of words that are function words of a language: 20 to 40 % in running text, few in names"
        yield _card("Languages of Latin letters", bars(shares, unit="%"), note)
    if len(statistics.sides) > 1:
        yield _card("Splits", bars(statistics.sides.most_common(12)))


def _card(heading: str, inside: str, note: str = "") -> str:
    caption = f'<p class="caption">{escape(note)}</p>' if note else ""
    return f'<div class="card"><h3>{escape(heading)}</h3>{inside}{caption}</div>'


def _characters(statistics: Statistics) -> str:
    counts = statistics.all_characters().most_common()
    if not counts:
        return ""
    shown = "".join(
        f'<span title="U+{ord(each):04X}">{_visible(each)}<small>{count:,}</small></span>'
        for each, count in counts[:_SHOWN_CHARACTERS]
    )
    more = f"<p class='dim'>and {len(counts) - _SHOWN_CHARACTERS:,} more</p>" if len(counts) > _SHOWN_CHARACTERS else ""
    return f'<h2>Characters</h2><div class="characters">{shown}</div>{more}'


def _visible(character: str) -> str:
    shown = character.isprintable() and not character.isspace()
    return escape(character) if shown else f"U+{ord(character):04X}"


def _extremes(statistics: Statistics) -> Iterator[str]:
    words = {"text_height": ("lowest", "highest"), "aspect": ("tallest shape", "widest shape"),
             "contrast": ("palest", "strongest"), "edge": ("sharpest", "most blurred"),
             "brightness": ("darkest", "brightest"), "length": ("shortest texts", "longest texts"),
             "pitch": ("narrowest characters", "widest characters")}  # fmt: skip
    for key in EXTREMES_OF:
        for largest in (False, True):
            found = statistics.most_extreme(key, largest=largest)
            if found and float(np.ptp(statistics.values(key))) > 0.0:
                cards = "".join(
                    _figure(sample, f"{number(value.number)} {MEASURES[key].unit}", value) for value, sample in found
                )
                heading = f"{MEASURES[key].name}: {words[key][largest]}"
                yield f'<div class="card"><h3>{heading}</h3><div class="strip">{cards}</div></div>'
    rare = [
        each for each, count in reversed(statistics.all_characters().most_common()) if count <= 3 and not each.isspace()
    ]
    if rare:
        cards = "".join(_figure(statistics.rare[each], f"has {each!r} U+{ord(each):04X}") for each in rare[:8])
        yield f'<div class="card"><h3>Rare characters</h3><div class="strip">{cards}</div></div>'


def _figure(sample: Sample, said: str, value: Value | None = None) -> str:
    text = (value.text if value else "") or sample.text or sample.label or ""
    caption = "<br>".join(escape(each) for each in (said, text[:60], sample.name[-60:]) if each)
    try:
        image = next(iter(frames(sample.read()))).image
    except MunjaError as error:
        return f"<figure><figcaption>{caption}<br>{escape(str(error)[:100])}</figcaption></figure>"
    if value is not None and value.polygon:
        left, top, right, bottom = (round(each) for each in bounds(value.polygon))
        image = image[max(0, top - 4) : max(1, bottom + 4), max(0, left - 4) : max(1, right + 4)]
        if not image.size:
            return f"<figure><figcaption>{caption}<br>outside the picture</figcaption></figure>"
    scale = min(1.0, _THUMBNAIL[0] / image.shape[1], _THUMBNAIL[1] / image.shape[0])
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    _, content = cv2.imencode(".jpg", small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 82])
    source = base64.b64encode(content.tobytes()).decode()
    place = f'width="{size[0]}" height="{size[1]}" alt="{escape(text[:60])}"'
    return f'<figure><img src="data:image/jpeg;base64,{source}" {place}><figcaption>{caption}</figcaption></figure>'


def _failures(statistics: Statistics, drawn: Sequence[Drawn]) -> str:
    found = [*statistics.failures, *((each.where, each.reason) for part in drawn for each in part.report.dropped)]
    if not found:
        return ""
    rows = "".join(f"<tr><td>{escape(where)}</td><td>{escape(reason)}</td></tr>" for where, reason in found)
    return f"<h2>What could not be read</h2><table>{rows}</table>"
