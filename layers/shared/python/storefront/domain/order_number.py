"""The order number that a customer sees, writes down and types back: `A7K3Q-9XM2T`.

Nine random characters of Crockford's base 32 and one check character, in two halves. The check is a
weighted sum in the field of 32 elements: each position has its own weight, a different power of the
field's generator. Because the weights are all different and the field has no zero divisors, every
single wrong character and every swap of two characters (adjacent or not) is noticed; a sum modulo 31 or
32 could not promise both for 32 characters.

A number is issued only when it holds a digit and a letter, so that neither a phone number nor an
English word of ten letters can ever be one.
"""

import re
from dataclasses import dataclass

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_BITS = 45

_VALUES = {character: value for value, character in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_FIELD_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1: primitive, so its root has order 31 and ten different powers
_OFFSET = 11  # so that a row of zeros is not a valid number
_SEARCH_LIMIT = 5_000

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－ー﹣"), "-")
_INVISIBLE = dict.fromkeys((0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_TO_ASCII = {**_FULL_WIDTH, **_DASHES, **_INVISIBLE}

_WRITTEN = re.compile(r"(?<![0-9A-Za-z_-])([0-9A-Za-z]{5})(-?)([0-9A-Za-z]{5})(?![0-9A-Za-z_]|-[0-9A-Za-z])")


@dataclass(frozen=True)
class OrderNumberMention:
    """Something in a text that is an order number, or that somebody meant as one.

    `valid` is False for the right shape with a wrong check character: most likely a typing error.
    `number` is in the written form in both cases; `start` and `end` are places in the text that was
    searched.
    """

    number: str
    valid: bool
    start: int
    end: int


def new_order_number(random_bits: int) -> str:
    """The order number of 45 random bits.

    One value in forty has no digit or no letter in it; the next value that has both stands in for it, so two
    random values can give one number: whoever stores it does so on the condition that it is new.
    """
    bits = random_bits % (1 << RANDOM_BITS)
    while True:
        values = [bits >> shift & 31 for shift in range(RANDOM_BITS - 5, -1, -5)]
        number = "".join(ALPHABET[value] for value in (*values, _check_value(values)))
        if _is_mixed(number):
            return f"{number[:5]}-{number[5:]}"
        bits = (bits + 1) % (1 << RANDOM_BITS)


def parse_order_number(text: str) -> str | None:
    """The order number that this text is, in its written form; None unless it is exactly one, and right."""
    plain = text[:64].translate(_TO_ASCII).strip()
    match = _WRITTEN.fullmatch(plain)
    if match is None:
        return None
    number, valid = _read(match)
    return number if valid else None


def find_order_number(text: str) -> OrderNumberMention | None:
    """The first valid order number inside a text; failing that, the first with a slip in it."""
    return next(iter(find_order_numbers(text)), None)


def find_order_numbers(text: str) -> tuple[OrderNumberMention, ...]:
    """Every valid order number inside a text; if there is none, the first with a slip in it.

    Case, full-width forms, the hyphen, O for 0 and I or L for 1 do not matter. A run of letters or
    digits that goes on before or after it is something else.
    """
    plain, places = _plain(text[:_SEARCH_LIMIT])
    found: list[OrderNumberMention] = []
    slip: OrderNumberMention | None = None
    for match in _WRITTEN.finditer(plain):
        number, valid = _read(match)
        mention = OrderNumberMention(number, valid, places[match.start()], places[match.end() - 1] + 1)
        if valid:
            found.append(mention)
        elif slip is None and _looks_meant(match):
            slip = mention
    return tuple(found) or ((slip,) if slip is not None else ())


def _plain(text: str) -> tuple[str, list[int]]:
    """The text in ASCII where it can be, and for each character the place that it came from."""
    kept: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        plain = character if character.isascii() else character.translate(_TO_ASCII)
        if plain:
            kept.append(plain)
            places.append(place)
    return "".join(kept), places


def _read(match: re.Match[str]) -> tuple[str, bool]:
    typed = (match[1] + match[3]).upper()
    # U is the one letter that Crockford leaves out altogether: it cannot be read, only shown.
    letters = "".join(
        ALPHABET[_VALUES[character]] if character in _VALUES else character for character in typed
    )
    valid = _is_mixed(letters) and all(letter in _VALUES for letter in letters)
    if valid:
        values = [_VALUES[letter] for letter in letters]
        valid = _check_value(values[:9]) == values[9]
    return f"{letters[:5]}-{letters[5:]}", valid


def _looks_meant(match: re.Match[str]) -> bool:
    """A slip is worth a hint only when it cannot be a word or a phone number."""
    return _is_mixed(match[1] + match[3])


def _is_mixed(letters: str) -> bool:
    return any(letter.isdigit() for letter in letters) and any(letter.isalpha() for letter in letters)


def _check_value(values: list[int]) -> int:
    check = 0
    for value in values:
        check = (check ^ value) << 1
        if check & 32:
            check ^= _FIELD_POLYNOMIAL
    return check ^ _OFFSET
