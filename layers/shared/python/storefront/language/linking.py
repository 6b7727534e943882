"""Words that link an order which was placed elsewhere: which number they name, and the digits that prove it.

The webhook's door asks too, so this module imports nothing but the standard library and never raises.
"""

import re
from dataclasses import dataclass
from typing import Final

from storefront.domain.linking import digits_of, external_number
from storefront.domain.order_number import find_order_number
from storefront.language.text import clean, fold

LONGEST: Final = 120

_TOKEN: Final = re.compile(r"(?<![0-9A-Za-z-])[0-9A-Za-z][0-9A-Za-z-]{2,30}[0-9A-Za-z](?![0-9A-Za-z-])")
_DIGITS: Final = re.compile(r"[0-9][0-9 -]*")
_MARKS: Final = re.compile(r"[\s#:：,，.。!！?？「」()（）~～-]+")
_AROUND_A_NUMBER: Final = re.compile(
    fold(
        "(?:我的|我|訂單|編號|號碼|單號|是|喔|order|number|no|my|is|its|the|注文|番号|は|です|の"
        "|หมายเลข|เลขที่|เลข|คำสั่งซื้อ|ออเดอร์|คือ|ครับ|ค่ะ)*"
    )
)


@dataclass(frozen=True)
class NumberNamed:
    """The number of an order in a text, in capitals as it was typed. `slip`: it has the form of ours, and a wrong check
    character; `around` is the rest of the text."""

    number: str
    slip: bool
    around: str

    @property
    def alone(self) -> bool:
        """Whether the text says nothing but the number."""
        return _AROUND_A_NUMBER.fullmatch(_MARKS.sub("", fold(self.around))) is not None


def number_named(text: str) -> NumberNamed | None:
    """The number that a text names: one of ours, or what may be another system's; None if there is none."""
    text = clean(text, limit=LONGEST)
    mention = find_order_number(text)
    if mention is not None:
        typed = external_number(text[mention.start : mention.end]) or mention.number
        around = text[: mention.start] + " " + text[mention.end :]
        return NumberNamed(typed, not mention.valid, around)
    for match in _TOKEN.finditer(text):
        number = external_number(match[0])
        if number is not None:
            return NumberNamed(number, False, text[: match.start()] + " " + text[match.end() :])
    return None


def digits_given(text: str, digits: int) -> str | None:
    """So many digits, or the last of a whole phone number; None if the text is something else."""
    text = clean(text, limit=LONGEST)
    if not _DIGITS.fullmatch(text):
        return None
    given = digits_of(text)
    return given[-digits:] if len(given) == digits or _is_phone(given) else None


def _is_phone(given: str) -> bool:
    return len(given) in {9, 10} and given.startswith("0")


def too_few_digits(text: str, digits: int) -> bool:
    """Whether digits were given, and not as many as were asked for."""
    text = clean(text, limit=LONGEST)
    return _DIGITS.fullmatch(text) is not None and len(digits_of(text)) < max(digits, 4)
