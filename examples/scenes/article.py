"""A page of a magazine: one heading over two justified columns, cleanly scanned."""

from __future__ import annotations

import numpy as np

from scenes.camera import OVERSAMPLE, Picture, view_by_turn
from scenes.fonts import font
from scenes.scanner import scan
from scenes.sheet import Sheet, break_rows

WIDTH, HEIGHT = 1000, 1400  # pixels of the picture; 121 dpi on A4, so that 18 pixels are 10.7 point
S = OVERSAMPLE  # pixels of the sheet per pixel of the picture

TITLE = "The Lamp Keepers of Orrin Bay"
DECK = "How forty years of weather, written down by hand, found their readers at last"

TEXT = (
    "On the shelf above the stove in the old keeper's house at Orrin Bay stand sixty-one books bound in green cloth. "
    "Every evening from 1911 to 1952 somebody sat down at the table below them, cleaned a steel pen, and wrote how "
    "the wind stood, how far one could see, and which ships had passed.",
    "Nobody meant these books for science. The harbour office wanted to know when oil had been burnt, and a storm was "
    "a good reason to burn more of it. Yet the keepers wrote a great deal that no office had asked for: the first "
    "swallows, the ice on the inner pond, the smell of peat smoke when the wind came off the land.",
    "#A box of forty thousand rows",
    "When the light was given over to a machine, the books went into a box and the box went into the cellar of the "
    "town hall. There Ines Calloway found it two years ago, while she was looking for a leaking pipe. \"I opened one "
    "in the middle,\" she says, \"and it was the day on which my grandmother was born. Wind north by east, light snow, "
    "two colliers at anchor.\"",
    "She counted the rows on ten pages and guessed the rest: about forty thousand. To copy them by hand at one row "
    "a minute would take a patient person four months of full days. The town had no such person. It had a flatbed "
    "scanner, a borrowed laptop and a school class with a free afternoon each week.",
    "#What the pupils learned",
    "The class began with the clean pages. A program found the lines, read them, and told how sure it was of each "
    "word. The pupils looked at the doubtful ones only. In the first week they put right one word in nine, in the "
    "sixth one in fifty, because every corrected page was given back to the program to learn from.",
    "The errors were instructive. One keeper crossed his sevens and another did not. A third wrote \"calm\" so flat "
    "that it looked like a ruled line. The pupils soon knew the writers by their habits, long before they had learned "
    "their names from the pay lists.",
    "They also learned to distrust a number that looks right. A pressure of 29.3 inches is common; 23.9 has never "
    "been seen at sea level anywhere. So they wrote down, for each column, what could be true, and let the program "
    "mark what could not.",
    "Some rows stay dark. In the autumn of 1934 the ink froze twice, and the keeper went on in pencil, which has "
    "since rubbed off on the facing page. For such rows the class agreed on a rule: what nobody can read is marked as "
    "unread, and never guessed. There are 212 of them.",
    "#Letters from two sides",
    "Word of the work got about. A retired pilot from the south shore sent a photograph of the second keeper, a tall "
    "man with a dog. The weather service asked for the pressures and gave a barometer in return, which now hangs in "
    "the corridor beside the chemistry room and is tapped by everyone who passes.",
    "The finest letter came from a bird watcher. She had taken the dates of the first swallows, forty-one of them, "
    "and had set her own beside them. In her youth the birds came, as they had for the keepers, in the last days of "
    "April. Now they come on the ninth, give or take a week. \"I had always felt it,\" she wrote. \"I did not know "
    "that somebody had kept the proof above a stove.\"",
    "Calloway has pinned the letter to the wall of her office. Next to it hangs the plan of the leaking pipe, which "
    "was mended long ago.",
    "#A curve at the end",
    "In June the class hung a strip of paper around all four walls of the gym. On it ran the temperature of "
    "Orrin Bay through forty-one winters, and below it in small print the words of the keepers. Visitors walked "
    "along the wall slowly, stopped at the years they knew, and read.",
    "The books are upstairs again now, above the stove. The table is still there too, and beside the pen lies a new "
    "book. On its first page somebody has written: wind south-west, fresh, the bay clear to the islands. One ferry.",
)  # fmt: skip


def typeset() -> Sheet:
    """The page at twice the size of the picture."""
    sheet = Sheet(WIDTH * S, HEIGHT * S)
    left, right = 88 * S, (WIDTH - 88) * S
    gutter = 36 * S
    column = (right - left - gutter) / 2
    small, body = font("LiberationSans-Regular", 14 * S), font("LiberationSerif-Regular", 18 * S)
    sheet.write("THE COASTAL REVIEW", left, 74 * S, small, tracking=1.5 * S)
    sheet.write("Spring issue", right, 74 * S, small, align="right")
    sheet.draw.rectangle((left, 86 * S, right, 87 * S), fill="black")
    sheet.write(TITLE, left, 152 * S, font("LiberationSerif-Bold", 54 * S))
    sheet.write(DECK, left, 190 * S, font("LiberationSerif-Italic", 23 * S))
    sheet.write("By Maren Tolliver", left, 222 * S, small)
    top, bottom, leading = 268 * S, 1290 * S, 24 * S
    x, y = float(left), float(top)
    for paragraph in TEXT:
        heading = paragraph.startswith("#")
        face = font("LiberationSans-Bold", 17 * S) if heading else body
        rows = break_rows(paragraph.removeprefix("#"), face, column)
        if heading:
            y += leading * 0.5
        for row in rows:
            # A heading never stands alone at the foot of a column.
            if y + (2 * leading if heading else 0) > bottom and x == left:
                x, y = left + column + gutter, float(top)
            blanks = row.count(" ")
            last = row is rows[-1]
            sheet.write(row, x, y, face, stretch=0.0 if last else (column - face.getlength(row)) / blanks)
            y += leading
        y += leading * (0.2 if heading else 0.3)
    sheet.write("27", WIDTH * S / 2, 1350 * S, small, align="centre")
    return sheet


def draw(seed: int) -> Picture:
    """The article, 1000 x 1400."""
    generator = np.random.default_rng(seed)
    sheet = typeset()
    view = view_by_turn(sheet.image.size, WIDTH, HEIGHT, degrees=0.0, scale=1 / S)
    pixels = scan(sheet, view, generator, white=255.0, grain=1.0, wear=0.01, step=12)
    return Picture(pixels, view.page(sheet.lines, source="two_columns.png"))
