"""Fields: among digits a look-alike of a digit is a digit, which no model of a language's letters can know."""

from __future__ import annotations

from collections.abc import Callable, Sequence

ZEROS, ONES = "Oo", "Il|"
_JOINTS = ".,:/-"  # what stands between the digits of one number


def among_digits(characters: Sequence[str], possible: Callable[[int, str], bool]) -> list[str]:
    """The characters with each O that must be a zero, and I, l or | that must be a one, changed to it.

    That is in a word with two digits or more, and no fewer than other letters, where a run of zeros and Os has a digit
    on its right, or one on its left and no letter on its right; a one has digits on both sides. `possible(number,
    digit)` says whether the picture allows it there.
    """
    changed = list(characters)
    if all(each not in ZEROS + ONES for each in characters):
        return changed
    start = 0
    for end in range(len(characters) + 1):
        if end < len(characters) and characters[end] != " ":
            continue
        word = characters[start:end]
        for number, digit in _certain(word):
            if possible(start + number, digit):
                changed[start + number] = digit
        start = end + 1
    return changed


def _certain(word: Sequence[str]) -> list[tuple[int, str]]:
    """The places in a word that must hold a digit, and which."""
    digits = sum(each.isdecimal() for each in word)
    if digits < 2 or all(each not in ZEROS + ONES for each in word):
        return []
    runs = [number for number, each in enumerate(word) if each in ZEROS and _in_number(word, number)]
    ones = [
        number
        for number, each in enumerate(word)
        if each in ONES and 0 < number < len(word) - 1 and word[number - 1].isdecimal() and word[number + 1].isdecimal()
    ]
    letters = sum(each.isalpha() for number, each in enumerate(word) if number not in runs and number not in ones)
    return [] if letters > digits else [(each, "0") for each in runs] + [(each, "1") for each in ones]


def _in_number(word: Sequence[str], number: int) -> bool:
    left, right = number, number
    while left >= 0 and (word[left] in ZEROS or word[left] == "0"):
        left -= 1
    while right < len(word) and (word[right] in ZEROS or word[right] == "0"):
        right += 1
    after = word[right] if right < len(word) else ""
    if after.isdecimal():
        return True
    if after.isalpha():
        return False
    before = word[left] if left >= 0 else ""
    if before in _JOINTS and left > 0:
        before = word[left - 1]
    return before.isdecimal()
