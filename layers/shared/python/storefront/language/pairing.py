"""Gives each quantity of a message to its product.

A quantity belongs to the nearest product of its clause; where several ways are open, the one that serves most
products with fitting units is taken. Products and quantities in clauses of their own are paired only when there is
one of each, or when they stand strictly in turn, as in a list with a line for each.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from storefront.language.corrections import (
    Change,
    change_from,
    change_in,
    changes_all,
    goes_on,
    puts_another_in_place,
    stands_in_a_list,
)
from storefront.language.products import Vocabulary
from storefront.language.quantities import QuantityMention

# Products served, units that fit, unknown products served, closeness, products that stand first.
type _Score = tuple[int, int, int, int, int]

_NOTHING: _Score = (0, 0, 0, 0, 0)
_MAX_SKIPPED = 3
_UNKNOWN_REACH = 3
_LEAD = 16
_SEPARATOR = re.compile(
    r"[\n,，、;；。!?！？/&+|①-⑳]|\.(?![0-9])|[和跟與及]|以及|還有|另外|\b(?:and|plus)\b|と|および|และ|กับ"
)
_CLAUSE_END = re.compile(r"[\n,，、;；。!?！？]")
_SENTENCE_END = re.compile(r"[\n。;；!?！？]")
_EXPLAINS = re.compile(r"\s?[(（=＝,，]?\s?(?:就是|也就是|共|等於|is|i\.e\.)?\s?")
_SUM = re.compile(r"\s?(?:又|加|外加|再加|還有|\+|and|plus|和|跟|と|และ|กับ|,|、)?\s?")


@dataclass
class Product:
    """A product in the message: named (`exact`), only suggested by its words, or unknown (no SKUs)."""

    start: int
    end: int
    skus: tuple[str, ...]
    exact: bool
    amounts: list["Amount"] = field(default_factory=list)
    change: Change = Change.SET
    place: int = -1

    @property
    def is_known(self) -> bool:
        """Whether the catalogue has something for it."""
        return bool(self.skus)


@dataclass
class Amount:
    """A quantity in the message; `each` when it is meant for all the products of a list."""

    mention: QuantityMention
    each: bool = False
    paired: bool = False
    change: Change = Change.SET
    place: int = -1

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.mention.start

    @property
    def end(self) -> int:
        """Where it ends, its unit included."""
        return self.mention.end


type Token = Product | Amount


class Pairing:
    """Pairs the products and quantities of one message; `marked` is its text with both blanked out."""

    def __init__(self, marked: str, tokens: Iterable[Token], vocabulary: Vocabulary) -> None:
        self._marked = marked
        self._vocabulary = vocabulary
        self.tokens = sorted(tokens, key=lambda token: token.start)
        for place, token in enumerate(self.tokens):
            token.place = place
        self._next_meant: list[Token | None] = [None] * len(self.tokens)
        following: Token | None = None
        for token in reversed(self.tokens):
            self._next_meant[token.place] = following
            if isinstance(token, Amount) or token.is_known:
                following = token

    def run(self) -> list[Token]:
        """The tokens from left to right, each product with its amounts and what is to become of it."""
        self._pair_each()
        self._pair_lists()
        clauses = list(self._clauses())
        for clause in clauses:
            self._pair_clause(clause)
        self._pair_across(clauses)
        self._add_up()
        for token in self.tokens:
            token.change = self._change_of(token)
        self._read_also()
        self._spread_removal()
        return self.tokens

    def _give(self, product: Product, amount: Amount) -> None:
        product.amounts.append(amount)
        amount.paired = True

    def _between(self, left: Token, right: Token) -> str:
        return self._marked[left.end : right.start]

    def _fits(self, product: Product, amount: Amount) -> bool:
        return any(self._vocabulary.in_units(sku, 1, amount.mention.unit) for sku in product.skus)

    # A list of products with one quantity for each

    def _pair_each(self) -> None:
        for token in self.tokens:
            if isinstance(token, Amount) and token.each:
                products = self._listed(token, -1) or self._listed(token, +1)
                if len(products) > 1:
                    for product in products:
                        self._give(product, token)

    def _listed(self, amount: Amount, step: int) -> list[Product]:
        """The products in a row before or after an amount, up to another amount or the end of a sentence."""
        products: list[Product] = []
        last: Token = amount
        place = amount.place + step
        while 0 <= place < len(self.tokens):
            token = self.tokens[place]
            between = self._between(token, last) if step < 0 else self._between(last, token)
            if isinstance(token, Amount) or token.amounts or _SENTENCE_END.search(between):
                break
            if token.is_known:
                products.append(token)
            last = token
            place += step
        return products

    def _pair_lists(self) -> None:
        """鳳梨酥跟太陽餅 3盒跟2盒: as many amounts behind a list of products as there are products."""
        tokens = [token for token in self.tokens if isinstance(token, Amount) or token.is_known]
        half = len(tokens) // 2
        products, amounts = tokens[:half], tokens[half:]
        if half < 2 or len(products) != len(amounts):
            return
        if any(token.paired if isinstance(token, Amount) else token.amounts for token in tokens):
            return
        if not all(map(_is_listed, products, amounts)):
            return
        if _SENTENCE_END.search(self._marked[tokens[0].start : tokens[-1].end]):
            return
        for product, amount in zip(products, amounts, strict=True):
            self._give(*_sorted_out(product, amount))

    # Within a clause

    def _clauses(self) -> Iterator[list[Token]]:
        clause: list[Token] = []
        for token in self.tokens:
            if token.place and _SEPARATOR.search(self._between(self.tokens[token.place - 1], token)):
                yield clause
                clause = []
            if not (token.paired if isinstance(token, Amount) else token.amounts):
                clause.append(token)
        yield clause

    def _pair_clause(self, clause: list[Token]) -> None:
        """Finds the best pairing without crossings, from the end of the clause to its beginning."""
        best: list[tuple[_Score, int | None]] = [(_NOTHING, None)] * (len(clause) + 1)
        for place in range(len(clause) - 1, -1, -1):
            best[place] = (best[place + 1][0], None)
            for other in self._partners(clause, place):
                score = _sum(self._score(clause[place], clause[other]), best[other + 1][0])
                if score > best[place][0]:
                    best[place] = (score, other)
        place = 0
        while place < len(clause):
            partner = best[place][1]
            if partner is not None:
                self._give(*_sorted_out(clause[place], clause[partner]))
            place = place + 1 if partner is None else partner + 1

    def _partners(self, clause: list[Token], place: int) -> Iterator[int]:
        """The later tokens to pair a token with; only what cannot take the amount may lie between."""
        token = clause[place]
        for other in range(place + 1, min(place + 2 + _MAX_SKIPPED, len(clause))):
            candidate = clause[other]
            if isinstance(token, Amount) and isinstance(candidate, Amount):
                return
            if isinstance(token, Product) and isinstance(candidate, Product):
                continue
            product, amount = _sorted_out(token, candidate)
            skipped = clause[place + 1 : other]
            between = self._between(token, candidate)
            near = not skipped and len(between.replace(" of ", " ")) <= _UNKNOWN_REACH
            in_the_way = any(isinstance(one, Product) and self._fits(one, amount) for one in skipped)
            if (product.is_known or near) and not in_the_way:
                yield other
            if isinstance(candidate, Amount):
                return

    def _score(self, first: Token, second: Token) -> _Score:
        product, amount = _sorted_out(first, second)
        closeness = -len(self._between(first, second))
        product_first = int(product is first)
        if not product.is_known:
            return (0, 0, 1, closeness, product_first)
        return (1, int(self._fits(product, amount)), 0, closeness, product_first)

    # Between clauses

    def _pair_across(self, clauses: list[list[Token]]) -> None:
        alone = [token for clause in clauses for token in clause if self._is_alone(token)]
        products, amounts = alone[::2], alone[1::2]
        in_turn = len(products) == len(amounts) and all(isinstance(token, Product) for token in products)
        if (in_turn and all(isinstance(token, Amount) for token in amounts)) or len(alone) == 2:
            for first, second in zip(products, amounts, strict=True):
                if type(first) is not type(second):
                    self._give(*_sorted_out(first, second))

    def _is_alone(self, token: Token) -> bool:
        if isinstance(token, Amount):
            return not token.paired
        return token.is_known and not token.amounts and self._change_of(token) is not Change.REMOVE

    def _add_up(self) -> None:
        """1 箱又 3 盒: an amount beside another one of the same product, in another unit."""
        owners = {
            amount.place: product
            for product in self.tokens
            if isinstance(product, Product)
            for amount in product.amounts
            if not amount.each
        }
        for left, right in zip(self.tokens, self.tokens[1:], strict=False):
            if not (isinstance(left, Amount) and isinstance(right, Amount)) or left.paired is right.paired:
                continue
            alone, other = (right, left) if left.paired else (left, right)
            owner = owners.get(other.place)
            between = self._between(left, right)
            if (
                owner
                and owner.is_known
                and _EXPLAINS.fullmatch(between)
                and self._says_the_same(owner, left, right)
            ):
                alone.paired = True
                continue
            adds = left.mention.unit != right.mention.unit and _SUM.fullmatch(between)
            if owner and adds and self._fits(owner, alone):
                self._give(owner, alone)

    def _says_the_same(self, product: Product, left: Amount, right: Amount) -> bool:
        """1 箱（12 盒）: whether the second amount only explains the first."""
        one, other = (
            self._vocabulary.in_units(product.skus[0], amount.mention.value or 0, amount.mention.unit)
            for amount in (left, right)
        )
        return bool(left.mention.unit and one and other and one[0] == other[0])

    # What becomes of the quote

    def _change_of(self, token: Token) -> Change:
        own: list[Token] = [token]
        if isinstance(token, Product):
            own = sorted([token, *token.amounts[:1]], key=lambda part: part.start)
            if not token.amounts and self._is_replaced(token):
                return Change.REMOVE
        for part in own:
            says = change_in(self._marked[part.start : part.end]) if isinstance(part, Amount) else None
            if says is not None:
                return says
        inner = self._between(own[0], own[1]) if len(own) > 1 else ""
        change = change_from(self._lead(own[0]), inner, self._trail(own[-1]))
        begins = own[0].place == 0 and goes_on(self._marked[: own[0].start])
        if change is not Change.SET:
            return change
        return Change.ADD if begins else Change.INSTEAD if changes_all(self._marked) else change

    def _spread_removal(self) -> None:
        """烏龍跟紅茶都不要了, 不要烏龍和紅茶: what is taken away takes the products along that it is listed with."""
        pairs = list(zip(self.tokens, self.tokens[1:], strict=False))
        for one, other in (*pairs, *((right, left) for left, right in reversed(pairs))):
            if not (isinstance(one, Product) and isinstance(other, Product)) or one.amounts or other.amounts:
                continue
            first, second = (one, other) if one.place < other.place else (other, one)
            listed = stands_in_a_list(self._between(first, second))
            if one.change is Change.REMOVE and other.change is Change.SET and listed:
                other.change = Change.REMOVE

    def _read_also(self) -> None:
        """鳳梨酥 2 盒，再來太陽餅 3 盒: behind a line that stands by itself, "and more" only goes on with the list."""
        stands_by_itself = False
        for token in self.tokens:
            if isinstance(token, Product) and token.amounts:
                if token.change is Change.ADD and stands_by_itself:
                    token.change = Change.SET
                stands_by_itself = stands_by_itself or token.change is Change.SET

    def _lead(self, token: Token) -> str:
        """The words before a token, back to the token before it."""
        meant = (one for one in reversed(self.tokens[: token.place]) if _counts(one))
        before = next((one.end for one in meant), 0)
        return self._marked[max(before, token.start - _LEAD) : token.start]

    def _trail(self, token: Token) -> str:
        """The words behind a token up to the end of its clause; nothing when another token follows in it."""
        following = self._next_meant[token.place]
        behind = self._marked[token.end : following.start if following else len(self._marked)]
        clause_end = _CLAUSE_END.search(behind)
        if clause_end:
            return behind[: clause_end.start()]
        return "" if following else behind

    def _is_replaced(self, product: Product) -> bool:
        following = self._next_meant[product.place]
        if following is None or not puts_another_in_place(
            self._lead(product),
            self._between(product, following),
            self._marked[following.end : following.end + 24],
        ):
            return False
        return isinstance(following, Product) or following.paired


def _counts(token: Token) -> bool:
    return isinstance(token, Amount) or token.is_known or bool(token.amounts)


def _is_listed(product: Token, amount: Token) -> bool:
    return isinstance(product, Product) and isinstance(amount, Amount)


def _sorted_out(first: Token, second: Token) -> tuple[Product, Amount]:
    if isinstance(first, Product) and isinstance(second, Amount):
        return first, second
    if isinstance(first, Amount) and isinstance(second, Product):
        return second, first
    raise TypeError("a pair is a product and an amount")


def _sum(left: _Score, right: _Score) -> _Score:
    return (
        left[0] + right[0],
        left[1] + right[1],
        left[2] + right[2],
        left[3] + right[3],
        left[4] + right[4],
    )
