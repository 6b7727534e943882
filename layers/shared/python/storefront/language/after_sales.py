"""Words after a delivery: something shall go back, or something is wrong with what came.

The webhook's door asks too (a report that names an order number is no question about it), so this module imports
nothing but the standard library and never raises.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from storefront.language.text import clean, fold

LONGEST: Final = 300


class AfterSale(StrEnum):
    """What a text is about."""

    RETURN = "return"
    BROKEN = "broken"
    MISSING = "missing"
    WRONG_ITEM = "wrong_item"
    OTHER = "other"


@dataclass(frozen=True)
class AfterSaleWords:
    """`certain` words mean goods that came; the others may as well ask about a policy or change a quote."""

    about: AfterSale
    certain: bool


_COUNT = r"[0-9一二兩三四五六七八九十]+\s?(?:盒|箱|罐|袋|包|個|組|份|瓶|樣|件|支|杯)"

# Whoever asks what would be reports nothing.
_SUPPOSED = re.compile(
    fold(
        "如果|若是|若有|萬一|要是|假如|會不會|容易|會破|怕|政策|規定|鑑賞期|鑒賞期"
        r"|(?<![a-z])if (?:i|it|they|the)|(?<![a-z])policy|would it"
        r"|不要(?:有?瑕疵|壞|破|損|受潮)|別(?:壞|破)|もし|場合|ถ้า|หาก|นโยบาย"
    )
)
_CERTAIN = (
    (
        AfterSale.BROKEN,
        "破損|壞掉|壞了|(?:是|都)壞的|破掉|破了|碎了|碎掉|摔壞|壓壞|壓扁|撞壞|裂開|裂掉|漏出來|漏光|滲漏|受潮|發霉|長霉"
        "|有瑕疵|瑕疵品|損壞|故障|不能用"
        r"|(?<![a-z])broken|(?<![a-z])damaged|(?<![a-z])cracked|(?<![a-z])smashed|(?<![a-z])shattered"
        r"|(?<![a-z])leak(?:ed|ing|s)|(?<![a-z])defective|(?<![a-z])faulty|mou?ldy|(?:doesn ?'?t|does not) work"
        "|壊れ|破損|割れて|割れた|欠けて|不良品|漏れて|カビ|つぶれて|潰れて"
        "|เสียหาย|แตกหัก|แตกแล้ว|แตกมา|ชำรุด|พังมา|พังแล้ว|รั่ว|ขึ้นรา|บุบ",
    ),
    (
        AfterSale.MISSING,
        f"少(?:了|寄|送|給|收到?){_COUNT}|少(?:了|寄|送|給)東西|漏寄|漏送|數量(?:不對|不符|不夠|有少)|缺件|缺(?:了|少)"
        r"|(?<![a-z])(?:is|are|was|were) missing|(?<![a-z])missing (?:one|two|an?|item|box|from)|short by"
        "|足りない|足りません|入っていな|入っていません|不足して"
        "|ขาดไป|ได้ไม่ครบ|ส่งไม่ครบ|ของไม่ครบ|สินค้าไม่ครบ|ขาดหาย",
    ),
    (
        AfterSale.WRONG_ITEM,
        "寄錯|送錯|出錯貨|給錯|不是我(?:訂|買|要)的|(?:商品|東西|口味)(?:不對|錯了)"
        r"|(?<![a-z])wrong (?:item|product|one|tea|thing|flavou?r|goods)|not what i ordered"
        "|違う商品|別の商品|商品が違|注文と違|間違った商品"
        "|ส่งผิด|ส่งของผิด|ได้ของผิด|ผิดชิ้น|ไม่ตรงกับที่สั่ง",
    ),
    (
        AfterSale.RETURN,
        "(?:我?要|想要?|申請|辦理?|幫我|我想)(?:辦理?)?(?:退貨|換貨|退換|退掉|退回)|^(?:退貨|換貨|退換貨|申請退貨)$"
        "|^(?:return|returns|exchange)$"
        r"|(?:want|like|need|wish) to (?:return(?! to )|exchange|send (?:it|them|this) back)"
        r"|return (?:my|this|the) order"
        "|^(?:返品|交換|返品交換)$|返品(?:したい|をお?願い|お願い|します|希望)|交換(?:したい|をお?願い|してほしい|希望)"
        "|^(?:คืนสินค้า|เปลี่ยนสินค้า)$|(?:ขอ|อยาก|ต้องการ)(?:คืน|เปลี่ยน)(?:สินค้า|ของ)",
    ),
    (
        AfterSale.OTHER,
        "報修|送修|維修|(?:回報|反映|反應)問題|(?:商品|東西)有問題"
        r"|(?<![a-z])repair|report a problem|problem with my order|修理|問題を報告|ซ่อม|แจ้งปัญหา",
    ),
)
_LIKELY = (
    (
        AfterSale.RETURN,
        r"退貨|退換|換貨|(?<![a-z])returns?(?![a-z]| to )|(?<![a-z])exchange|返品|交換|คืนสินค้า|เปลี่ยนสินค้า|คืนของ",
    ),
    (AfterSale.MISSING, rf"(?<![多至減最不很])少(?:了)?{_COUNT}|(?<![a-z])missing|ไม่ครบ"),
)
_BY_CERTAINTY = tuple(
    (AfterSaleWords(about, certain), re.compile(fold(pattern)))
    for certain, patterns in ((True, _CERTAIN), (False, _LIKELY))
    for about, pattern in patterns
)


def after_sale_in(text: str) -> AfterSaleWords | None:
    """What a text says about goods that came; None when it is about something else, or supposes."""
    folded = fold(clean(text, limit=LONGEST)).strip(" .。!！?？~～")
    if not folded or _SUPPOSED.search(folded):
        return None
    return next((words for words, pattern in _BY_CERTAINTY if pattern.search(folded)), None)
