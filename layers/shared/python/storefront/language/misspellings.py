"""Whether a text is a product's name with a slip of the finger in it, and nothing else.

Sure enough to quote by: a homophone of a whole Han name (鳳黎酥), one slip in a longer word that begins rightly
(pinapple, パイナプルケーキ), a tone mark left out (อูหลง). What could be another thing's name stays a question: 鳳凰酥
is no 鳳梨酥, a bun cake no sun cake, grass no glass.
"""

import re
from typing import Final

from storefront.language.sounds import sound_alike

LEAST_HAN: Final = 3  # 被子 sounds like 杯子, and is a quilt
_LEAST_LETTERS: Final = 6
_LEAST_OTHER: Final = 5
_TWO_SLIPS: Final = 10
_HAN: Final = re.compile("[\u3400-\u9fff]+")
# Characters that look the same in many typefaces, and that phones offer side by side.
_LOOKS_LIKE: Final = str.maketrans(
    "力口夕二工卜ソツ一ァィゥェォャュョッ", "カロタニエトンシーアイウエオヤユヨツ"
)


def is_misspelt(written: str, name: str) -> bool:
    """Whether folded words `written` are the folded `name` with a slip in it; neither is empty."""
    if _HAN.fullmatch(written) and _HAN.fullmatch(name):
        return len(name) >= LEAST_HAN and sound_alike(written, name)
    if written.isascii() and name.isascii():
        return _words_alike(written.split(), name.split())
    left = written.replace(" ", "").translate(_LOOKS_LIKE)
    right = name.replace(" ", "").translate(_LOOKS_LIKE)
    if left == right:
        return True
    allowed = 2 if len(right) >= _TWO_SLIPS else 1
    return len(right) >= _LEAST_OTHER and left[0] == right[0] and slips(left, right, allowed) <= allowed


def _words_alike(written: list[str], name: list[str]) -> bool:
    if len(written) != len(name) or sum(map(len, name)) < _LEAST_LETTERS:
        return False
    return all(
        _word_alike(_singular(left), _singular(right)) for left, right in zip(written, name, strict=True)
    )


def _word_alike(written: str, word: str) -> bool:
    if written == word:
        return True
    longer = max(len(written), len(word))
    if written[:1] != word[:1]:
        return False
    if sorted(written) == sorted(word):
        return slips(written, word, 1) <= 1
    allowed = 0 if longer < _LEAST_OTHER else 1 if longer < _TWO_SLIPS - 2 else 2
    return slips(written, word, allowed) <= allowed


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def slips(left: str, right: str, most: int) -> int:
    """Letters put in, left out, changed or swapped with their neighbour between two texts; above `most`, most + 1."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for down, letter in enumerate(left, 1):
        before, above, row = row, before, [down]
        for across, other in enumerate(right, 1):
            cost = min(before[across] + 1, row[across - 1] + 1, before[across - 1] + (letter != other))
            swapped = down > 1 and across > 1 and letter == right[across - 2] and left[down - 2] == other
            row.append(min(cost, above[across - 2] + 1) if swapped else cost)
        if min(row) > most:
            return most + 1
    return row[-1]
