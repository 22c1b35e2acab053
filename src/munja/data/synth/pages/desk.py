"""Desk: what every layout of a page works with: faces, texts in the page's language, and a column to set them in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from munja.data.synth import patterns
from munja.data.synth.atlas import CAPITAL
from munja.data.synth.lines import Faces
from munja.data.synth.pages.sheet import SetText, Sheet, Style, Typesetter
from munja.data.synth.text import TextSource, load_corpora
from munja.data.synth.vocabulary import words

# Heights of a capital between columns at least: justified words part by up to 1.1, and a detector must tell both apart.
COLUMN_GAP = 1.4
_ENGLISH = {
    "item": ("receipt", "receipt", "random_words", "quantities", "codes"),
    "label": ("receipt", "receipt", "names", "random_words"),
    "value": ("codes", "dates", "phones", "names", "money", "times", "quantities"),
    "heading": ("names", "addresses", "receipt", "random_words"),
    "address": ("addresses", "addresses", "phones", "web", "codes", "names"),
    "price": ("money",),
    "mixed": ("receipt", "codes", "quantities", "web", "dates", "names"),
}
_KOREAN = {
    "item": ("korean_receipt", "korean_receipt", "random_syllables", "receipt", "quantities"),
    "label": ("korean_receipt", "korean_receipt", "korean_names", "random_syllables"),
    "value": ("codes", "korean_dates", "phones", "korean_names", "korean_amounts", "times", "korean_addresses"),
    "heading": ("korean_names", "korean_addresses", "korean_receipt", "random_syllables"),
    "address": ("korean_addresses", "korean_addresses", "phones", "web", "codes", "korean_names"),
    "price": ("korean_amounts", "korean_amounts", "money"),
    "mixed": ("korean_receipt", "codes", "quantities", "web", "korean_dates", "rare_syllables"),
}

_INVENTED = ("random_words", "random_syllables", "rare_syllables")


def few_of(random: Random) -> str:
    """How many of something: mostly one digit."""
    if random.random() < 0.7:
        return str(random.choice((0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9)))
    return f"-{random.randint(1, 9)}" if random.random() < 0.2 else str(random.randint(10, 400))


class Copy:
    """The texts of one page: `korean` chooses the language, `capitals` sets everything in capitals.

    Without `invented` words every text is of a kind that stands on real pages.
    """

    def __init__(
        self, source: TextSource, corpora: str, *, korean: bool, capitals: bool, invented: bool = True
    ) -> None:
        self.korean = korean
        self._source = source
        self._capitals = capitals
        self._invented = invented
        self._kinds = _KOREAN if korean else _ENGLISH
        if not invented:
            self._kinds = {
                role: tuple(each for each in kinds if each not in _INVENTED) for role, kinds in self._kinds.items()
            }
        store = load_corpora(corpora)
        self._running = store.korean if korean else store.english

    def one(self, random: Random, role: str) -> str:
        """A text for a role: item, label, value, heading, address, price, mixed."""
        text = patterns.draw(random, random.choice(self._kinds[role]))
        if role in ("item", "label", "heading") and not self.korean:
            chance = random.random()
            text = text.title() if chance < 0.45 else text.capitalize() if chance < 0.7 else text
        return text.upper() if self._capitals else text

    def of(self, random: Random, kind: str) -> str:
        """A text of a kind of patterns.toml, in Korean of that which begins with korean_."""
        text = patterns.draw(random, f"korean_{kind}" if self.korean else kind)
        return text.upper() if self._capitals else text

    def running(self, random: Random, length: int) -> str:
        """Running words of about `length` characters; now and then something else stands among them."""
        if random.random() < 0.06 and self._invented:
            return self._source.draw(random, length, length + 4)
        start = random.randrange(max(1, len(self._running) - length))
        kept, size = [], -1
        for word in self._running[start : start + max(2, length // 2)]:
            if size + 1 + len(word) > length:
                break
            kept.append(word)
            size += 1 + len(word)
        text = " ".join(kept) or self._running[start][:length]
        return text.upper() if self._capitals else text

    def words(self, random: Random, count: int) -> str:
        """A few words, as titles and buttons have them."""
        return self.running(random, count * (4 if self.korean else 7))


@dataclass(frozen=True, slots=True)
class Desk:
    """Faces, texts and typesetter of one page."""

    typesetter: Typesetter
    faces: Faces
    copy: Copy
    size: float  # pixels of a capital in the page's running text
    least: float = 0.0  # and in its smallest print

    def face(self, random: Random) -> int:
        """A face by weight that suits the page's language."""
        return self.faces.in_language(random, korean=self.copy.korean)

    def style(self, random: Random, *, size: float = 0.0) -> Style:
        """A face and how wide it is set."""
        stretch = min(max(random.gauss(1.0, 0.1), 0.75), 1.4)
        tracking = max(-0.02, random.gauss(0.0, 0.02)) if random.random() < 0.8 else random.uniform(0.0, 0.15)
        return Style(self.face(random), size or self.size, stretch, tracking)


@dataclass(slots=True)
class Column:
    """A column of a sheet between x0 and x1 that is filled from y downwards, a row at a time."""

    sheet: Sheet
    desk: Desk
    random: Random
    style: Style
    x0: float
    x1: float
    y: float  # the top of the next row
    pitch: float  # from row to row, in heights of a capital
    level: int = -1

    @property
    def shown(self) -> bool:
        """Whether the next row may reach into the sheet."""
        return self.y + 4 * self.style.size > 0

    @property
    def full(self) -> bool:
        """Whether the sheet ends here."""
        return self.y > self.sheet.bottom - (0.0 if self.sheet.area is None else 1.5 * self.style.size)

    def down(self, rows: float = 1.0, style: Style | None = None) -> None:
        """Go on by so many rows."""
        self.y += rows * self.pitch * (style or self.style).size

    def baseline(self, style: Style | None = None) -> float:
        """The baseline of the row that begins at y."""
        size = (style or self.style).size
        return self.y + 0.5 * (self.pitch + 1) * size

    def put(
        self, text: str, x: float, *, align: str = "l", room: float = 0.0, style: Style | None = None,
        labelled: bool = True,
    ) -> SetText | None:  # fmt: skip
        """Write into the row with the text's left end (l), middle (c) or right end (r) at x."""
        style = style or self.style
        if not self.shown or not text:
            return None
        line = self.desk.typesetter.fitted(text, style, room or self.x1 - self.x0)
        if line is None:
            return None
        x -= {"l": 0.0, "c": 0.5, "r": 1.0}[align] * line.width
        self.sheet.write(line, x, self.baseline(style), level=self.level, labelled=labelled)
        return line

    def row(self, text: str, *, align: str = "l", style: Style | None = None, labelled: bool = True) -> None:
        """One row of text, and go on below it."""
        x = {"l": self.x0, "c": 0.5 * (self.x0 + self.x1), "r": self.x1}[align]
        self.put(text, x, align=align, style=style, labelled=labelled)
        self.down(1, style)

    def spread(
        self, text: str, x0: float, x1: float, *, most: float = 2.6, style: Style | None = None
    ) -> SetText | None:
        """Write a short text with its letters set apart so that it fills x0 to x1, as labels of forms do.

        The letters part by `most` heights of a capital at most, and no more where a single gap would look like that of
        two columns; what is too long to be set apart is written as it is.
        """
        style = style or self.style
        line = self.desk.typesetter.set(text.replace(" ", ""), replace(style, tracking=0.0))
        gaps = len(line.text) - 1 if line is not None else 0
        if line is None or gaps < 1 or gaps > 7 or line.width > x1 - x0:
            return self.put(text, x0, room=x1 - x0, style=style)
        tracking = min((x1 - x0 - line.width) / gaps / line.scale_x / CAPITAL, most if gaps > 1 else min(most, 2.2))
        style = replace(style, tracking=tracking)
        return self.put(line.text, x0, room=x1 - x0 + style.size, style=style)

    def pair(self, first: str, second: str, *, style: Style | None = None) -> None:
        """A text at the left end and one at the right end of a row."""
        style, before = style or self.style, len(self.sheet.lines)
        line = self.put(second, self.x1, align="r", room=0.45 * (self.x1 - self.x0), style=style)
        taken = (line.width if line else 0.0) + COLUMN_GAP * style.size
        self.put(first, self.x0, room=max(3 * style.size, self.x1 - self.x0 - taken), style=style)
        self.sheet.in_rows(before)
        self.down(1, style)

    def larger(self, factor: float, **changes: float) -> Style:
        """The column's style at another size, but no smaller than the smallest print of the page."""
        return replace(self.style, size=max(self.style.size * factor, self.desk.least), **changes)  # type: ignore[arg-type]

    def characters(self, style: Style | None = None) -> int:
        """About how many characters fit into a row."""
        style = style or self.style
        wide = 1.2 if self.desk.copy.korean else 0.78
        return max(2, int((self.x1 - self.x0) / (wide * style.size * style.stretch)))


def letter_spaced(random: Random, korean: bool) -> str:
    """A title of one word, for setting with wide gaps between its letters."""
    return random.choice(words("korean_receipt" if korean else "receipt")).replace(" ", "")
