"""Reads an order out of a message: which products, how many of each, by when, and what must be asked.

Never a guess: a name that fits two products, a quantity that is none, a unit that the product is not
sold by, all become a question with what was understood in it. Numbers belong to the nearest product of
their clause; commas, line breaks and words such as 和 or "and" end a clause.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import zip_longest

from storefront.domain.order_number import find_order_number
from storefront.language.dates import DateMention, find_dates
from storefront.language.intents import Intent, intent_of
from storefront.language.products import Vocabulary
from storefront.language.quantities import (
    MAX_QUANTITY,
    PRODUCT_MARK,
    TAKEN_MARK,
    QuantityMention,
    Refusal,
    find_quantities,
)
from storefront.language.text import Language, clean, fold, language_of
from storefront.language.units import unit_at

MAX_CHARACTERS = 2_000
"""An order longer than this is read up to here."""

_MAX_CHUNKS = 12
_LONGEST_NOTE = 200


class Change(StrEnum):
    """What a line does to the quote that is open: sets the quantity, adds to it, takes from it."""

    SET = "set"
    ADD = "add"
    REMOVE = "remove"


class QuestionKind(StrEnum):
    """What the customer must be asked before a quote can be made."""

    WHICH_PRODUCT = "which_product"
    UNKNOWN_PRODUCT = "unknown_product"
    HOW_MANY = "how_many"
    QUANTITY_REFUSED = "quantity_refused"
    WHICH_UNIT = "which_unit"
    WHICH_DATE = "which_date"


@dataclass(frozen=True)
class RequestedLine:
    """A product and how many of it, in its own unit.

    `sku` is None when a message corrects or answers without naming a product ("改成 5 箱", "3"): then it
    is about the only line there is, and `quantity_in_units` is as spoken, for `Vocabulary.in_units` to
    convert. REMOVE with a quantity of 0 takes the whole line away.
    """

    sku: str | None
    quantity_in_units: int
    spoken_quantity: int
    spoken_unit: str | None = None
    change: Change = Change.SET


@dataclass(frozen=True)
class Question:
    """Something to ask, with what is known: the words it is about, the products they may mean, the quantity."""

    kind: QuestionKind
    written: str
    candidates: tuple[str, ...] = ()
    spoken_quantity: int | None = None
    spoken_unit: str | None = None
    refusal: Refusal | None = None
    change: Change = Change.SET


@dataclass(frozen=True)
class Inquiry:
    """What a message orders: lines that are clear, questions, the words left over, the wished day."""

    lines: tuple[RequestedLine, ...] = ()
    questions: tuple[Question, ...] = ()
    unknown: str = ""
    wished_date: date | None = None
    intent: Intent = Intent.OTHER
    language: Language | None = None

    @property
    def orders_something(self) -> bool:
        """Whether the message is about products at all."""
        return bool(self.lines or self.questions)


@dataclass
class _Product:
    """A product in the message: named (`exact`), only suggested by its words, or unknown (no SKUs)."""

    start: int
    end: int
    skus: tuple[str, ...]
    exact: bool
    quantities: list["_Amount"] = field(default_factory=list)
    change: Change = Change.SET

    @property
    def is_known(self) -> bool:
        return bool(self.skus)


@dataclass
class _Amount:
    """A quantity in the message; `each` when it is meant for all the products named before it."""

    mention: QuantityMention
    each: bool = False

    @property
    def start(self) -> int:
        return self.mention.start

    @property
    def end(self) -> int:
        return self.mention.end


type _Token = _Product | _Amount

# Products served, units that fit, unknown products served, closeness, products that stand first.
type _Score = tuple[int, int, int, int, int]

_ONCE = "time"
"""The unit of a service that is done once for an order unless somebody says otherwise."""

_SEPARATOR = re.compile(
    r"[\n,，、;；。!?！？/&+|①-⑳]|\.(?![0-9])|[和跟與及]|以及|還有|另外|\b(?:and|plus)\b|と|および|และ|กับ"
)
_SENTENCE_END = re.compile(r"[\n。;；!?！？]")
_EACH_BEFORE = re.compile(
    r"(?:各自?|都|各別|分別|อย่างละ|\beach|それぞれ)\s?(?:要|來|買|訂|訂購|給我|需要|加)?\s?(?:x\s?)?$"
)
_EACH_AFTER = re.compile(r"\s?(?:ずつ|each\b|of each\b|อย่างละ|apiece\b)")

_LINE_NUMBER = re.compile(r"^\s?(?:\(?[0-9]{1,2}[.、)](?![0-9])|[①-⑳])\s?", re.MULTILINE)
_CLOCK = re.compile(
    r"(?:上午|下午|早上|晚上|中午)?\s?(?:(?<![0-9])[0-9]{1,2}|[一二三四五六七八九十]{1,3})\s?(?:點|時)"
    r"(?:[0-9一二三四五六七八九十]{1,3}分|(?![0-9〇一二兩三四五六七八九十])(?:半|整|鐘|前|後|左右)?)"
    r"|(?<![0-9:])[0-9]{1,2}:[0-9]{2}(?![0-9:])|(?<![0-9])[0-9]{1,2}\s?[ap]m(?![a-z])|上午|下午|早上|晚上|中午"
)
_MONEY = re.compile(
    r"(?:nt|twd|us|hk)?\s?\$\s?[0-9][0-9,.]*|(?<![a-z])(?:nt|ntd|twd)\s?[0-9][0-9,.]*"
    r"|[0-9][0-9,.]*\s?(?:元|塊錢?|圓|yen|ntd?(?![a-z])|twd|dollars?|baht|บาท)"
    r"|[一二三四五六七八九十百千萬兩]{1,8}(?:元|塊錢?)"
)
_PHONE = re.compile(r"(?<![0-9])(?:\+?886[ -]?|0)[0-9](?:[ -]?[0-9]){7,9}(?![0-9])")
_LINK = re.compile(r"https?://\S{1,500}|www\.\S{1,500}|\S{1,64}@[a-z0-9-]{1,64}\.[a-z.]{2,20}")
_STORE = re.compile(r"(?<![0-9])7-?(?:11|eleven)(?![0-9])")
_NOISE = (_LINK, _PHONE, _MONEY, _STORE, _CLOCK)

_ADD = (
    r"再(?:多|追)?(?:來|加|要|給|訂|買|點|拿)?|多(?:加|來|要|給|訂|買|拿)?|加(?:購|訂|買|點)?|追加|還要|另加"
    r"|\badd|\bmore|\banother|\bextra|\badditional|追加(?:で)?|あと|もう|เพิ่ม|อีก"
)
_REMOVE = (
    r"(?<!要)不要|不用|不需要|不想要|取消|刪掉|刪除|拿掉|去掉|移除|減少?|少(?:買|訂|拿)?|扣掉?|\bremove|\bcancel|\bdelete"
    r"|\bwithout|\bno|\bdrop|\bminus|ไม่เอา|ยกเลิก|ลบ|ลด|เอาออก|ไม่ต้องการ"
)
_INSTEAD = (
    r"改(?:成|為|訂|買|要|拿)?|換(?:成|為)?|變成|而是|是|\bchange(?: it| that)? to|\bmake (?:it|that)|\binstead"
    r"|に変更|に變更|変更|變更|เปลี่ยนเป็น|แก้เป็น"
)
_OBJECT = r"\s?(?:給我|我|那個|這個|了|掉|the|my|any|me)?\s?[x×*:]?\s?$"
_ADD_BEFORE = re.compile(rf"(?:{_ADD}){_OBJECT}")
_REMOVE_BEFORE = re.compile(rf"(?:{_REMOVE}){_OBJECT}")
_INSTEAD_BEFORE = re.compile(rf"(?:{_INSTEAD}){_OBJECT}")
_ADD_AFTER = re.compile(r"\s?(?:を)?(?:追加|more\b|extra\b|เพิ่ม)")
_REMOVE_AFTER = re.compile(
    r"\s?(?:都|先|就|我|はもう|は|を|も)?\s?(?:不要了?|不用了?|不需要了?|取消|刪掉|刪除|拿掉|いらない|いりません|不要です|キャンセル|なし|やめ"
    r"|削除|ไม่เอา|ยกเลิก)(?:[吧喔啦哦謝\s。!,，でしてくださいまครับค่ะ].{0,12})?$"
)
_CLAUSE_END = re.compile(r"[\n,，、;；。!?！？]")
_REPLACED = re.compile(r"改|換|變更|変更|change[sd]? to|instead of|เปลี่ยน")
_NOT_THIS_MANY = re.compile(r"(?:不是|不要|not)\s?$")
_SUM = re.compile(r"\s?(?:又|加|外加|\+|and|和|跟|と|และ|,|、)?\s?")

_FILLER_WORDS = (
    "我想要 我要 我想 想要 想買 想訂 想喝 想吃 要訂 要買 訂購 預訂 預購 下單 購買 幫我訂 幫我 幫忙 麻煩 請問 請給我 給我 請 謝謝 "
    "感謝 你好 您好 哈囉 老闆 可不可以 可以 能不能 嗎 呢 吧 喔 哦 啦 唷 囉 的話 的 了 有沒有 沒有 有賣 還有 有 需要 再來 再加 再 "
    "還要 來 買 訂 要 各 總共 一共 共 數量 送到 寄到 希望 送達 到貨 送 寄 以前 之前 左右 大約 大概 差不多 就好 就 這樣 先 另外 以及 "
    "和 跟 與 及 還 也 是 多少錢 怎麼賣 價格 價錢 報價 多少 改成 改為 改 換成 換 不要 取消 不用 不需要 追加 加購 加 多 少 都 前 後 "
    "給 那 這個 那個 我們 我 你們 他們 你 個 喜歡 好 對 嗨 拿 點 到 在 於 收到 出貨 宅配 一下 大家 還是 或 "
    "i'd i'm i would like want need can could may please get have order buy me my give of some the a an to for and with "
    "hi hello hey thanks thank you is are by on at how much many price cost deliver delivery delivered each we us do does "
    "it that this these those more add remove change cancel no not also plus about it's there any in then just send before "
    "ください 下さい お願いします お願い 注文 したい です ます ました ほしい 欲しい 購入 こんにちは ありがとうございます ありがとう すみません "
    "ずつ いくら 届け まで お を が は に の と で も か ね よ 変更 追加 いりません いらない なし 買いたい 頼みたい "
    "ขอ เอา อยาก ได้ สั่ง ซื้อ ต้องการ ครับ ค่ะ คะ นะ หน่อย ด้วย และ กับ สวัสดี ขอบคุณ อย่างละ ส่ง ราคา เท่าไหร่ เพิ่ม อีก ไม่ จะ ให้ ที่ มี ไหม "
    "เปลี่ยนเป็น ผม ฉัน ดิฉัน"
)
_FILLERS_BY_LENGTH = sorted({fold(word) for word in _FILLER_WORDS.split()}, key=len, reverse=True)
_FILLER = re.compile(
    "|".join(
        rf"(?<![a-z']){re.escape(word)}(?![a-z'])" if word.isascii() else re.escape(word)
        for word in _FILLERS_BY_LENGTH
    )
)
_CHUNK = re.compile(rf"[^{PRODUCT_MARK}{TAKEN_MARK}\n,，、;；。!?！？/&+|:()（）\[\]「」【】~*=<>\"0-9]+")
_WORTH_ASKING = re.compile(r"[\u3400-\u9fff]|[^\W\d_a-z]{2}|[a-z]{3}")


_NEVER_A_PRODUCT = re.compile("問題|朋友|小孩|同事|公司|地址|地方|客人|家人|question|friend|people|person")
_WHOLE_CHUNK_FILLER_GAP = 3
_SKIPPABLE = 3


def parse_inquiry(text: str, vocabulary: Vocabulary, *, today: date) -> Inquiry:
    """What a message orders from the catalogue that the vocabulary was built of."""
    cleaned = clean(text)[:MAX_CHARACTERS]
    language = language_of(cleaned)
    folded = fold(cleaned)
    named = [
        _Product(mention.start, mention.end, mention.skus, exact=len(mention.skus) == 1)
        for mention in vocabulary.find(folded)
    ]
    marked = _marked(folded, ((product.start, product.end) for product in named), PRODUCT_MARK)
    marked = _without_noise(marked)
    days = [day for day in find_dates(marked, today, language) if not _is_fraction(marked, day, language)]
    marked = _marked(marked, ((day.start, day.end) for day in days), TAKEN_MARK)
    amounts = _amounts(marked, language)
    rest = _marked(marked, ((amount.start, amount.end) for amount in amounts), TAKEN_MARK)
    pieces = list(_pieces(rest))
    suggested = _suggested(folded, pieces, vocabulary)
    tokens: list[_Token] = [*named, *suggested, *amounts]
    tokens.sort(key=lambda token: token.start)
    order = _Order(cleaned, marked, tokens, vocabulary)
    order.pair()
    lines, questions = order.read()
    wished = next((day.day for day in days if day.day), None)
    if wished is None:
        questions += [Question(QuestionKind.WHICH_DATE, cleaned[day.start : day.end]) for day in days[:1]]
    asked = {(product.start, product.end) for product in suggested if product.is_known}
    left_over = " ".join(cleaned[start:end] for start, end in pieces if (start, end) not in asked)
    return Inquiry(
        lines=tuple(lines),
        questions=tuple(questions),
        unknown=left_over[:_LONGEST_NOTE],
        wished_date=wished,
        intent=intent_of(cleaned),
        language=language,
    )


def _marked(text: str, spans: Iterable[tuple[int, int]], mark: str) -> str:
    """The text with these spans blanked out; as long as before, so that places stay what they were."""
    parts: list[str] = []
    place = 0
    for start, end in sorted(spans):
        parts += [text[place:start], mark * (end - start)]
        place = end
    return "".join((*parts, text[place:]))


def _without_noise(text: str) -> str:
    """Blanks out numbers that order nothing: order numbers, phone numbers, prices, times, list numbers."""
    mention = find_order_number(text)
    if mention:
        text = _marked(text, [(mention.start, mention.end)], TAKEN_MARK)
    text = _LINE_NUMBER.sub(lambda match: " " * len(match[0]), text)
    for pattern in _NOISE:
        text = pattern.sub(lambda match: TAKEN_MARK * len(match[0]), text)
    return text


def _is_fraction(text: str, day: DateMention, language: Language | None) -> bool:
    """1/2 盒 is half a box, not the second of January."""
    gap = text[day.end : day.end + 1] == " "
    return "/" in text[day.start : day.end] and unit_at(text, day.end + gap, language) is not None


def _amounts(marked: str, language: Language | None) -> list[_Amount]:
    amounts = [
        _Amount(
            mention,
            each=bool(
                _EACH_BEFORE.search(marked, max(0, mention.start - 12), mention.start)
                or _EACH_AFTER.match(marked, mention.end)
            ),
        )
        for mention in find_quantities(marked, language)
    ]
    return [
        amount
        for amount, after in zip_longest(amounts, amounts[1:])
        if not _is_corrected(marked, amount, after)
    ]


def _is_corrected(marked: str, amount: _Amount, after: _Amount | None) -> bool:
    """不是 2 盒是 3 盒, 2 盒改成 3 盒: the first of them no longer counts."""
    if after is None or PRODUCT_MARK in marked[amount.end : after.start]:
        return False
    between = marked[amount.end : after.start]
    denied = _NOT_THIS_MANY.search(marked, max(0, amount.start - 6), amount.start)
    return bool(denied or _INSTEAD_BEFORE.search(between))


def _pieces(rest: str) -> Iterator[tuple[int, int]]:
    """The stretches of words that are neither understood nor politeness."""
    for chunk in _CHUNK.finditer(rest):
        place = chunk.start()
        for filler in (*_FILLER.finditer(rest, chunk.start(), chunk.end()), None):
            end = filler.start() if filler else chunk.end()
            written = rest[place:end]
            start = place + len(written) - len(written.lstrip(" '.-"))
            end = place + len(written.rstrip(" '.-"))
            if start < end and any(character.isalpha() for character in rest[start:end]):
                yield start, end
            place = filler.end() if filler else end


def _suggested(folded: str, pieces: list[tuple[int, int]], vocabulary: Vocabulary) -> list[_Product]:
    """Products that the left-over words may mean, or that are not in the catalogue at all."""
    suggested: list[_Product] = []
    for start, end in pieces[:_MAX_CHUNKS]:
        written = folded[start:end]
        if _WORTH_ASKING.search(written) and not _NEVER_A_PRODUCT.search(written):
            suggested.append(_Product(start, end, vocabulary.candidates(written), exact=False))
    return suggested


class _Order:
    """Brings the products and quantities of one message together."""

    def __init__(self, cleaned: str, marked: str, tokens: list[_Token], vocabulary: Vocabulary) -> None:
        self._cleaned = cleaned
        self._marked = marked
        self._tokens = tokens
        self._vocabulary = vocabulary
        self._paired: set[int] = set()

    def pair(self) -> None:
        """Gives each quantity to its product."""
        self._pair_each()
        clauses = list(self._clauses())
        for clause in clauses:
            self._pair_clause(clause)
        self._pair_across(clauses)
        self._add_up()
        self._read_changes()

    def read(self) -> tuple[list[RequestedLine], list[Question]]:
        """The lines that are clear and the questions about the others."""
        lines: list[RequestedLine] = []
        questions: list[Question] = []
        for token in self._tokens:
            found: RequestedLine | Question | None
            if isinstance(token, _Product):
                found = self._read_product(token)
            elif token.start not in self._paired:
                found = self._read_lone_amount(token)
            else:
                continue
            if isinstance(found, RequestedLine):
                lines.append(found)
            elif found:
                questions.append(found)
        return self._settled(lines, questions)

    # Pairing

    def _give(self, product: _Product, amount: _Amount) -> None:
        product.quantities.append(amount)
        self._paired.add(amount.start)

    def _between(self, left: _Token, right: _Token) -> str:
        return self._marked[left.end : right.start]

    def _pair_each(self) -> None:
        for place, token in enumerate(self._tokens):
            if not isinstance(token, _Amount) or not token.each:
                continue
            products = self._listed(reversed(self._tokens[:place]), token) or self._listed(
                self._tokens[place + 1 :], token
            )
            if len(products) > 1:
                for product in products:
                    self._give(product, token)

    def _listed(self, tokens: Iterable[_Token], amount: _Amount) -> list[_Product]:
        """The products in a row before or after an amount, up to another amount or the end of a sentence."""
        products: list[_Product] = []
        last: _Token = amount
        for token in tokens:
            left, right = (token, last) if token.start < last.start else (last, token)
            if isinstance(token, _Amount) or _SENTENCE_END.search(self._between(left, right)):
                break
            if token.is_known:
                products.append(token)
            last = token
        return [product for product in products if not product.quantities]

    def _clauses(self) -> Iterator[list[_Token]]:
        clause: list[_Token] = []
        before: _Token | None = None
        for token in self._tokens:
            if before and _SEPARATOR.search(self._between(before, token)):
                yield clause
                clause = []
            before = token
            if not (isinstance(token, _Product) and token.quantities) and token.start not in self._paired:
                clause.append(token)
        yield clause

    def _pair_clause(self, clause: list[_Token]) -> None:
        """The pairing with most products served, most fitting units and the shortest ways, without crossings."""
        best: list[tuple[_Score, int | None]] = [((0, 0, 0, 0, 0), None)] * (len(clause) + 1)
        for place in range(len(clause) - 1, -1, -1):
            best[place] = (best[place + 1][0], None)
            for other in self._partners(clause, place):
                score = _sum(self._score(clause[place], clause[other]), best[other + 1][0])
                if score > best[place][0]:
                    best[place] = (score, other)
        place = 0
        while place < len(clause):
            partner = best[place][1]
            if partner is None:
                place += 1
                continue
            first, second = clause[place], clause[partner]
            if isinstance(first, _Product) and isinstance(second, _Amount):
                self._give(first, second)
            elif isinstance(first, _Amount) and isinstance(second, _Product):
                self._give(second, first)
            place = partner + 1

    def _partners(self, clause: list[_Token], place: int) -> Iterator[int]:
        """The later tokens that a token may be paired with; only what cannot take the amount lies between."""
        token = clause[place]
        for other in range(place + 1, min(place + 2 + _SKIPPABLE, len(clause))):
            candidate = clause[other]
            if isinstance(token, _Product) is isinstance(candidate, _Product):
                if isinstance(token, _Amount):
                    return
                continue
            product, amount = (token, candidate) if isinstance(token, _Product) else (candidate, token)
            if not isinstance(product, _Product) or not isinstance(amount, _Amount):
                return
            skipped = clause[place + 1 : other]
            if all(isinstance(one, _Product) and not self._takes(one, amount) for one in skipped):
                near = len(self._between(token, candidate)) <= _WHOLE_CHUNK_FILLER_GAP
                if product.is_known or (not skipped and near):
                    yield other
            if isinstance(token, _Product):
                return

    def _takes(self, product: _Product, amount: _Amount) -> bool:
        return product.is_known and self._fits(product, amount)

    def _fits(self, product: _Product, amount: _Amount) -> bool:
        return any(self._vocabulary.in_units(sku, 1, amount.mention.unit) for sku in product.skus)

    def _score(self, first: _Token, second: _Token) -> _Score:
        product, amount = (first, second) if isinstance(first, _Product) else (second, first)
        if not isinstance(product, _Product) or not isinstance(amount, _Amount):
            return (0, 0, 0, 0, 0)
        distance = -len(self._between(first, second))
        product_first = int(product is first)
        if not product.is_known:
            return (0, 0, 1, distance, product_first)
        return (1, int(self._fits(product, amount)), 0, distance, product_first)

    def _pair_across(self, clauses: list[list[_Token]]) -> None:
        """Products and amounts that stand in clauses of their own: one of each, or strictly in turn."""
        lone: list[_Token] = []
        for clause in clauses:
            for token in clause:
                if isinstance(token, _Amount):
                    if token.start not in self._paired:
                        lone.append(token)
                elif token.is_known and not token.quantities and not self._is_removed(token):
                    lone.append(token)
        firsts, seconds = lone[::2], lone[1::2]
        in_turn = len(firsts) == len(seconds) and all(isinstance(token, _Product) for token in firsts)
        if in_turn and all(isinstance(token, _Amount) for token in seconds):
            pairs = list(zip(firsts, seconds, strict=True))
        elif len(lone) == 2:
            pairs = [(lone[1], lone[0])]
        else:
            return
        for product, amount in pairs:
            if isinstance(product, _Product) and isinstance(amount, _Amount):
                self._give(product, amount)

    def _add_up(self) -> None:
        """1 箱又 3 盒: an amount beside another one of the same product, in another unit."""
        owners = {
            amount.start: product
            for product in self._tokens
            if isinstance(product, _Product)
            for amount in product.quantities
            if not amount.each
        }
        for left, right in zip(self._tokens, self._tokens[1:], strict=False):
            if not (isinstance(left, _Amount) and isinstance(right, _Amount)):
                continue
            owner = owners.get(left.start) or owners.get(right.start)
            lone = right if left.start in owners else left
            if (
                owner
                and lone.start not in self._paired
                and left.mention.unit != right.mention.unit
                and _SUM.fullmatch(self._between(left, right))
                and self._takes(owner, lone)
            ):
                self._give(owner, lone)

    # Changes

    def _read_changes(self) -> None:
        for token in self._tokens:
            if isinstance(token, _Product) and token.is_known:
                token.change = self._change_of(token)

    def _is_removed(self, product: _Product) -> bool:
        return self._change_of(product) is Change.REMOVE

    def _change_of(self, product: _Product) -> Change:
        own: list[_Token] = [product, *product.quantities]
        own.sort(key=lambda token: token.start)
        lead = self._lead(own[0])
        inner = self._between(own[0], own[1]) if len(own) > 1 else ""
        trail = self._trail(own[-1])
        if not product.quantities and self._is_replaced(product):
            return Change.REMOVE
        if _REMOVE_BEFORE.search(lead) or _REMOVE_BEFORE.search(inner) or _REMOVE_AFTER.match(trail):
            return Change.REMOVE
        if _ADD_BEFORE.search(lead) or _ADD_BEFORE.search(inner) or _ADD_AFTER.match(trail):
            return Change.ADD
        return Change.SET

    def _lead(self, token: _Token) -> str:
        """The words before a token, back to the token before it."""
        before = max((other.end for other in self._tokens if other.end <= token.start), default=0)
        return self._marked[max(before, token.start - 16) : token.start]

    def _trail(self, token: _Token) -> str:
        """The words behind a token up to the end of its clause; nothing when another token follows in it."""
        after = [
            other.start for other in self._tokens if other.start >= token.end and self._means_something(other)
        ]
        following = self._marked[token.end : min(after, default=len(self._marked))]
        separator = _CLAUSE_END.search(following)
        if separator:
            return following[: separator.start()]
        return "" if after else following

    @staticmethod
    def _means_something(token: _Token) -> bool:
        return isinstance(token, _Amount) or token.is_known

    def _is_replaced(self, product: _Product) -> bool:
        """鳳梨酥換成太陽餅: the first goes."""
        after = [
            other for other in self._tokens if other.start >= product.end and self._means_something(other)
        ]
        if not after or not _REPLACED.search(self._between(product, after[0])):
            return False
        first = after[0]
        if isinstance(first, _Product):
            return True
        return any(
            isinstance(other, _Product) and first in other.quantities and not other.quantities[1:]
            for other in after
        )

    # Reading

    def _read_product(self, product: _Product) -> RequestedLine | Question | None:
        written = self._cleaned[product.start : product.end]
        spoken, unit, refusal = _spoken(product.quantities)
        if not product.exact:
            if not product.is_known:
                if not product.quantities:
                    return None
                return Question(QuestionKind.UNKNOWN_PRODUCT, written, (), spoken, unit, refusal)
            if not product.quantities and len(written) < 2:
                return None
            return Question(
                QuestionKind.WHICH_PRODUCT, written, product.skus, spoken, unit, refusal, product.change
            )
        sku = product.skus[0]
        if not product.quantities:
            if product.change is Change.REMOVE:
                return RequestedLine(sku, 0, 0, None, Change.REMOVE)
            if self._vocabulary.unit_of(sku) == _ONCE:
                return RequestedLine(sku, 1, 1, None, product.change)
            return Question(QuestionKind.HOW_MANY, written, (sku,), change=product.change)
        return self._line(sku, product, written)

    def _line(self, sku: str, product: _Product, written: str) -> RequestedLine | Question:
        spoken, unit, _ = _spoken(product.quantities)
        total = 0
        taken: str | None = None
        for amount in product.quantities:
            if amount.mention.value is None:
                said = self._cleaned[amount.start : amount.end]
                return Question(
                    QuestionKind.QUANTITY_REFUSED,
                    said,
                    (sku,),
                    None,
                    unit,
                    amount.mention.refusal,
                    product.change,
                )
            units = self._vocabulary.in_units(sku, amount.mention.value, amount.mention.unit)
            if units is None:
                said = self._cleaned[amount.start : amount.end]
                return Question(QuestionKind.WHICH_UNIT, said, (sku,), spoken, unit, None, product.change)
            total += units[0]
            taken = units[1]
        if total > MAX_QUANTITY:
            return Question(
                QuestionKind.QUANTITY_REFUSED, written, (sku,), None, unit, Refusal.TOO_LARGE, product.change
            )
        if len(product.quantities) > 1:
            return RequestedLine(sku, total, total, None, product.change)
        return RequestedLine(sku, total, spoken or total, taken, product.change)

    def _read_lone_amount(self, amount: _Amount) -> RequestedLine | Question:
        """An amount without a product corrects the only line there is, unless the message names products too."""
        said = self._cleaned[amount.start : amount.end]
        spoken, unit, refusal = _spoken([amount])
        change = self._change_of_amount(amount)
        if spoken is None:
            return Question(QuestionKind.QUANTITY_REFUSED, said, (), None, unit, refusal, change)
        lone = [
            token for token in self._tokens if isinstance(token, _Amount) and token.start not in self._paired
        ]
        named = any(
            isinstance(token, _Product) and (token.is_known or token.quantities) for token in self._tokens
        )
        if named or len(lone) > 1:
            return Question(QuestionKind.WHICH_PRODUCT, said, (), spoken, unit, None, change)
        return RequestedLine(None, spoken, spoken, unit, change)

    def _change_of_amount(self, amount: _Amount) -> Change:
        lead, trail = self._lead(amount), self._trail(amount)
        if _REMOVE_BEFORE.search(lead) or _REMOVE_AFTER.match(trail):
            return Change.REMOVE
        return Change.ADD if _ADD_BEFORE.search(lead) or _ADD_AFTER.match(trail) else Change.SET

    @staticmethod
    def _settled(
        lines: list[RequestedLine], questions: list[Question]
    ) -> tuple[list[RequestedLine], list[Question]]:
        """Takes out what says nothing new, and asks about a product that was ordered twice."""
        kept: list[RequestedLine] = []
        twice: set[str | None] = set()
        for line in lines:
            same = next(
                (other for other in kept if other.sku == line.sku and other.change is line.change), None
            )
            if same is None:
                kept.append(line)
            elif same.quantity_in_units != line.quantity_in_units or line.change is Change.ADD:
                twice.add(line.sku)
        again = [
            Question(QuestionKind.HOW_MANY, sku, (sku,))
            for sku in dict.fromkeys(line.sku for line in kept)
            if sku is not None and sku in twice
        ]
        clear = {line.sku for line in kept}
        asked = [
            question
            for question in dict.fromkeys(questions)
            if question.kind is not QuestionKind.HOW_MANY or question.candidates[0] not in clear
        ]
        return [line for line in kept if line.sku not in twice], [*asked, *again]


def _sum(left: _Score, right: _Score) -> _Score:
    return (
        left[0] + right[0],
        left[1] + right[1],
        left[2] + right[2],
        left[3] + right[3],
        left[4] + right[4],
    )


def _spoken(amounts: list[_Amount]) -> tuple[int | None, str | None, Refusal | None]:
    """The first amount as it was spoken: value, unit, refusal."""
    if not amounts:
        return None, None, None
    mention = amounts[0].mention
    return mention.value, mention.unit[0] if mention.unit else None, mention.refusal
