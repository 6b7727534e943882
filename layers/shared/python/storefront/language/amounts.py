"""An amount and nothing else: 165, NT$5,000, 165 元, 那 160 呢, 全部 5848, "5848 in all".

What it is for is decided by who asked for it; beside other words a price is read by `price_wishes`.
"""

import re
from dataclasses import dataclass
from typing import Final

_MOST: Final = 10_000_000
_BEFORE: Final = (
    r"(?:那麼?|不然|how about|what about|では?|じゃあ|งั้น)?\s*"
    r"(?P<all>全部|總共|一共|全部で|合計|รวม(?:ทั้งหมด)?|ทั้งหมด)?\s*(?:算|收)?\s*"
)
_AFTER: Final = (
    r"\s*(?P<in_all>in all|in total|altogether|全部)?"
    r"\s*(?:呢|嗎|好嗎|可以嗎|行嗎|ok|は|でどう|ได้ไหม|ได้มั้ย)?\s*[?？!！。.]?\s*"
)
_AMOUNT: Final = re.compile(
    _BEFORE
    + r"(?P<before>nt\$?|\$)?\s*(?P<amount>[0-9][0-9,]{0,9})\s*(?P<after>元|塊|圓|dollars?|円|บาท)?"
    + _AFTER,
    re.IGNORECASE,
)
_WIDE: Final = str.maketrans("０１２３４５６７８９，", "0123456789,")


@dataclass(frozen=True)
class Amount:
    """A message that is an amount and nothing else; `is_money` when it names a currency, `for_all` a total."""

    number: int
    is_money: bool
    for_all: bool = False


def amount_alone(text: str) -> Amount | None:
    """The amount of a message that is nothing else: 165, NT$5,000, 165 元, 那 160 呢."""
    found = _AMOUNT.fullmatch(text.translate(_WIDE))
    number = int(found["amount"].replace(",", "")) if found else 0
    if found is None or not 1 <= number <= _MOST:
        return None
    return Amount(number, bool(found["before"] or found["after"]), bool(found["all"] or found["in_all"]))


def amount_in(text: str) -> int | None:
    """The number of such a message."""
    found = amount_alone(text)
    return found.number if found is not None else None
