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
_WITHIN: Final = re.compile(
    r"(?<![A-Za-z0-9_/@.#-])(?P<code>(?=[A-Z0-9]{4,20}(?![A-Za-z0-9_-]))[A-Z]{3,}[0-9]+[A-Z0-9]*)"
)
"""A code among other words without a word for it, as it is printed: capitals before digits, by itself."""
_TAKEN_OFF: Final = re.compile(
    r"(?:請|幫我|我)?(?:不用|不使用|不要|不想用|拿掉|取消|移除|刪掉|刪除|去掉)"
    rf"(?:使用|用|這個|那個|我的)?(?:{_WORDS})(?:了|吧)?"
    rf"|(?:{_WORDS})(?:我)?(?:先)?(?:不用|不要|拿掉|取消|移除|刪掉|刪除)(?:了|吧)?"
    r"|(?:please\s+)?(?:remove|drop|delete|cancel|without|don'?t use|do not use)\s+(?:(?:the|my|this|that|a)\s+)?"
    rf"(?:{_WORDS})(?:\s+please)?"
    rf"|(?:{_WORDS})(?:を|は)?(?:外して|外す|取り消し|取り消して|削除|削除して|使わない|使いません|なしで|いらない|いりません)"
    r"(?:ください|下さい|お願いします)?"
    rf"|(?:ไม่ใช้|ไม่เอา|เอาออก|ยกเลิก|ลบ)(?:{_WORDS})(?:แล้ว)?(?:ค่ะ|ครับ|คะ)?"
    rf"|เอา(?:{_WORDS})ออก(?:ค่ะ|ครับ|คะ)?"
)
_AROUND: Final = " \t\r\n。.!！~～、,，🙏"
_MOST_CHARACTERS: Final = 400
_WORDS_OF_QUESTIONS: Final = (
    "please thanks thank available here there work works working today valid that this with from still have what when "
    "where code codes coupon coupons voucher vouchers promo"
)
_NO_CODES: Final = frozenset(_WORDS_OF_QUESTIONS.split())
"""Words that follow `coupon` in a question about coupons."""


@dataclass(frozen=True)
class CouponMention:
    """A code in capitals, and what else the message says. `unmarked`: no word says that it is a code."""

    code: str
    rest: str = ""
    unmarked: bool = False


def coupon_in(text: str) -> CouponMention | None:
    """The first code that a message names; None when it names none.

    Without a word for it a code mixes letters and digits, and is the whole message or is written in capitals.
    """
    read = clean(text)[:_MOST_CHARACTERS]
    folded = fold(read)
    alone = _ALONE.fullmatch(folded)
    if alone is not None:
        code = alone["code"]
        mixed = not code.isdigit() and not code.isalpha()
        return CouponMention(code.upper(), unmarked=True) if mixed else None
    for pattern in (_NAMED, _NAMED_BEHIND):
        for found in pattern.finditer(folded):
            if found["code"] not in _NO_CODES:
                return CouponMention(found["code"].upper(), _without(found, read))
    within = _WITHIN.search(read)
    return CouponMention(within["code"], _without(within, read), unmarked=True) if within else None


def lets_coupon_go(text: str) -> bool:
    """Whether a message wants the quote without its coupon: 不用折扣碼了, remove the coupon."""
    read = clean(text)
    return len(read) <= _MOST_CHARACTERS and _TAKEN_OFF.fullmatch(fold(read).strip(_AROUND)) is not None


def _without(found: re.Match[str], read: str) -> str:
    """The message without the code that was found in it."""
    return f"{read[: found.start()].rstrip(' ,，、;')} {read[found.end() :].lstrip(' ,，、;。.!')}".strip()
