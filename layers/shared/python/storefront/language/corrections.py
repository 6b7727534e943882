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
    r"再(?:多|追)?(?:來|加|要|給|訂|買|點|拿)?|(?<![麼很不太好差])多(?:加|來|要|給|訂|買|拿)?|加(?:購|訂|買"
    r"|點)?|追加|還要|另加"
    r"|\badd|\bmore|\banother|\bextra|\badditional|追加で|あと|もう|เพิ่ม(?:อีก)?|อีก|ขอเพิ่ม"
)
_REMOVE = (
    r"(?<!要)不要|沒有要|沒要|不用|不需要|不想要|取消|刪掉|刪除|拿掉|去掉|移除|減少?|(?<![至最不多])少(?:買"
    r"|訂|拿)?|扣掉?"
    r"|\bremove|\bcancel|\bdelete|\bwithout|\binstead of|\bno(?: more)?|\bless|\bfewer|\bdrop|\bscrap|\bditch"
    r"|\bleave out|\blose|\bminus|\btake (?:off|out|away)|\bskip|\bget rid of"
    r"|\bforget|\bscratch"
    r"|\b(?:don't|do not|dont|no longer) (?:want|need)|ไม่เอา|ยกเลิก|ลบ|ลด(?!เหลือ)|เอาออก|ออก|ไม่ต้องการ"
)
_INSTEAD = (
    r"(?:增?加|減少?|降)(?:到|為|成|至)|改(?:成|為|訂|買|要|拿)?|換(?:成|為)?|變成?|而是"
    r"|\bchange (?:[a-z]+ ){1,3}to|\bchange(?: it"
    r"| that)?(?: to)?|\bmake(?: it| that)?"
    r"|\binstead|[-=]>|→|に變更|變更|やっぱり|やはり|เปลี่ยนเป็น|แก้เป็น|แก้ไข|ลดเหลือ|เหลือ|เปลี่ยน"
    r"|更正|訂正|修正|(?:不是|應該)是?|才對"
)
_OBJECT = r"\s?(?:給我|我|那個|這個|了|掉|都|就|先|แล้ว|the|my|any|me)?\s?[x×*:]?\s?$"
_ADD_BEFORE = re.compile(rf"(?:{_ADD}){_OBJECT}")
_REMOVE_BEFORE = re.compile(rf"(?:{_REMOVE}){_OBJECT}")
_INSTEAD_BEFORE = re.compile(rf"(?:{_INSTEAD})[,，]?{_OBJECT}")
_INSTEAD_AFTER = re.compile(
    r"\s?(?:ずつ)?(?:才對|に(?:増や|增や|減ら)|に變更|にして|に變え|で?お願いし直|\binstead)"
)
_SETS = re.compile(r"(?:\s(?:up |down |back )?to|(?:增?加|減少?|降|少)(?:到|為|成|至)|เป็น)\s?$")
_ADD_AFTER = re.compile(
    r"\s?(?:も(?:$|[。!、]|お?願|お願|くだ|下さ|欲|ほし)|を?增や)|\s?を?(?:追加|more\b|extra\b|เพิ่ม|อีก)"
)
_ALSO_INNER = re.compile(r"\s?(?:も|也(?:要|來|想要)?)\s?")
_REMOVE_AFTER = re.compile(
    r"\s?(?:都|先|就|我|幫我|請|麻煩|再?幫忙|全部|通通|整個|両方|兩方|どちらも|どっちも|すべて|はもう|は|を"
    r"|も)?\s?"
    r"(?:不要了?|不用了?|不需要了?|取消|刪掉|刪除|拿掉|去掉|いらない|いりません|不要です|キャンセル|なし|やめ"
    r"|削除|減らし"
    r"|ไม่เอา|ยกเลิก|ออก|any ?more(?![a-z])|any longer)"
    r"(?:[吧喔啦哦謝\sでしてくださいまครับค่ะ].{0,12})?$"
)
# At the beginning of a message these go on with what was said in the one before.
_GOES_ON = re.compile(
    r"\s?(?:還有|另外|以及|然後|跟|和|也|(?:and|plus|also)(?![a-z])|それと|それから|そして|あと|แล้วก็|และ"
    r"|กับ)[\s,，、:：]?(?:要|來|想要|i (?:want|need)|ขอ|เอา)?\s?"
)
_CHANGES_ALL = re.compile(
    r"改一下|修改一下|更改一下|要改(?:一下)?[,，:：\s]|(?:數量|訂單|內容)(?:要|想)?(?:修改|更改|改)[,，:：\s]"
)
_LISTS = re.compile(r"\s?(?:[、,，/&+]|[和跟與及]|以及|還有|(?:and|or|nor)(?: the)?|と|や|กับ|และ)\s?")
_REPLACED = re.compile(r"改|換|變更|change[sd]? to|เปลี่ยน")
_SWAPPED_BEFORE = re.compile(r"\b(?:swap|replace|exchange|switch|change)(?: the| my| out)?\s?$")
_SWAPPED_FOR = re.compile(r"\s?(?:for|with|to)(?: the| some)?\s?")
_NOT_THIS_MANY = re.compile(r"(?:不是|不要|不用|不需要|not|ไม่ใช่)\s?$")
_NOT_BUT = re.compile(r"^\s?(?:ではなく|じゃなく|でなく)")
_WAIT_NO = re.compile(
    r"[\s.,，、。…!~]*(?:喔不|哦不|啊不|不對|不是|打錯|說錯|更正|改成?|no|wait|sorry|oops|i mean|make that"
    r"|もとい|じゃなくて|ではなく|ไม่ใช่|เอ๊ย)"
    r"[\s.,，、。…!~是]*(?:對|no|sorry|make that|i mean)?[\s.,，、。…!~是]*"
)
_RATHER_THAN = re.compile(r"[,，]?\s?(?:(?<![a-z])(?:instead of|rather than|not)|而?不是)\s?$")
_MORE_OF_IT = re.compile(r"\b(?:more|extra|additional|another)\b")
_LESS_OF_IT = re.compile(r"\b(?:less|fewer)\b")


def change_from(lead: str, inner: str, trail: str) -> Change:
    """What the words before, between and behind a product and its quantity do to the quote."""
    if _REMOVE_BEFORE.search(lead) or _REMOVE_BEFORE.search(inner) or _REMOVE_AFTER.match(trail):
        return Change.REMOVE
    if _SETS.search(lead) or _SETS.search(inner):
        return Change.INSTEAD
    if _ADD_BEFORE.search(lead) or _ADD_BEFORE.search(inner) or _ADD_AFTER.match(trail):
        return Change.ADD
    if _ALSO_INNER.fullmatch(inner):
        return Change.ADD
    if _INSTEAD_BEFORE.search(lead) or _INSTEAD_BEFORE.search(inner) or _INSTEAD_AFTER.match(trail):
        return Change.INSTEAD
    return Change.SET


def changes_all(text: str) -> bool:
    """數量改一下，太陽餅 10 盒: whether a message announces that it changes what was said before."""
    return _CHANGES_ALL.search(text) is not None


def stands_in_a_list(between: str) -> bool:
    """不要烏龍跟紅茶: whether only a word of listing stands between two products."""
    return _LISTS.fullmatch(between) is not None


def goes_on(lead: str) -> bool:
    """還有太陽餅 3 盒, "and 2 boxes of …": whether a message begins as the continuation of another one."""
    return _GOES_ON.fullmatch(lead) is not None


def puts_another_in_place(lead: str, between: str, behind: str = "") -> bool:
    """鳳梨酥換成太陽餅, "swap the sun cakes for pineapple cakes": whether the second takes the place of the first."""
    if between.strip() == "を" and _INSTEAD_AFTER.search(behind):
        return True  # 烏龍茶を紅茶 2 箱に変更
    return _REPLACED.search(between) is not None or bool(
        _SWAPPED_BEFORE.search(lead) and _SWAPPED_FOR.fullmatch(between)
    )


def takes_back(lead: str, between: str) -> bool:
    """不是 2 盒是 3 盒, 2 盒改成 3 盒: whether the first of two quantities no longer counts."""
    if PRODUCT_MARK in between:
        return False
    return bool(
        _WAIT_NO.fullmatch(between)
        or _NOT_THIS_MANY.search(lead)
        or _NOT_BUT.match(between)
        or _INSTEAD_BEFORE.search(between)
    )


def takes_back_the_next(between: str) -> bool:
    """5 instead of 3: whether the second of two quantities no longer counts."""
    return _RATHER_THAN.search(between) is not None


def change_in(amount: str) -> Change | None:
    """What an amount says by itself: "2 more boxes", "one box less"."""
    if _MORE_OF_IT.search(amount):
        return Change.ADD
    return Change.REMOVE if _LESS_OF_IT.search(amount) else None
