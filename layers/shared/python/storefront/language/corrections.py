"""The words by which a message changes a quote instead of starting one: 再加, 少, 不要, 改成, add, remove, instead."""

import re
from enum import StrEnum

from storefront.language.quantities import PRODUCT_MARK


class Change(StrEnum):
    """What a line does to the quote that is open.

    SET is an order that stands by itself; INSTEAD sets a quantity and leaves the other lines of the quote alone.
    """

    SET = "set"
    INSTEAD = "instead"
    ADD = "add"
    REMOVE = "remove"


_ADD = (
    r"再(?:多|追)?(?:來|加|要|給|訂|買|點|拿)?|多(?:加|來|要|給|訂|買|拿)?|加(?:購|訂|買|點)?|追加|還要|另加"
    r"|\badd|\bmore|\banother|\bextra|\badditional|追加で|あと|もう|เพิ่ม|อีก"
)
_REMOVE = (
    r"(?<!要)不要|沒有要|沒要|不用|不需要|不想要|取消|刪掉|刪除|拿掉|去掉|移除|減少?|少(?:買|訂|拿)?|扣掉?"
    r"|\bremove|\bcancel|\bdelete|\bwithout|\binstead of|\bno|\bdrop|\bminus|ไม่เอา|ยกเลิก|ลบ|ลด|เอาออก|ไม่ต้องการ"
)
_INSTEAD = (
    r"改(?:成|為|訂|買|要|拿)?|換(?:成|為)?|變成?|而是|\bchange(?: it| that)?(?: to)?|\bmake (?:it|that)"
    r"|\binstead|[-=]>|→|に變更|變更|เปลี่ยนเป็น|แก้เป็น"
)
_OBJECT = r"\s?(?:給我|我|那個|這個|了|掉|the|my|any|me)?\s?[x×*:]?\s?$"
_ADD_BEFORE = re.compile(rf"(?:{_ADD}){_OBJECT}")
_REMOVE_BEFORE = re.compile(rf"(?:{_REMOVE}){_OBJECT}")
_INSTEAD_BEFORE = re.compile(rf"(?:{_INSTEAD}){_OBJECT}")
_INSTEAD_AFTER = re.compile(r"\s?(?:に變更|にして|に変え|\binstead)")
_ADD_AFTER = re.compile(r"\s?を?(?:追加|more\b|extra\b|เพิ่ม)")
_REMOVE_AFTER = re.compile(
    r"\s?(?:都|先|就|我|はもう|は|を|も)?\s?"
    r"(?:不要了?|不用了?|不需要了?|取消|刪掉|刪除|拿掉|いらない|いりません|不要です|キャンセル|なし|やめ|削除|ไม่เอา|ยกเลิก)"
    r"(?:[吧喔啦哦謝\sでしてくださいまครับค่ะ].{0,12})?$"
)
_REPLACED = re.compile(r"改|換|變更|change[sd]? to|เปลี่ยน")
_NOT_THIS_MANY = re.compile(r"(?:不是|不要|不用|不需要|not)\s?$")


def change_from(lead: str, inner: str, trail: str) -> Change:
    """What the words before, between and behind a product and its quantity do to the quote."""
    if _REMOVE_BEFORE.search(lead) or _REMOVE_BEFORE.search(inner) or _REMOVE_AFTER.match(trail):
        return Change.REMOVE
    if _ADD_BEFORE.search(lead) or _ADD_BEFORE.search(inner) or _ADD_AFTER.match(trail):
        return Change.ADD
    if _INSTEAD_BEFORE.search(lead) or _INSTEAD_BEFORE.search(inner) or _INSTEAD_AFTER.match(trail):
        return Change.INSTEAD
    return Change.SET


def puts_another_in_place(between: str) -> bool:
    """鳳梨酥換成太陽餅: whether the words between two products let the second take the place of the first."""
    return _REPLACED.search(between) is not None


def takes_back(lead: str, between: str) -> bool:
    """不是 2 盒是 3 盒, 2 盒改成 3 盒: whether the first of two quantities no longer counts."""
    if PRODUCT_MARK in between:
        return False
    return bool(_NOT_THIS_MANY.search(lead) or _INSTEAD_BEFORE.search(between))
