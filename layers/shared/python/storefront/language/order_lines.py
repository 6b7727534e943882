"""From paired products and quantities to the lines that are clear and the questions about the others."""

import re
from typing import Final

from storefront.language.corrections import Change
from storefront.language.pairing import Amount, Product, Token
from storefront.language.products import Vocabulary
from storefront.language.quantities import MAX_QUANTITY, Refusal
from storefront.language.requested import Question, QuestionKind, RequestedLine

_ONCE: Final = "time"
"""The unit of a service that is done once for an order unless somebody says otherwise."""

_SHORT: Final = 12
_FOR_EACH: Final = re.compile(
    r"(?:都|每[盒罐包袋個組份箱]?|各|全部|each|every|all|ทุก\S{0,8}|すべて|全て|全部に?)\s?(?:要|加|需要|做"
    r"|of them|with|need|to be)?\s?$"
)
_FOR_ALL: Final = re.compile(
    r"全部|都|各|每[樣種個款]|通通|全て|すべて|(?<![a-z])(?:all|each|both|every)(?![a-z])|ทั้งหมด|ทุก|อย่างละ"
)
_RULED_OUT: Final = re.compile(r"(?:而?不是|(?<![a-z])not(?: the)?|ไม่ใช่)\s?$", re.IGNORECASE)
_ADDS_UP: Final = re.compile(
    r"(?:共|合計|加起來|分成?|(?<![a-z])(?:total(?: of)?|altogether|in all)|全部で|รวม(?:เป็น)?)\s?[:：]?\s?$",
    re.IGNORECASE,
)
_NAMES_SOMETHING: Final = re.compile(
    r"[\u3400-\u9fff]{2}|[\u30a1-\u30fa]{3}|[\u0e01-\u0e2e].{3}|[a-z]{4}", re.IGNORECASE
)


class LineReader:
    """Turns paired products and amounts into the lines that are clear and questions about the others."""

    def __init__(self, cleaned: str, tokens: list[Token], vocabulary: Vocabulary) -> None:
        self._cleaned = cleaned
        self._tokens = tokens
        self._vocabulary = vocabulary
        self._lines: list[RequestedLine] = []
        self._questions: list[Question] = []
        self._said_twice: dict[str, str] = {}

    def read(self) -> tuple[list[RequestedLine], list[Question]]:
        for token in self._tokens:
            if isinstance(token, Product):
                self._read_product(token)
            elif not token.paired:
                self._read_lone_amount(token)
        lines = [line for line in self._lines if line.sku not in self._said_twice]
        clear = {line.sku for line in self._lines}
        questions = [
            question
            for question in dict.fromkeys(self._questions)
            if question.kind is not QuestionKind.HOW_MANY or question.candidates[0] not in clear
        ]
        questions += [
            Question(QuestionKind.HOW_MANY, phrase, (sku,)) for sku, phrase in self._said_twice.items()
        ]
        return lines, questions

    def _written(self, token: Token) -> str:
        return self._cleaned[token.start : token.end]

    def _ask(
        self,
        kind: QuestionKind,
        phrase: str,
        candidates: tuple[str, ...],
        amounts: list[Amount],
        change: Change,
    ) -> None:
        mention = amounts[0].mention if amounts else None
        self._questions.append(
            Question(
                kind,
                phrase,
                candidates,
                mention.value if mention else None,
                mention.unit[0] if mention and mention.unit else None,
                mention.refusal if mention else None,
                change,
            )
        )

    def _read_product(self, product: Product) -> None:
        phrase = self._written(product)
        if product.exact:
            self._read_named(product, product.skus[0], phrase)
        elif product.is_known:
            # A single character that happens to be in a name is a clue only beside a quantity, or by itself.
            by_itself = len(self._tokens) == 1 and len(self._cleaned) <= _SHORT
            if product.amounts or len(phrase) > 1 or by_itself:
                self._ask(QuestionKind.WHICH_PRODUCT, phrase, product.skus, product.amounts, product.change)
        elif product.amounts:
            self._ask(QuestionKind.UNKNOWN_PRODUCT, phrase, (), product.amounts, product.change)

    def _read_named(self, product: Product, sku: str, phrase: str) -> None:
        change = product.change
        if not product.amounts and _RULED_OUT.search(
            self._cleaned[max(0, product.start - 8) : product.start]
        ):
            return  # 要紅茶不是烏龍
        if product.amounts:
            self._read_amounts(product, sku, phrase)
        elif change is Change.REMOVE:
            self._add(RequestedLine(sku, 0, 0, None, change), phrase)
        elif units := self._units_of_service(product, sku):
            self._add(RequestedLine(sku, units, units, None, change), phrase)
        else:
            self._ask(QuestionKind.HOW_MANY, phrase, (sku,), [], change)

    def _units_of_service(self, service: Product, sku: str) -> int | None:
        """How often a service without a quantity is wanted: once for an order, or once for each of the goods."""
        if self._vocabulary.unit_of(sku) == _ONCE:
            return 1
        if not self._vocabulary.is_service(sku):
            return None
        goods = sum(line.quantity_in_units for line in self._lines if line.change is Change.SET)
        lead = self._cleaned[max(0, service.start - 12) : service.start].lower()
        return goods if goods == 1 or (goods and _FOR_EACH.search(lead)) else None

    def _read_amounts(self, product: Product, sku: str, phrase: str) -> None:
        total = 0
        unit: str | None = None
        for amount in product.amounts:
            value = amount.mention.value
            if value is None:
                self._ask(
                    QuestionKind.QUANTITY_REFUSED, self._written(amount), (sku,), [amount], product.change
                )
                return
            units = self._vocabulary.in_units(sku, value, amount.mention.unit)
            if units is None:
                self._ask(QuestionKind.WHICH_UNIT, self._written(amount), (sku,), [amount], product.change)
                return
            total += units[0]
            unit = units[1]
        if total > MAX_QUANTITY:
            self._questions.append(
                Question(
                    QuestionKind.QUANTITY_REFUSED,
                    self._written(product.amounts[0]),
                    (sku,),
                    reason=Refusal.TOO_LARGE,
                    change=product.change,
                )
            )
        elif len(product.amounts) > 1:
            self._add(RequestedLine(sku, total, total, None, product.change), phrase)
        else:
            spoken = product.amounts[0].mention.value or total
            self._add(RequestedLine(sku, total, spoken, unit, product.change), phrase)

    def _add(self, line: RequestedLine, phrase: str) -> None:
        """Takes a line; the same product with another quantity in one message is asked about."""
        same = next(
            (other for other in self._lines if other.sku == line.sku and other.change is line.change), None
        )
        if same is None:
            self._lines.append(line)
        elif same != line and line.sku is not None:
            self._said_twice[line.sku] = phrase

    def _read_lone_amount(self, amount: Amount) -> None:
        """An amount without a product is about the only line there is, unless the message names products."""
        mention = amount.mention
        unit = mention.unit[0] if mention.unit else None
        others = any(
            (token.is_known or token.amounts) if isinstance(token, Product) else not token.paired
            for token in self._tokens
            if token is not amount
        )
        if mention.value is None:
            self._ask(QuestionKind.QUANTITY_REFUSED, self._written(amount), (), [amount], amount.change)
        elif others and _ADDS_UP.search(self._cleaned[max(0, amount.start - 12) : amount.start]):
            return  # 共 6 盒: what the lines come to
        elif amount.change is Change.SET and (stranger := self._stranger()):
            self._ask(QuestionKind.UNKNOWN_PRODUCT, self._written(stranger), (), [amount], amount.change)
        elif others:
            self._ask(QuestionKind.WHICH_PRODUCT, self._written(amount), (), [amount], amount.change)
        else:
            lead = self._cleaned[max(0, amount.start - 12) : amount.start].lower()
            for_all = amount.each or _FOR_ALL.search(lead) is not None
            self._lines.append(
                RequestedLine(None, mention.value, mention.value, unit, amount.change, for_all=for_all)
            )

    def _stranger(self) -> Product | None:
        """Words that nobody here knows, in a message that names nothing else: 草莓大福，大概要三盒."""
        products = [token for token in self._tokens if isinstance(token, Product)]
        if not products or any(product.is_known or product.amounts for product in products):
            return None
        return next(
            (product for product in products if _NAMES_SOMETHING.search(self._written(product))), None
        )
