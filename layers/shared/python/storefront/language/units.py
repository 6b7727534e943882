"""The words that people count with, as the unit and pack names of the catalogue."""

import re
from dataclasses import dataclass

from storefront.domain.language import Language
from storefront.language.text import fold

DOZEN = "dozen"
PIECE = "piece"
COUNTER = "counter"
"""A word for counting single things of some shape (塊, 條, 枚, bar, ก้อน): right for what is sold by the piece."""

_WORDS = {
    "box": "盒 box boxes boxs bx ボックス กล่อง",
    "case": "箱 case cases carton cartons crate crates ケース カートン ลัง",
    "tin": "罐 缶 tin tins canister canisters กระป๋อง",
    "can": "can cans",
    "jar": "jar jars 瓶入り 罈 甕 โหลแก้ว กระปุก",
    "bag": "袋 bag bags sack sacks ถุง ห่อ",
    "pack": "包 pack packs packet packets pkt パック แพ็ค แพค ซอง",
    "piece": "個 份 件 顆 粒 つ コ ヶ piece pieces pc pcs ea unit units item items ชิ้น อัน ใบ",
    "set": "組 套 セット set sets ชุด",
    "time": "次 趟 回 time times ครั้ง",
    DOZEN: "打 dozen dozens doz ダース โหล",
    "bottle": "瓶 bottle bottles ボトル ขวด",
    "cup": "杯 cup cups カップ",
    COUNTER: (
        "塊 條 枝 張 雙 把 隻 朵 卷 捲 台 枚 足 膳 冊 bar bars pair pairs roll rolls sheet sheets "
        "ก้อน ผืน เล่ม คู่ แท่ง ม้วน ด้าม ตัว"
    ),
    # Known as units, though no catalogue sells by them: then the customer is asked, not guessed at.
    "barrel": "桶",
    "bundle": "串 提 束",
    "catty": "臺斤 斤",
    "kilogram": "公斤 kg kilo kilos kilogram kilograms キロ กิโล",
    "pound": "磅 lb lbs pound pounds ポンド ปอนด์",
    "litre": "公升 liter litre liters litres ลิตร リットル",
}
# Words that may mean more than one unit: the first that the product is sold by counts.
_SENSES = {"支": ("bottle", COUNTER), "本": ("bottle", COUNTER), "台": (COUNTER,)}
# What is packed alike is called alike: 罐 is a tin, a can or a jar, 包 a pack or a bag.
_ALIKE = {
    "tin": ("can", "jar"),
    "can": ("tin", "jar"),
    "jar": ("bottle", "tin", "can"),
    "bottle": ("jar",),
    "bag": ("pack",),
    "pack": ("bag", "set"),
    "set": ("pack",),
}
_UNIT_OF: dict[str, tuple[str, ...]] = {
    fold(word): (unit,) for unit, words in _WORDS.items() for word in words.split()
} | {fold(word): senses for word, senses in _SENSES.items()}
UNIT_WORDS = frozenset(_UNIT_OF)
"""Every word that is counted with, folded."""

# What makes another word of a unit's character: 打折, 包裝, 三個月, 次日, 組合.
_GOES_ON = {
    "個": "月|禮拜|星期|小時|人",
    "包": "裝|子|含",
    "組": "合",
    "次": "日|月",
    "打": "擾|折|電|開|招|包|算",
    "份": "量",
    "袋": "子",
    "件": "事",
    "提": "供|貨|早|醒",
    "本": "店|週|月|日|人|身|來|次",
    "臺": "灣|北|中|南|東|新|大|階",
    "張": "先生|小姐|太太|媽|爸|羅",
    "塊": "錢",
    "條": "碼|件",
    "把": "它|他|這|那|握",
    "足": "夠|足",
    "枝": "微",
    "卷": "子",
    "回": "覆|答|去|來|家",
    "支": "付|持",
    "套": "餐",
    "顆": "粒",
}
_UNIT = re.compile(
    "|".join(
        re.escape(word)
        + (r"(?![a-z])" if word.isascii() else f"(?!{_GOES_ON[word]})" if word in _GOES_ON else "")
        for word in sorted(_UNIT_OF, key=len, reverse=True)
    )
)
_JAPANESE_BOX = "箱"


@dataclass(frozen=True)
class UnitWord:
    """A unit at a place in a text; `senses` are what it may mean, the likelier first."""

    senses: tuple[str, ...]
    end: int


def unit_at(folded: str, place: int, language: Language | None) -> UnitWord | None:
    """The unit word that begins at a place of a folded text.

    箱 is a carton in Chinese and a box in Japanese, so its meaning depends on the language of the message.
    """
    match = _UNIT.match(folded, place)
    if match is None:
        return None
    senses = _UNIT_OF[match[0]]
    if match[0] == _JAPANESE_BOX and language is Language.JA:
        return UnitWord(("box", "case"), match.end())
    return UnitWord(senses, match.end())


def alike(unit: str) -> tuple[str, ...]:
    """The units that people also mean by the word for this one, the likelier first."""
    return _ALIKE.get(unit, ())
