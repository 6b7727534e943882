"""The words that people count with, as the unit and pack names of the catalogue."""

import re
from dataclasses import dataclass

from storefront.domain.language import Language
from storefront.language.text import fold

DOZEN = "dozen"
PIECE = "piece"

_WORDS = {
    "box": "盒 box boxes ボックス กล่อง",
    "case": "箱 case cases carton cartons ケース カートン ลัง",
    "tin": "罐 缶 tin tins can cans canister canisters กระป๋อง",
    "bag": "袋 包 bag bags pack packs packet packets パック ถุง ซอง แพ็ค แพค ห่อ",
    "piece": "個 份 件 顆 粒 つ piece pieces pc pcs ea unit units item items ชิ้น อัน ใบ",
    "set": "組 套 セット set sets ชุด",
    "time": "次 趟 回 time times ครั้ง",
    DOZEN: "打 dozen dozens ダース โหล",
    # Known as units, though this shop may sell nothing by them: then the customer is asked, not guessed at.
    "bottle": "瓶 支 bottle bottles 本 ขวด",
    "cup": "杯 cup cups カップ",
    "barrel": "桶",
    "bundle": "條 串 提 束",
    "catty": "臺斤 斤",
    "kilogram": "公斤 kg kilo kilos kilogram kilograms キロ กิโล",
}
_UNIT_OF = {fold(word): unit for unit, words in _WORDS.items() for word in words.split()}
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
    "本": "店|週|月|日|人",
    "回": "覆|答|去|來|家",
    "支": "付|持",
    "條": "碼",
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
    unit = _UNIT_OF[match[0]]
    if match[0] == _JAPANESE_BOX and language is Language.JA:
        return UnitWord(("box", "case"), match.end())
    return UnitWord((unit,), match.end())
