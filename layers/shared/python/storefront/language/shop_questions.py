"""Reads questions about the shop itself: 營業到幾點, 門市在哪裡, 可以刷卡嗎, 可以開統編嗎, in four languages.

The answers stand in the shop's own files, so nobody has to be asked.
"""

import re
from enum import StrEnum
from typing import Final

from storefront.language.text import clean, fold

MAX_CHARACTERS: Final = 200


class ShopQuestion(StrEnum):
    """What somebody wants to know of the shop."""

    HOURS = "hours"
    PLACE = "place"
    PAYMENT = "payment"
    INVOICE = "invoice"


_WORDS: Final = {
    ShopQuestion.HOURS: (
        "營業時間|營業到|幾點(?:開|關|打烊|營業|休息|上班|下班)|開到(?:幾點|什麼時候)|公休|店休|休哪天|幾點到幾點"
        "|(?:今天|明天|後天|現在|週末|假日|平日|過年|春節|連假|(?:週|星期|禮拜)[一二三四五六日天])(?:還|都|也|會)?(?:有|有沒有)?"
        "(?:開(?:門|店)?|營業|上班|休息)(?:嗎|沒|了沒|$)|(?:有|有沒有)(?:開門|營業)(?:嗎|沒)?"
        "|(?:opening|business|office|store|shop|working) hours"
        "|(?:when|what time) (?:do|are|does) (?:you|the shop|the store) (?:open|close)"
        r"|are you (?:still |even )?(?:open|closed)(?![a-z])"
        "|営業(?:時間|日|して)|何時(?:まで|から)(?:営業|開|やって|です)|定休日|休みはいつ"
        "|เปิด(?:กี่โมง|ถึงกี่โมง|วันไหน|วันอะไร|อยู่ไหม|ไหมวัน)|ปิดกี่โมง|เวลา(?:ทำการ|เปิด)|หยุดวันไหน|ร้านเปิด"
    ),
    ShopQuestion.PLACE: (
        "(?:你們|店|店面|門市|貴公司|貴店|實體店)(?:的)?(?:是|開)?(?:在哪|哪裡|地址)|實體(?:店|門市)"
        "|有(?:沒有)?(?:門市|店面)(?:嗎|可)?"
        "|(?:可以|能|想)(?:直接)?(?:去|到)(?:你們)?(?:店裡|門市|現場)(?:買|拿|看|取)?|你們(?:的)?(?:電話|地址|信箱)"
        "|聯絡電話|電話(?:是)?(?:幾號|多少)"
        "|where (?:is|are) (?:your|the) (?:shop|store)|where are you(?: located|$)"
        "|(?:your|the shop s|the store s) (?:address|location|phone)"
        "|physical (?:shop|store)|visit (?:your|the) (?:shop|store)|brick and mortar|phone number"
        "|(?:お店|店舗|実店舗)(?:は|の|が)?(?:どこ|住所|場所|あり)|お店に行|電話番号"
        "|ร้าน(?:คุณ)?(?:อยู่|ตั้งอยู่)?(?:ที่)?ไหน|ที่อยู่(?:ของ)?ร้าน|หน้าร้าน|เบอร์(?:โทร|ติดต่อ|ร้าน)"
    ),
    ShopQuestion.PAYMENT: (
        "刷卡|信用卡|貨到付款|貨到再付|轉帳|匯款|分期|街口|apple ?pay|google ?pay|悠遊付|全支付|(?:付|收|用)現金|atm"
        "|(?:怎麼|如何|要怎麼)(?:付款|付錢|結帳|付費|繳費)|(?:付款|支付|付費)(?:方式|方法|管道)|有(?:哪些|什麼)付款"
        "|(?:可以|能)用line ?pay"
        "|pay(?:ment)? (?:method|option|way)s?|how (?:can|do|could|should) (?:i|we) pay"
        "|(?:take|accept) (?:credit )?cards?"
        "|credit cards?|cash on delivery|bank transfer|pay (?:by|with|in) (?:cash|card|transfer)|installments?"
        "|(?:支払|お支払)い?(?:方法|い方)|クレジット|代引|代金引換|銀行振込|振込|現金(?:で|払)"
        "|どうやって(?:お)?(?:払|支払)|分割払"
        "|(?:ชำระ|จ่าย)(?:เงิน)?(?:ได้)?(?:ยังไง|อย่างไร|ทางไหน|แบบไหน|ช่องทาง)|บัตรเครดิต|(?:เก็บ|จ่าย)เงินปลายทาง"
        "|โอนเงิน|ผ่อน|วิธี(?:ชำระ|จ่าย)|จ่ายสด"
    ),
    ShopQuestion.INVOICE: (
        "[三二]聯式?"
        "|(?:可以|能|會|要怎麼|怎麼|有沒有|可不可以|能不能)(?:幫我)?(?:開|打|報|給)(?:立|公司)?(?:的)?(?:發票|統編|收據)"
        "|有(?:開|附|給)?發票嗎|發票(?:怎麼|種類|可以|會|嗎)"
        "|統編(?:可以|能|要怎麼|怎麼|嗎)|(?:開|打|報)(?:發票|統編|公司)(?:嗎|可)"
        "|(?:can|could|do|will) (?:i|we|you) (?:get|have|issue|give|send|provide)(?: me| us)?"
        " (?:an? )?(?:company |tax |vat )?(?:invoice|receipt)s?"
        "|company invoice|tax invoice|invoice to (?:my|our|a) company"
        "|領収書|適格請求書|請求書(?:は|を|が)|ออก?(?:ใบกำกับภาษี|ใบเสร็จ)|(?:ขอ|มี)(?:ใบกำกับภาษี|ใบเสร็จ)"
    ),
}
_PATTERNS: Final = tuple((asked, re.compile(fold(words))) for asked, words in _WORDS.items())


def shop_questions_of(text: str) -> tuple[ShopQuestion, ...]:
    """What is asked about the shop, in the order of the text; none for most messages."""
    said = fold(clean(text, limit=MAX_CHARACTERS)).replace("'", " ").replace("’", " ")
    found = [(match.start(), asked) for asked, pattern in _PATTERNS if (match := pattern.search(said))]
    return tuple(asked for _, asked in sorted(found))
