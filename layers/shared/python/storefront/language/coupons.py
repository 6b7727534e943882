"""Reads the code of a coupon: 折扣碼 TEA100, coupon TEA100, クーポン TEA100, โค้ด TEA100, or the code alone.

Whether there is such a code is decided elsewhere; nothing here knows any.
"""

import re
from dataclasses import dataclass
from typing import Final

from storefront.language.text import clean, fold

_WORDS: Final = (
    r"(?:折扣|優惠|折價|促銷|活動)(?:代?碼|券碼?|序號|代號)|(?:coupon|promo(?:tion)?|discount|voucher)\s?codes?"
    r"|coupons?|vouchers?|promo|(?:クーポン|割引|プロモ(?:ーション)?|優待)コード|クーポン"
    r"|(?:โค้ด|รหัส)ส่วนลด|โค้ด|โค๊ด|คูปอง(?:ส่วนลด)?"
)
_VERBS: Final = (
    r"(?:(?:我要|我想|請|要|想)?(?:使用|用|輸入|套用)|我有|有|please\s+(?:use|apply)|use|apply|with|i have|my|ใช้)?"
    r"\s*(?:a\s+)?"
)
_IS: Final = r"\s*(?:是|為|は|คือ|is\b)?\s*[:=「『\"'(（【]?\s*"
_CODE: Final = r"(?P<code>(?=[0-9]*[a-z])[a-z0-9]{4,20})(?![a-z0-9-])"
_END: Final = r"[」』\"')）】]?"
_NAMED: Final = re.compile(f"{_VERBS}(?<![a-z])(?:{_WORDS}){_IS}{_CODE}{_END}")
_NAMED_BEHIND: Final = re.compile(
    r"(?:使用|用|use\s+)?\s*(?<![a-z0-9-])(?P<code>(?=[a-z]*[0-9])(?=[0-9]*[a-z])[a-z0-9]{4,20})\s*(?:的|の|這個)?\s*"
    f"(?:{_WORDS})"
)
_ALONE: Final = re.compile(r"[\s「『\"'(（【#]*(?P<code>[a-z0-9]{4,20})[\s」』\"')）】!！。.]*")
_MOST_CHARACTERS: Final = 400
_WORDS_OF_QUESTIONS: Final = (
    "please thanks thank available here there work works working today valid that this with from still have what when "
    "where code codes coupon coupons voucher vouchers promo"
)
_NO_CODES: Final = frozenset(_WORDS_OF_QUESTIONS.split())
"""Words that follow `coupon` in a question about coupons."""


@dataclass(frozen=True)
class CouponMention:
    """A code in capitals, and what else the message says. `alone`: nothing but the code was written."""

    code: str
    rest: str = ""
    alone: bool = False


def coupon_in(text: str) -> CouponMention | None:
    """The first code that a message names; None when it names none.

    Without a word for it a code has to be the whole message and to mix letters and digits.
    """
    read = clean(text)[:_MOST_CHARACTERS]
    folded = fold(read)
    alone = _ALONE.fullmatch(folded)
    if alone is not None:
        code = alone["code"]
        mixed = not code.isdigit() and not code.isalpha()
        return CouponMention(code.upper(), alone=True) if mixed else None
    for pattern in (_NAMED, _NAMED_BEHIND):
        for found in pattern.finditer(folded):
            if found["code"] not in _NO_CODES:
                rest = (
                    f"{read[: found.start()].rstrip(' ,，、;')} {read[found.end() :].lstrip(' ,，、;。.!')}"
                )
                return CouponMention(found["code"].upper(), rest.strip())
    return None
