"""Finds delivery and invoice details in one message, in any order, with or without labels.

What is missing stays None so that the chat can ask for it step by step; what was given but cannot be right is
named in `refused`, with the reason, so that the chat can say so.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from storefront.domain import delivery
from storefront.domain.delivery import InvoiceChoice, InvoiceKind, StoreChain
from storefront.domain.errors import InvalidDetail
from storefront.language.intents import Intent, intent_of
from storefront.language.text import clean, fold

_LONGEST_MESSAGE = 600

Method = Literal["home", "store"]


@dataclass(frozen=True)
class RefusedDetail:
    """A detail that was given but cannot be right, with a reason of `storefront.domain.delivery`."""

    field: str
    reason: str


@dataclass(frozen=True)
class DeliveryDraft:
    """What a message says about the delivery; every value given has passed its check."""

    name: str | None = None
    phone: str | None = None
    method: Method | None = None
    address: str | None = None
    chain: StoreChain | None = None
    store_name: str | None = None
    refused: tuple[RefusedDetail, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing about a delivery was found."""
        return self == DeliveryDraft()


@dataclass(frozen=True)
class InvoiceDraft:
    """What a message says about the invoice: a whole choice, or only its kind (ask for the value)."""

    kind: InvoiceKind | None = None
    choice: InvoiceChoice | None = None
    refused: RefusedDetail | None = None


_LABELS = {
    "name": (
        "收件人姓名|收件人|收貨人|取貨人|姓名|名字|大名|recipient|full name|name"
        "|お名前|氏名|名前|受取人|ชื่อผู้รับ|ชื่อ"
    ),
    "phone": (
        "聯絡電話|連絡電話|行動電話|手機號碼|電話號碼|手機|電話|聯絡方式|phone number|phone|mobile|tel"
        "|電話番號|電話番号|เบอร์โทรศัพท์|เบอร์โทร|เบอร์|โทร"
    ),
    "address": (
        "收件地址|寄送地址|收貨地址|送貨地址|地址|住址|delivery address|address|ご住所|住所|お届け先|ที่อยู่"
    ),
    "store_name": "取貨門市|門市名稱|門市|店名|分店|pickup store|store name|store|店舗|สาขา",
    "chain": "超商取貨|取貨超商|超商|便利商店|convenience store|コンビニ|ร้านสะดวกซื้อ",
    "method": "配送方式|取貨方式|寄送方式|運送方式|delivery method|配送方法|วิธีจัดส่ง",
}
_LABEL = re.compile(
    "|".join(
        f"(?P<{field}>(?:{words})\\s?[:=]\\s?)|(?P<{field}_line>^(?:{words})\\s(?=\\S))"
        for field, words in ((field, fold(words)) for field, words in _LABELS.items())
    ),
    re.MULTILINE,
)

_PHONE = re.compile(r"(?<![0-9/])(?:\(?\+?\(?886\)?[ -]?(?:\(?0\)?)?|0)(?:[ .-]?[0-9]){8,9}(?!-?[0-9])")
_PHONE_LIKE = re.compile(r"(?<![0-9/-])09(?:[ .-]?[0-9]){2,10}(?!-?[0-9])")

_AFTER_STREET = r"(?<![0-9路街巷弄段號之-])"
_CHAINS = (
    (
        StoreChain.SEVEN,
        rf"{_AFTER_STREET}7\s?-?\s?(?:11|eleven)(?![0-9號之巷弄樓-])(?:便利商店|超商)?|seven[\s-]?eleven|(?<![a-z])seven(?![a-z])"
        r"|統一超商|小七|小7|セブン-?イレブン|セブン|เซเว่น(?:อีเลฟเว่น)?",
    ),
    (
        StoreChain.FAMILY,
        r"全家(?![人福])(?:便利商店|超商)?|family\s?mart|(?<![a-z])family(?![a-z])|ファミリーマート|ファミマ|แฟมิลี่มาร์ท",
    ),
    (StoreChain.HILIFE, r"萊爾富(?:便利商店|超商)?|hi-?\s?life|ハイライフ|ไฮไลฟ์"),
    (StoreChain.OKMART, r"ok\s?(?:超商|便利商店|便利店|mart|マート)|來來超商"),
)
_CHAIN_PATTERNS = tuple((chain, re.compile(pattern)) for chain, pattern in _CHAINS)

_HOME_WORDS = re.compile(r"宅配到府|宅配到家|宅配|寄到家|送到家|到府|home delivery|自宅|ส่งถึงบ้าน|ที่บ้าน")
_STORE_WORDS = re.compile(
    r"超商取貨|超商店到店|便利商店取貨|店到店|超取|門市取貨|超商|便利商店"
    r"|store pick-?\s?up|convenience store|コンビニ受取|コンビニ|รับที่ร้าน"
)
_COURTESY_START = re.compile(
    r"(?:改成|改為|改寄到?|改送到?|改到|換成|我是|我叫|收件人是?|姓名是?|寄給|給|請寄給?|請寄到|請送到|請送|請寄|請|麻煩寄到|麻煩|送到|寄到|寄至|送至|寄送?|送|取貨"
    r"|ชื่อ|ผม|ดิฉัน|ส่งที่|ส่งไปที่|ส่ง|ร้าน)+"
)
_COURTESY_END = re.compile(r"(?:收件|收貨|取貨|親收|收|謝謝|感謝|です|と申します|様|ครับ|ค่ะ)$")
_POSTCODE_BEFORE = re.compile(
    r"(?:(?<![0-9])\(?[0-9]{3}(?:[0-9]{2,3})?\)?[\s-]?|(?:台灣|臺灣|taiwan)(?:省)?[,\s]?)+$"
)
_STORE_NAME_END = re.compile(r"(?:門市|店|店舗)$|^สาขา|\bstore$")
_ADDRESS_GOES_ON = re.compile(r"[0-9]|[路街巷弄段號樓室棟鄰村里區鄉鎮市縣]$|大樓$|社區$|^之")
_TITLES = re.compile(r"(?:先生|小姐|女士|太太|老師|様|さん|様宛)$|^(?:mr|ms|mrs|miss)\.?$")
_NO_NAME = re.compile(
    r"[送收午晚天週月日管請不要謝買訂付退換問嗎的我你]|門口|電話|電鈴|發票|統編|報價|運費|商品|包裝|宅配|地址|門市"
    r"|[茶酥餅糕盒箱罐袋杯]|\b(?:tea|cakes?|glass|glasses|box|boxes|case|cases|tins?|bags?|order|gift|how|what|when|where)\b"
)
_SEPARATORS = re.compile(r"[\n,，;；、|]")
_THAI_OR_KANA = re.compile("[\u0e01-\u0e4e]+|[\u3041-\u30ff]+")
_HAN = re.compile("[\u3400-\u9fff]")
# A message of two or three characters is taken for a name only with one of these in front: 鳳梨酥 is none.
_FAMILY_NAMES = frozenset(
    "陳林黃張李王吳劉蔡楊許鄭謝郭洪邱曾廖賴周徐蘇葉莊呂江何蕭羅高潘簡朱鍾彭游詹胡施沈余趙盧梁顏柯孫魏翁戴范方宋"
    "鄧杜傅侯曹薛丁卓阮馬董温溫唐藍蔣石紀姚連馮歐程湯田康姜汪白鄒尤巫涂龔嚴韓袁金童陸夏柳凃邵錢伍倪于譚駱熊任甘秦"
    "顧毛章史官萬俞雷粘饒闕凌崔尹孔辛武辜陶易段龍韋葛池孟褚殷麥賀賈莫文管關向包丘梅華裴樊房全佘左花魯安鮑郝穆塗邢蒲成谷"
    "常閻練盛鄔耿符申祝繆解鄞項喬陈张黄吴刘杨许郑谢赖苏叶庄吕萧罗钟彭赵卢颜孙邓马蓝蒋纪连冯汤邹龚严韩钱骆顾"
)
_DOUBLE_FAMILY_NAMES = (
    "歐陽",
    "司馬",
    "上官",
    "諸葛",
    "張簡",
    "范姜",
    "司徒",
    "東方",
    "尉遲",
    "夏侯",
    "公孫",
    "慕容",
    "欧阳",
    "诸葛",
)
# The family name 周 is also the first half of a weekday in simplified characters: 周三.
_FAMILY_CHOU = re.compile("^周(?![一二三四五六日天末])")
# So is 謝, which also gives thanks, and 林月娥 and 李天佑 have no day of the week or month in their names.
_LIKE_OTHER_WORDS = re.compile(
    f"^謝(?=[\u3400-\u9fff]{{1,2}}(?:先生|小姐|女士|太太|老師)?$)(?![謝啦了囉喔你您])"
    f"|(?<=^[{''.join(sorted(_FAMILY_NAMES))}])[天月日晚](?=[\u3400-\u9fff]$)"
    f"|(?<=^[{''.join(sorted(_FAMILY_NAMES))}][\u3400-\u9fff])[天月日晚]$"
)
_WORD = re.compile(r"[^\s,，;；、|。!?！？:]+")
_PLAIN_LATIN = re.compile(r"[a-z][a-z.'’-]*", re.IGNORECASE)
_HAN_WORD = re.compile(r"[\u3005\u4e00-\u9fff·・‧]{1,5}")

_COMPANY_LABEL = (
    "統一編號|公司統編|買受人統編|統編|tax id|vat(?: no)?|company (?:no|number|id)|ubn"
    "|会社番号|เลขประจำตัวผู้เสียภาษี"
)
_COMPANY = re.compile(
    rf"(?:{fold(_COMPANY_LABEL)})\.?\s?[是為]?\s?[:=#]?\s?(?P<number>[0-9](?:[ -]?[0-9]){{2,14}}(?![0-9]))?"
)
_EIGHT_DIGITS = re.compile(r"(?<![0-9+/-])[0-9]{8}(?![0-9-])")
_TITLE_LABEL = re.compile(
    r"(?:發票抬頭|公司抬頭|公司名稱|抬頭|title|company name)\s?[:=是為]?\s?(?P<title>[^\n,，;；]{2,80})"
)
_COMPANY_NAME = re.compile(
    r"[^\s,，;；:|]{0,40}(?:公司|商行|企業社|企業|工作室|商號|事務所|協會|基金會|株式會社|株式会社)[^\s,，;；:|]{0,20}"
    r"|[a-z][a-z0-9&.' -]{0,50}\b(?:co\.?,? ?ltd|ltd|inc|llc|corp|company|limited)\b\.?",
    re.IGNORECASE,
)
_BARCODE = re.compile(r"(?<![0-9a-z/:.])/ ?[0-9a-z.+\-]{4,12}(?![0-9a-z/.+\-])")
_BARCODE_LABEL = re.compile(
    r"手機條碼|手機載具|條碼載具|雲端發票|載具|mobile barcode|barcode|モバイルバーコード|บาร์โค้ด"
)
_DONATION = re.compile(
    r"(?:捐贈發票|發票捐贈|捐贈碼|愛心碼|捐贈|捐出|捐|donation|donate|寄付|บริจาค)[^0-9\n|]{0,8}(?P<code>[0-9]{1,10}(?![0-9]))?"
)
_PAPER = re.compile(r"紙本發票|紙本|紙張發票|一般發票|二聯|paper(?: invoice)?|紙の(?:領收書|發票)|กระดาษ")


def parse_delivery(text: str) -> DeliveryDraft:
    """The delivery details in a message."""
    message = _Message(clean(text, limit=_LONGEST_MESSAGE))
    _take_invoice(message)
    found = _Found()
    _read_labelled(message, found)
    _read_phone(message, found)
    _read_chain(message, found)
    _read_address(message, found)
    _read_method(message, found)
    _read_names(message, found)
    return found.draft()


def parse_invoice(text: str, *, asked: bool = False) -> InvoiceDraft:
    """The invoice that a message asks for; an empty draft when it says nothing about one.

    Where the question was just `asked`, a bare code is an answer: whatever starts like a barcode, and a number
    short enough for a charity.
    """
    message = _Message(clean(text, limit=_LONGEST_MESSAGE))
    found = _company(message) or _barcode(message) or _donation(message) or _paper(message)
    if found is None and asked:
        found = _bare_code(message)
    return found or InvoiceDraft()


def chain_in(text: str) -> StoreChain | None:
    """The chain of convenience stores that a text names."""
    folded = fold(clean(text, limit=_LONGEST_MESSAGE))
    return next((chain for chain, pattern in _CHAIN_PATTERNS if pattern.search(folded)), None)


type _Candidate = tuple[list[str], int]


class _Message:
    """A message of which parts are taken out as they are understood; what is taken separates what stays."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = fold(text)

    def take(self, start: int, end: int) -> str:
        taken = self.text[start:end]
        gap = "|" * (end - start)
        self.text = self.text[:start] + gap + self.text[end:]
        self.folded = self.folded[:start] + gap + self.folded[end:]
        return taken


@dataclass
class _Found:
    """The details collected so far: the first one that is right wins, a refusal only counts without one."""

    details: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    method: Method | None = None
    chain_end: int | None = None

    def offer(self, name: str, check: Callable[[str], str], written: str) -> bool:
        """Whether the detail is taken; a wrong one is remembered as refused."""
        if name in self.details or not written:
            return False
        try:
            self.details[name] = check(written)
        except InvalidDetail as error:
            self.refused.setdefault(name, error.reason)
            return False
        return True

    def draft(self) -> DeliveryDraft:
        chain = self.details.get("chain")
        method = self.method
        if chain or "store_name" in self.details:
            method = "store"
        elif "address" in self.details:
            method = "home"
        return DeliveryDraft(
            name=self.details.get("name"),
            phone=self.details.get("phone"),
            method=method,
            address=self.details.get("address"),
            chain=StoreChain(chain) if chain else None,
            store_name=self.details.get("store_name"),
            refused=tuple(
                RefusedDetail(name, reason)
                for name, reason in self.refused.items()
                if name not in self.details
            ),
        )


def _take_invoice(message: _Message) -> None:
    """Takes out what is about the invoice: a company's number and title are neither a phone nor a name."""
    for pattern in (_TITLE_LABEL, _COMPANY, _BARCODE, _BARCODE_LABEL, _DONATION, _PAPER):
        for match in pattern.finditer(message.folded):
            message.take(*match.span())


def _read_labelled(message: _Message, found: _Found) -> None:
    labels = list(_LABEL.finditer(message.folded))
    ends = [label.start() for label in labels[1:]]
    ends.append(len(message.text))
    for label, end in zip(labels, ends, strict=False):
        name = str(label.lastgroup).removesuffix("_line")
        line_end = message.text.find("\n", label.end(), end)
        value_end = line_end if line_end >= 0 else end
        if name == "name":
            stop = re.compile(r"[0-9,，;；、|\n]").search(message.text, label.end(), value_end)
            value_end = stop.start() if stop else value_end
        written = message.text[label.end() : value_end].strip(" ,，;；、|")
        checks: dict[str, Callable[[str], str]] = {
            "name": delivery.recipient_name,
            "phone": delivery.mobile_phone,
            "address": delivery.street_address,
        }
        if name in checks:
            found.offer(name, checks[name], written)
            message.take(label.start(), value_end)
        elif name == "store_name" and chain_in(written) is None:
            found.offer(name, delivery.pickup_store_name, written)
            message.take(label.start(), value_end)
        else:
            message.take(*label.span())  # the value is read like one without a label


def _read_phone(message: _Message, found: _Found) -> None:
    for pattern in (_PHONE, _PHONE_LIKE):
        for match in pattern.finditer(message.folded):
            found.offer("phone", delivery.mobile_phone, message.take(*match.span()))


def _read_chain(message: _Message, found: _Found) -> None:
    for chain, pattern in _CHAIN_PATTERNS:
        match = pattern.search(message.folded)
        if match:
            found.offer("chain", delivery.store_chain, chain)
            message.take(*match.span())
            found.chain_end = match.end()
            return


def _read_address(message: _Message, found: _Found) -> None:
    place = delivery.city_in(message.text)
    if place is None or "address" in found.details:
        return
    start, end = place
    if message.folded[start].isascii():
        start, end = _latin_address(message, start, end)
    else:
        word_end = _word_end(message.text, end)
        word = message.text[start:word_end]
        if _STORE_NAME_END.search(fold(word)) and not re.search(r"[路街號0-9]", fold(word)):
            return  # 台北車站門市 is a store
        end = word_end
        while True:
            match = re.compile(r"[ ,，]{1,2}|\n(?=[0-9])").match(message.text, end)
            next_word = _WORD.match(message.text, match.end()) if match else None
            if next_word is None or not _ADDRESS_GOES_ON.search(fold(next_word[0])):
                break
            end = next_word.end()
        before = _POSTCODE_BEFORE.search(message.folded, 0, start)
        start = before.start() if before else start
    written = re.sub(r"(?:親收|收)$", "", message.take(start, end).strip(" ,，"))
    found.offer("address", delivery.street_address, written)


def _latin_address(message: _Message, start: int, end: int) -> tuple[int, int]:
    """An address in Latin letters runs from its first number, or its city, to the end of the line."""
    line_start = max(message.text.rfind("|", 0, start), message.text.rfind("\n", 0, start)) + 1
    stops = [place for place in (message.text.find("|", end), message.text.find("\n", end)) if place >= 0]
    number = re.compile(r"(?:\bno\.? ?)?[0-9]").search(message.folded, line_start, start)
    return (number.start() if number else start), min(stops, default=len(message.text))


def _word_end(text: str, start: int) -> int:
    match = re.compile(r"[\s,，;；、|]").search(text, start)
    return match.start() if match else len(text)


def _read_method(message: _Message, found: _Found) -> None:
    methods: tuple[tuple[Method, re.Pattern[str]], ...] = (("store", _STORE_WORDS), ("home", _HOME_WORDS))
    for method, pattern in methods:
        match = pattern.search(message.folded)
        if match:
            message.take(*match.span())
            found.method = found.method or method


def _read_names(message: _Message, found: _Found) -> None:
    alone = not found.details and found.method is None
    if alone and re.search("[0-9]", message.folded):
        return
    candidates = [candidate for segment in _segments(message) for candidate in _names_in(segment)]
    store = _store_among(candidates, message, found)
    if store is not None:
        candidates.remove(store)
        found.offer("store_name", delivery.pickup_store_name, " ".join(store[0]).removeprefix("สาขา"))
    for words, _ in candidates:
        written = " ".join(words)
        if not _is_store(written) and _could_be_a_name(written, alone=alone):
            found.offer("name", delivery.recipient_name, written)


def _store_among(candidates: list[_Candidate], message: _Message, found: _Found) -> _Candidate | None:
    """The candidate that names a branch: by its ending, or because it stands right after the chain."""
    if "store_name" in found.details:
        return None
    for candidate in candidates:
        if _is_store(" ".join(candidate[0])):
            return candidate
    if found.chain_end is None:
        return None
    for candidate in candidates:
        place = candidate[1]
        between = message.text[found.chain_end : place]
        if place < found.chain_end or between.strip():
            continue
        # A single word beside a phone number is more likely who takes the parcel.
        if not between or len(candidates) > 1 or "phone" not in found.details or "name" in found.details:
            return candidate
    return None


def _segments(message: _Message) -> list[list[tuple[str, int]]]:
    """What is left, by line and separator: each segment's words and places, courtesies taken off."""
    segments: list[list[tuple[str, int]]] = []
    place = 0
    for piece in _SEPARATORS.split(message.text):
        words = []
        for match in _WORD.finditer(piece):
            offset, word = _without_courtesy(match[0])
            if word and not _TITLES.fullmatch(fold(word)):
                words.append((word, place + match.start() + offset))
        if words:
            segments.append(words)
        place += len(piece) + 1
    return segments


def _without_courtesy(word: str) -> tuple[int, str]:
    start = _COURTESY_START.match(fold(word))
    offset = start.end() if start else 0
    rest = word[offset:]
    end = _COURTESY_END.search(fold(rest))
    return offset, rest[: end.start()] if end else rest


def _names_in(segment: list[tuple[str, int]]) -> list[_Candidate]:
    """The words of a segment, joined where they make one name: John Smith, 山田 太郎, สมชาย ใจดี."""
    names: list[_Candidate] = []
    for word, place in segment:
        if names and _joins(names[-1][0], word):
            names[-1][0].append(word)
        else:
            names.append(([word], place))
    return names


def _joins(words: list[str], word: str) -> bool:
    if len(words) >= 4:
        return False
    if _PLAIN_LATIN.fullmatch(words[-1]) and _PLAIN_LATIN.fullmatch(word):
        return True
    if _THAI_OR_KANA.fullmatch(words[-1]) and _THAI_OR_KANA.fullmatch(word):
        return True
    # A Japanese family name and given name; Chinese names of three characters stand alone.
    both_short = len(words) == 1 and len(words[0]) == 2 and len(word) == 2
    return (
        both_short
        and bool(_HAN_WORD.fullmatch(words[0]) and _HAN_WORD.fullmatch(word))
        and not _is_store(word)
    )


def _is_store(word: str) -> bool:
    return _STORE_NAME_END.search(fold(word)) is not None


def _could_be_a_name(written: str, *, alone: bool) -> bool:
    folded = _LIKE_OTHER_WORDS.sub("", fold(_FAMILY_CHOU.sub("", written)))
    if _NO_NAME.search(folded) or intent_of(written) is not Intent.OTHER:
        return False
    if alone:
        return _is_surely_a_name(written)
    return not _HAN.search(written) or len(written.replace(" ", "")) <= 6


def _is_surely_a_name(written: str) -> bool:
    """Whether a message that is nothing else is a name: with a Chinese family name, or in several parts."""
    if " " in written:
        return _HAN.search(written) is not None or written.istitle() or not written.isascii()
    if len(written) in {3, 4} and written[:2] in _DOUBLE_FAMILY_NAMES:
        return True
    return len(written) in {2, 3} and written[0] in _FAMILY_NAMES


def _attempt(kind: InvoiceKind, value: str | None, title: str | None = None) -> InvoiceDraft:
    if value is None:
        return InvoiceDraft(kind)
    try:
        return InvoiceDraft(kind, InvoiceChoice.given(kind, value, title))
    except InvalidDetail as error:
        return InvoiceDraft(kind, refused=RefusedDetail(error.field, error.reason))


def _company(message: _Message) -> InvoiceDraft | None:
    labelled = _COMPANY.search(message.folded)
    named = _COMPANY_NAME.search(message.folded)
    bare = _EIGHT_DIGITS.search(message.folded)
    is_only_number = bare is not None and bare[0] == message.folded
    if labelled is None and not (bare and (named or is_only_number)):
        return None
    number = labelled["number"] if labelled and labelled["number"] else (bare[0] if bare else None)
    return _attempt(InvoiceKind.COMPANY, number, _title(message, labelled))


def _title(message: _Message, labelled: re.Match[str] | None) -> str | None:
    title = _TITLE_LABEL.search(message.folded)
    if title:
        written = message.text[title.start("title") : title.end("title")]
        return re.sub(r"\s*(?:統一編號|統編)?\s*[:]?\s*[0-9]{8}.*$", "", written).strip() or None
    around = message.text
    if labelled:
        around = message.text[: labelled.start()] + "|" * len(labelled[0]) + message.text[labelled.end() :]
    named = _COMPANY_NAME.search(around)
    if named:
        return re.sub(r"^[0-9]{8}", "", named[0]).strip() or None
    if labelled and labelled["number"] and not _PHONE.search(message.folded):
        rest = around.replace("|", " ").strip(" ,，、;\n")
        return rest if 2 <= len(rest) <= 60 and not _NO_NAME.search(rest) else None
    return None


def _barcode(message: _Message) -> InvoiceDraft | None:
    code = _BARCODE.search(message.folded)
    if code is None and not _BARCODE_LABEL.search(message.folded):
        return None
    return _attempt(InvoiceKind.MOBILE_BARCODE, message.text[slice(*code.span())] if code else None)


def _donation(message: _Message) -> InvoiceDraft | None:
    match = _DONATION.search(message.folded)
    return _attempt(InvoiceKind.DONATION, match["code"]) if match else None


def _bare_code(message: _Message) -> InvoiceDraft | None:
    code = message.text.strip()
    if code.startswith("/"):
        return _attempt(InvoiceKind.MOBILE_BARCODE, code)
    if re.fullmatch(r"[0-9 -]+", code):
        digits = re.sub(r"[ -]", "", code)
        return _attempt(InvoiceKind.COMPANY if len(digits) > 7 else InvoiceKind.DONATION, digits)
    return None


def _paper(message: _Message) -> InvoiceDraft | None:
    return _attempt(InvoiceKind.PAPER, "") if _PAPER.search(message.folded) else None
