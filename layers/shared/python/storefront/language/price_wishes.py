"""Reads a wish for a lower price: 可以算便宜一點嗎, 150 一盒可以嗎, 打九折, "10% off?", まけて, ลดหน่อย.

Only what was wished for is read; what the shop makes of it is decided elsewhere. Where prices stand is also told to
the reader of orders, so that nobody is quoted 150 boxes for having said 150 a box.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from storefront.domain.language import Language
from storefront.language import numerals
from storefront.language.products import Vocabulary
from storefront.language.quantities import PRODUCT_MARK
from storefront.language.small_talk import marked
from storefront.language.text import clean, fold, language_of
from storefront.language.units import UNIT_WORDS, unit_at

MAX_CHARACTERS = 400
"""A wish for a price is a sentence or two; longer texts are read up to here."""

_MOST = 10_000_000
_LEAST_BARE = 20
"""A number without a currency below this is no price of anything that is haggled over."""


class WishKind(StrEnum):
    """What the customer would like the price to be."""

    CHEAPER = "cheaper"
    UNIT_PRICE = "unit_price"
    TOTAL = "total"
    SOME_PRICE = "some_price"
    PERCENT_OFF = "percent_off"
    AMOUNT_OFF = "amount_off"


@dataclass(frozen=True)
class PriceWish:
    """A wish for a lower price; `phrase` is the customer's own words for it.

    `amount` by kind: CHEAPER None; UNIT_PRICE, TOTAL and SOME_PRICE (nothing says whether for one or for all) NT$;
    PERCENT_OFF per cent to take off (打九折 is 10); AMOUNT_OFF NT$ to take off. `unit` is the catalogue's word for the
    unit of a UNIT_PRICE or an AMOUNT_OFF, None when the product's own is meant. `skus` are the products named in the
    message; none when the wish is about the quote as it stands.
    """

    kind: WishKind
    amount: int | None = None
    unit: str | None = None
    skus: tuple[str, ...] = ()
    phrase: str = ""


@dataclass(frozen=True)
class PriceMention:
    """A price at a place of a folded text; `wished` when the words around it ask for it."""

    start: int
    end: int
    kind: WishKind
    amount: int
    unit: str | None = None
    wished: bool = False


_CN = numerals.CHINESE
_THAI = "|".join(numerals.THAI_WORDS)
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_NUMBER = re.compile(
    rf"(?<![0-9๐-๙.,/{_CN}a-z-])(?:(?P<digits>[0-9๐-๙][0-9๐-๙,]{{0,9}}(?:\.[0-9]{{1,2}})?)(?P<power>[百千萬]?)"
    rf"|(?P<chinese>[{_CN}]{{1,9}})|(?P<thai>(?:{_THAI}){{1,9}}))"
)
_CURRENCY_BEFORE = re.compile(r"(?:(?:nt|twd|ntd|us)?\s?\$|(?<![a-z])(?:nt|ntd|twd)|฿)\s?$")
_CURRENCY_AFTER = re.compile(
    r"\s?(?:元|塊錢?|圓|yen(?![a-z])|nt\$?d?(?![a-z])|twd(?![a-z])|dollars?(?![a-z])|bucks(?![a-z])"
    r"|baht(?![a-z])|บาท)"
)
# What makes a number something else than a price: a date, a time, a size, a phone, a share.
_NO_PRICE_AFTER = re.compile(
    r"[0-9๐-๙]|[/.:-][0-9]|\s?(?:[月號日點時樓路段巷弄年週天%折入歲度人號]|個月|公克|毫升|分鐘|小時|วัน"
    r"|เดือน|ปี)|[a-z]"
)
_PER_AFTER = re.compile(r"\s?(?:一|每|/\s?1?|1|per |an? |each |for (?:a|one|1|each) |ต่อ)\s?")
_UNIT = "|".join(sorted(map(re.escape, UNIT_WORDS), key=len, reverse=True))
_PER_BEFORE = re.compile(
    rf"(?:(?:[一每單1/]|(?<![a-z])(?:per|each|one|a|an|1)\s)\s?(?P<unit>{_UNIT})|(?P<unit_th>{_UNIT})ละ)"
    r"\s?(?:[的要可以能不想就]{0,4}(?:算|賣|收|給|開|用|出|降到|改)?(?:我|你|您|成)?|is|for|at|=|:|は|を|が"
    r"|で|ขอ|เหลือ|แค่)?\s?$"
)
_EACH_AFTER = re.compile(
    r"\s?(?:each(?![a-z])|apiece|per (?:one|piece)(?![a-z])|一個|/個|ずつ|ต่อชิ้น|a pop|per unit)"
)
_EACH_BEFORE = re.compile(
    r"(?:單價|一個|每個|每一個|unit price|1個|一つ|ชิ้นละ|อันละ|ละ)\s?(?:可以)?(?:算|賣|收|給)?我?(?:是|改"
    r"|of|to)?\s?$"
)
_TOTAL_BEFORE = re.compile(
    r"(?:總共|一共|全部|總價|總額|整單|整筆|合計|加起來|通通|湊|整數|(?<![a-z])total|altogether|all for"
    r"|everything for"
    r"|全部で|まとめて|合わせて|ทั้งหมด|รวม(?:แล้ว)?|เหมา)[^0-9\n,，。;；]{0,8}$"
)
_TOTAL_AFTER = re.compile(
    r"\s?(?:整|全部|總共|in total|total(?![a-z])|altogether|for (?:all|everything|the lot|the whole|both)"
    r"|all in(?![a-z])|全部|ทั้งหมด|เหมา)"
)
_OFFER_BEFORE = re.compile(
    r"(?:算我?便?宜?我?|賣我?|收我?|開價?|出價?|降到|降為|降成|壓到|殺到|只要|(?<![a-z])(?:do|accept|pay"
    r"|offer|make it|down to|go to|sell for)"
    r"(?: it| them| me| this)?(?: for| at)?|ลดเหลือ|เหลือ|ขอราคา|ให้ราคา)\s?$"
)
_ASKED_AFTER = re.compile(
    r"(?:就好|左右)?\s?(?:的話)?\s?(?:可以|可不可以|行|好不?好?[嗎?]|能不能|能賣|ok|okay|如何|怎樣|怎麼樣"
    r"|賣不賣|賣[嗎我]|成交|要不要賣|有機會|接受|拜託|幫忙"
    r"|で(?:どう|お願|いい|買|売|賣|大丈夫)|に(?:な|して|でき|なり)|なら買|ได้ไหม|ได้มั้ย|ได้มั๊ย|ได้ป่าว"
    r"|ได้หรือ|ได้เปล่า|โอเค|ขาย"
    r"|work|possible|would be|deal|fine)"
)
_ASKED_BEFORE = re.compile(
    r"(?:(?:can|could|would|will) (?:you|u|i|we)(?: please)? (?:do|make|accept|offer|sell|take|give|go)(?![a-z])"
    r"|(?:how|what) about|i(?: can|'ll"
    r"| will) (?:only )?pay|i offer|可以算|想要算"
    r"|(?:能不能|可不可以|可否|能否)[^\n]{0,6}(?:算|賣|便宜|降))"
    r"[^\n.?!。？！]{0,24}$"
)
_BUDGET = re.compile("預算|以內|以下|不超過|budget|under|below|up to|予算|以内|งบ|ไม่เกิน")
_CONFIRMS = re.compile("對嗎|對吧|是嗎|對不對|沒錯吧|原價|定價|right\\?|correct\\?|ですよね|ใช่ไหม")

_PERCENT = (
    re.compile(r"(?P<folds>[0-9一二三四五六七八九]{1,2})\s?折(?!扣)"),
    re.compile(
        r"(?P<percent>[0-9]{1,2})\s?(?:%|percent|パーセント|เปอร์เซ็นต์)\s?(?:of )?(?:off|discount|less"
        r"|cheaper|オフ|引|割引|安|折扣|優惠|ได้|$)"
    ),
    re.compile(
        r"(?:便宜|折扣|優惠|降價?|discount(?: of)?|ลด(?:ให้)?|ส่วนลด)\s?(?:個|了"
        r"|至少)?\s?(?P<percent>[0-9]{1,2})\s?(?:%|percent|趴|เปอร์เซ็นต์)"
    ),
    re.compile(r"(?P<tenths>[1-5一二三四五])\s?割(?:引|安|オフ|お?値引)"),
    re.compile(r"(?P<half>半價|half price|half off|半額|ครึ่งราคา)"),
)
_AMOUNT_OFF_BEFORE = re.compile(
    r"(?:便宜|少算?|減|折讓?|扣|優惠|再降|降價?|knock(?: off)?|take(?: off)?|off|reduce(?: it)? by|ลด(?:ให้"
    r"|อีก|สัก)?)(?:我|個|你|me)?\s?$"
)
_AMOUNT_OFF_AFTER = re.compile(r"\s?(?:off(?![a-z])|less(?![a-z])|cheaper|引き|安く|値引)")
_CHEAPER = re.compile(
    r"便宜(?:一?[點些下]|嗎|給|賣|喔|啦|吧|呢|$)|[算再更能]\S{0,6}便宜|便宜.{0,4}(?:可以|好嗎|行嗎|嗎)"
    r"|(?:有|給|要|打|算)\S{0,4}折(?:扣|嗎|數)?(?!碼|券)|折扣(?!碼|券|代碼)|打個?折|打折"
    r"|打?幾折|優惠(?!碼|券|卷|代碼)|殺價|議價|講價|還價|降價|減價|太貴|好貴|蠻貴|滿貴|有?點貴|貴了|貴一?[些點]"
    r"|最低(?:價|多少|可以)|底價|零頭|抹零|友情價|老客戶|老顧客|團購價|算少一?點|少算一?點"
    r"|cheaper|(?<![a-z])discounts?(?! codes?)(?![a-z])|(?:better|best|lower|lowest|special|good|bulk"
    r"|wholesale) (?:price|deal|offer|rate)|expensive|pric(?:e)?y(?![a-z])|bargain|haggle"
    r"|lower (?:the|your) price|(?:come|bring|go|knock|drop|cut|reduce)\b.{0,16}(?:price|down|off)"
    r"|price (?:is )?(?:too|so|quite) high|negotia|(?:any|some|make me a|give me a) deal"
    r"|安く|値引|割引|値下|まけて|おまけして|ディスカウント|勉強して|(?:ちょっと|少し|もう少し)?高(?:い"
    r"|すぎ|いです)|お得に|お安く"
    r"|ลด(?:ราคา|ได้|หน่อย|ให้|อีก|ไหม|มั้ย|สัก|นิด|บ้าง)|ถูก(?:กว่า|ลง|หน่อย)|ส่วนลด(?!โค้ด)|แพง|ราคาพิเศษ"
    r"|ราคาส่ง|ต่อราคา|ต่อได้|ต่อรอง|โปรโมชั่น"
)
_CHEAPER_FOLDED = re.compile(fold(_CHEAPER.pattern))


def price_wish_of(text: str, vocabulary: Vocabulary, reader: Language | None = None) -> PriceWish | None:
    """The wish for a lower price in a message; None when it has none. `reader`: the language its writer reads."""
    cleaned = clean(text, limit=MAX_CHARACTERS)
    folded = fold(cleaned)
    named = vocabulary.find(folded)
    work = marked(folded, ((mention.start, mention.end) for mention in named), PRODUCT_MARK)
    skus = tuple(dict.fromkeys(mention.skus[0] for mention in named if len(mention.skus) == 1))
    return find_price_wish(cleaned, work, skus, language_of(cleaned, reader) or reader)


def find_price_wish(
    cleaned: str, work: str, skus: tuple[str, ...], language: Language | None
) -> PriceWish | None:
    """The wish in a folded text `work` whose products are blanked out; as long as `cleaned`, the text as written."""
    work, phrase = work[:MAX_CHARACTERS], " ".join(cleaned.split())[:120]
    if found := next((found for pattern in _PERCENT if (found := pattern.search(work))), None):
        return PriceWish(WishKind.PERCENT_OFF, _percent(found), None, skus, phrase)
    cheaper = _CHEAPER_FOLDED.search(work) is not None
    if _BUDGET.search(work) or _CONFIRMS.search(work):
        return PriceWish(WishKind.CHEAPER, None, None, skus, phrase) if cheaper else None
    mentions = tuple(find_prices(work, language))
    wished = next((mention for mention in mentions if mention.wished), None)
    if wished is None and cheaper and mentions:
        wished = mentions[0]
    if wished is not None:
        return PriceWish(wished.kind, wished.amount, wished.unit, skus, phrase)
    return PriceWish(WishKind.CHEAPER, None, None, skus, phrase) if cheaper else None


def wish_words(work: str) -> list[tuple[int, int]]:
    """Where the words stand that ask for a lower price without a figure; they name nothing that is for sale."""
    return [match.span() for pattern in (_CHEAPER_FOLDED, *_PERCENT) for match in pattern.finditer(work)]


def find_prices(work: str, language: Language | None) -> Iterator[PriceMention]:
    """The prices in a folded text whose products are blanked out, each with the words that say what it is for."""
    for match in _NUMBER.finditer(work):
        amount = _amount(match)
        if amount is None or not 0 < amount <= _MOST:
            continue
        mention = _mention(work, match, amount, language)
        if mention is not None:
            yield mention


def _mention(work: str, match: re.Match[str], amount: int, language: Language | None) -> PriceMention | None:
    before = work[max(0, match.start() - 40) : match.start()]
    start, end = match.span()
    money = _CURRENCY_BEFORE.search(before)
    if money:
        start -= len(before) - money.start()
        before = before[: money.start()]
    currency = _CURRENCY_AFTER.match(work, end)
    if currency and currency[0].strip() == "塊" and amount < _LEAST_BARE:
        return None  # three cakes of soap, not three dollars
    if currency:
        end = currency.end()
    is_money = bool(money or currency)
    if not is_money and work[end:].lstrip(" ")[:1] == PRODUCT_MARK:
        return None  # so many of a product
    if not is_money and (amount < _LEAST_BARE or _NO_PRICE_AFTER.match(work, end)):
        return None
    asked = bool(_ASKED_AFTER.match(work, end) or _ASKED_BEFORE.search(before))
    for_one = _for_one(work, before, start, end, language)
    if for_one:
        begin, end, unit = for_one
        return PriceMention(begin, end, WishKind.UNIT_PRICE, amount, unit, wished=True)
    if not is_money and unit_at(work, end + (work[end : end + 1] == " "), language):
        return None
    less = _AMOUNT_OFF_BEFORE.search(before)
    if less or ((is_money or asked) and _AMOUNT_OFF_AFTER.match(work, end)):
        begin = start - len(before) + less.start() if less else start
        return PriceMention(begin, end, WishKind.AMOUNT_OFF, amount, wished=True)
    offered = asked or _OFFER_BEFORE.search(before) is not None
    if not is_money and not offered:
        return None
    for_all = _TOTAL_BEFORE.search(before) or _TOTAL_AFTER.match(work, end)
    kind = WishKind.TOTAL if for_all else WishKind.SOME_PRICE
    return PriceMention(start, end, kind, amount, wished=offered)


def _for_one(
    work: str, before: str, start: int, end: int, language: Language | None
) -> tuple[int, int, str | None] | None:
    """Where the price of one unit begins and ends, and which unit: 150 一盒, 一盒 150, 150 each, 單價 150."""
    per = _PER_AFTER.match(work, end)
    unit = unit_at(work, per.end(), language) if per else None
    if unit:
        return start, unit.end, unit.senses[0]
    if each := _EACH_AFTER.match(work, end):
        return start, each.end(), None
    if unit_at(work, end + (work[end : end + 1] == " "), language):
        return None
    if left := _PER_BEFORE.search(before):
        unit = unit_at(left["unit"] or left["unit_th"], 0, language)
        return start - len(before) + left.start(), end, unit.senses[0] if unit else None
    if left := _EACH_BEFORE.search(before):
        return start - len(before) + left.start(), end, None
    return None


def _amount(match: re.Match[str]) -> int | None:
    if match["digits"]:
        whole, _, _ = match["digits"].translate(_THAI_DIGITS).replace(",", "").partition(".")
        power = numerals.CHINESE_POWERS.get(match["power"]) or numerals.CHINESE_LARGE.get(match["power"], 1)
        return int(whole) * power
    if match["chinese"]:
        return numerals.chinese_number(match["chinese"])
    return numerals.thai_number(match["thai"])


def _percent(match: re.Match[str]) -> int:
    """打九折 and 九折 leave nine tenths, 85折 and 八五折 leave 85 per cent."""
    found = match.groupdict()
    if found.get("folds"):
        digits = "".join(
            character if character.isascii() else str(numerals.CHINESE_DIGITS[character])
            for character in found["folds"]
        )
        return 100 - (int(digits) * 10 if len(digits) == 1 else int(digits))
    if found.get("tenths"):
        written = found["tenths"]
        return 10 * (int(written) if written.isascii() else numerals.CHINESE_DIGITS[written])
    return 50 if found.get("half") else int(found["percent"])
