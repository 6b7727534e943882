"""How Han characters sound: the typing errors of people who type by sound, as most do in Taiwan, are homophones.

`readings.txt` has a line for each syllable of Mandarin, without its tone, with the characters that are read so
(Unihan's readings of the 5,401 frequent characters of Big5, in the form that `fold` gives). It is read when the first
unknown word turns up, so a shop whose customers type well never pays for it.
"""

from functools import cache
from pathlib import Path
from typing import Final

_READINGS: Final = Path(__file__).with_name("readings.txt")


def sound_alike(left: str, right: str) -> bool:
    """Whether two folded texts of the same length are read the same, character by character, tones aside."""
    return len(left) == len(right) and all(map(_same_sound, left, right))


def syllables_of(character: str) -> tuple[str, ...]:
    """How a folded Han character may be read, without tones; nothing for a character that is rare."""
    return _readings().get(character, ())


def _same_sound(left: str, right: str) -> bool:
    if left == right:
        return True
    theirs = syllables_of(right)
    return any(syllable in theirs for syllable in syllables_of(left))


@cache
def _readings() -> dict[str, tuple[str, ...]]:
    readings: dict[str, tuple[str, ...]] = {}
    for line in _READINGS.read_text(encoding="utf-8").splitlines():
        syllable, _, characters = line.partition(" ")
        for character in characters:
            readings[character] = (*readings.get(character, ()), syllable)
    return readings
