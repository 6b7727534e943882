"""Haggling: a customer asks for a better price, and one turn answers with a new version of the quote, or with a person.

What the shop agrees to by itself is decided by pure rules; here a wish is understood against the quote that is open,
the answer becomes a quote as every quote does, and each round is written into the quote's record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from storefront.domain.catalogue import Catalogue
from storefront.domain.conversation import Conversation, Step
from storefront.domain.negotiation import (
    Decision,
    NegotiationRules,
    Position,
    Reason,
    Verdict,
    decide,
    for_total,
)
from storefront.domain.outbox import Topic
from storefront.domain.quote import AgreedPrice, PriceReason, Quote, QuoteLine
from storefront.domain.quote_record import EntryKind, QuoteEntry
from storefront.language.amounts import amount_alone, amount_in
from storefront.language.inquiry import Inquiry
from storefront.language.postbacks import Postback
from storefront.language.price_wishes import PriceWish, WishKind
from storefront.services.carts import cart_after
from storefront.services.own_rows import OwnRows
from storefront.services.ports import Clock, Store
from storefront.services.quote_maker import QuoteMaker, named
from storefront.services.quoting import Basket, Quoting, entry
from storefront.services.referring import Question, Referring
from storefront.services.turns import ChatEvent, Turn
from storefront.services.vocabulary import vocabulary_of

_ROUNDS: Final = frozenset({EntryKind.MET, EntryKind.COUNTERED})
_PRICE_FROM: Final = 40
"""A number alone that is less than so many per cent of the lowest price in the quote is no price but a quantity."""


@dataclass(frozen=True)
class _Table:
    """What is haggled over: the quote as it stands, its lines that are in question, and how often it was answered.

    `turn` makes the standing quote where the same message orders something.
    """

    standing: Quote
    positions: tuple[Position, ...]
    record: Sequence[QuoteEntry]
    turn: Turn | None = None

    @property
    def round_number(self) -> int:
        return 1 + sum(
            each.kind in _ROUNDS and each.facts.get("reason") != Reason.STEP for each in self.record
        )

    @property
    def rest(self) -> int:
        """What the quote costs apart from the lines in question."""
        return self.standing.total - sum(each.price * each.quantity for each in self.positions)


class HaggleDesk:
    """Turns about prices."""

    def __init__(
        self,
        store: Store,
        quoting: Quoting,
        maker: QuoteMaker,
        own: OwnRows,
        referring: Referring,
        rules: NegotiationRules,
        clock: Clock,
    ) -> None:
        self._store = store
        self._quoting = quoting
        self._maker = maker
        self._own = own
        self._referring = referring
        self._rules = rules
        self._clock = clock

    # What customers do -----------------------------------------------------------------------------------

    def wished(self, conversation: Conversation, wish: PriceWish, inquiry: Inquiry, event: ChatEvent) -> Turn:
        """A wish in words, about the open quote or about what the same message orders."""
        free = replace(conversation, step=Step.FREE, misses=0)
        catalogue = self._quoting.catalogue()
        vocabulary = vocabulary_of(catalogue)
        # A number without a unit is never a quantity beside a wish for a price.
        ordered = bool(inquiry.lines) and all(line.sku or line.spoken_unit for line in inquiry.lines)
        cart = cart_after(free.cart, free.asked_sku, inquiry, vocabulary) if ordered else None
        quote = self._open_quote(free)
        if cart:
            turn = self._maker.make(free, Basket(cart), catalogue, event.event_id)
            if turn.start is None:
                return turn
            return self._answer(free, self._table(turn.start, quote, wish.skus, catalogue, turn), wish, event)
        if quote is None:
            return _first(free, wish.skus, catalogue)
        if wish.skus and not set(wish.skus) & {line.sku for line in quote.lines}:
            return _first(free, wish.skus, catalogue)
        return self._answer(free, self._table(quote, quote, wish.skus, catalogue), wish, event)

    def named_amount(self, conversation: Conversation, event: ChatEvent) -> Turn | None:
        """An amount alone, while a price is talked about or with a currency; None for what cannot be a price."""
        amount = amount_alone(event.text)
        talked = conversation.step is Step.OFFER
        if (
            amount is None
            or not (amount.is_money or talked)
            or conversation.step not in {Step.FREE, Step.OFFER}
        ):
            return None
        free = replace(conversation, step=Step.FREE, misses=0)
        quote = self._open_quote(free)
        if quote is None:
            return None
        lowest = min(line.unit_price for line in quote.lines)
        if not amount.is_money and amount.number * 100 < lowest * _PRICE_FROM:
            return None
        wish = PriceWish(WishKind.TOTAL if amount.for_all else WishKind.SOME_PRICE, amount.number)
        return self._answer(free, self._table(quote, quote, (), self._quoting.catalogue()), wish, event)

    def asked(self, conversation: Conversation, postback: Postback, _event: ChatEvent) -> Turn | None:
        """The button of a quote: which price would it be? None for a quote that is not open."""
        quote = self._tapped(conversation, postback)
        if quote is None:
            return None
        return Turn(replace(conversation, step=Step.OFFER, misses=0), Topic.PRICE_ASKED, named(quote))

    def offered(self, conversation: Conversation, postback: Postback, event: ChatEvent) -> Turn | None:
        """A counter-offer by button: a total for the quote. It is a wish like any other, whoever made the button."""
        quote, total = self._tapped(conversation, postback), amount_in(postback.fields.get("t", ""))
        if quote is None or total is None:
            return None
        free = replace(conversation, step=Step.FREE, misses=0)
        wish = PriceWish(WishKind.TOTAL, total)
        return self._answer(free, self._table(quote, quote, (), self._quoting.catalogue()), wish, event)

    def stepped(self, conversation: Conversation, postback: Postback, event: ChatEvent) -> Turn | None:
        """A few more units at the price that the rules allow for them; once in a negotiation."""
        quote = self._tapped(conversation, postback)
        if quote is None:
            return None
        catalogue = self._quoting.catalogue()
        free = replace(conversation, step=Step.FREE, misses=0)
        table = self._table(quote, quote, (postback.fields.get("sku", ""),), catalogue)
        step = table.positions[0].stepped() if len(table.positions) == 1 else None
        known = [each for each in table.record if each.kind in _ROUNDS]
        if step is None or not known or any(each.facts.get("reason") == Reason.STEP for each in known):
            return None
        basket = Basket.of(quote)
        agreed = AgreedPrice(step.unit_price, step.quantity)
        basket = replace(
            basket,
            units={**basket.units, step.sku: step.quantity},
            agreed={**basket.agreed, step.sku: agreed},
        )
        turn = self._maker.make(free, basket, catalogue, event.event_id)
        if turn.start is None:
            return turn
        offered = _written({step.sku: step.unit_price})
        facts = {"asked": "", "offered": offered, "reason": Reason.STEP.value}
        recorded = entry(turn.start, EntryKind.MET, self._clock(), event.event_id, **facts)
        told = {"haggled": EntryKind.MET.value}
        (after,) = _positions(turn.start, (step.sku,), catalogue, self._rules)
        if after.least(table.round_number) >= after.price:
            told["last_word"] = "yes"
        return replace(turn, facts={**turn.facts, **told}, writes=(*turn.writes, recorded))

    # What the shop answers -------------------------------------------------------------------------------

    def _answer(self, conversation: Conversation, table: _Table, wish: PriceWish, event: ChatEvent) -> Turn:
        catalogue = self._quoting.catalogue()
        if not table.positions:
            return table.turn or Turn(conversation, Topic.PRICE_FIRM, named(table.standing))
        asked = _asked_prices(wish, table, catalogue)
        if _is_for_one(wish, table) and asked is not None and len(asked) > 1 and table.turn is None:
            facts = {"skus": ",".join(asked), "amount": str(wish.amount)}
            return Turn(conversation, Topic.PRICE_WHICH, facts)
        under_way = self._referring.under_way(table.standing.quote_id, table.record)
        if table.turn is None and under_way is not None and under_way.is_open:
            return self._referring.told_again(conversation, table.standing, under_way)
        decision = decide(table.positions, asked, table.round_number, table.standing.total, self._rules)
        if decision.verdict is Verdict.ALREADY:
            return table.turn or Turn(conversation, Topic.PRICE_ALREADY, named(table.standing))
        turn = None
        if decision.verdict is not Verdict.REFER:
            turn = self._offer(conversation, table, decision, asked, event)
        return turn or self._refer(conversation, table, decision, asked, event)

    def _offer(
        self,
        conversation: Conversation,
        table: _Table,
        decision: Decision,
        asked: Mapping[str, int] | None,
        event: ChatEvent,
    ) -> Turn | None:
        """The next version at the prices of `decision`; None when its total would not be lower after all.

        What is taken off a whole quote may hang on its sum, so a lower price of a line is not always a lower total.
        """
        standing = table.standing
        basket = Basket.of(standing)
        agreed = {
            each.sku: AgreedPrice(decision.prices[each.sku], each.quantity)
            for each in table.positions
            if each.sku in decision.prices
        }
        basket = replace(basket, agreed={**basket.agreed, **agreed})
        turn = self._maker.make(conversation, basket, self._quoting.catalogue(), event.event_id)
        quote = turn.start
        if quote is None or quote.total >= standing.total:
            return None
        kind = EntryKind.MET if decision.verdict is Verdict.MEET else EntryKind.COUNTERED
        recorded = entry(
            quote,
            kind,
            self._clock(),
            event.event_id,
            asked=_written(asked or {}),
            offered=_written(decision.prices),
            round=str(table.round_number),
            reason=decision.reason.value,
        )
        facts = {"haggled": kind.value, "saved": str(standing.total - quote.total)}
        if decision.last:
            facts["last_word"] = "yes"
        facts |= self._step_facts(table, quote)
        goes_on = decision.verdict is Verdict.COUNTER and not decision.last
        talking = replace(turn.conversation, step=Step.OFFER) if goes_on else turn.conversation
        return replace(
            turn, conversation=talking, facts={**turn.facts, **facts}, writes=(*turn.writes, recorded)
        )

    def _step_facts(self, table: _Table, quote: Quote) -> dict[str, str]:
        """The better price for a few more units, where one product is in question and no tier is better."""
        if len(table.positions) != 1 or any(each.facts.get("reason") == Reason.STEP for each in table.record):
            return {}
        catalogue = self._quoting.catalogue()
        (position,) = _positions(quote, (table.positions[0].sku,), catalogue, self._rules)
        step = position.stepped()
        if step is None or catalogue.products[step.sku].unit_price(step.quantity) <= step.unit_price:
            return {}
        return {
            "step_sku": step.sku,
            "step_more": str(step.quantity - position.quantity),
            "step_price": str(step.unit_price),
        }

    def _refer(
        self,
        conversation: Conversation,
        table: _Table,
        decision: Decision,
        asked: Mapping[str, int] | None,
        event: ChatEvent,
    ) -> Turn:
        """A person is asked; the quote stays as it stands meanwhile."""
        wanted = (
            decision.prices if decision.verdict is Verdict.REFER else {**decision.prices, **(asked or {})}
        )
        lines = {each.sku: each for each in table.positions if 1 <= wanted.get(each.sku, 0) < each.price}
        question = Question(
            table.standing,
            decision.reason,
            asked={sku: wanted[sku] for sku in lines},
            standing={sku: each.price for sku, each in lines.items()},
            quantities={sku: each.quantity for sku, each in lines.items()},
        )
        return self._referring.refer(conversation, question, table.record, event, table.turn)

    # What is on the table --------------------------------------------------------------------------------

    def _open_quote(self, conversation: Conversation) -> Quote | None:
        quote = self._own.current_quote(conversation)
        return quote if quote is not None and quote.is_open_at(self._clock()) else None

    def _tapped(self, conversation: Conversation, postback: Postback) -> Quote | None:
        """The quote that a button names, if it is the one that is open."""
        quote = self._own.quote(conversation, postback)
        current = self._open_quote(conversation)
        if quote is None or current is None or quote.workflow_name != current.workflow_name:
            return None
        return current

    def _table(
        self,
        standing: Quote,
        known: Quote | None,
        skus: Sequence[str],
        catalogue: Catalogue,
        turn: Turn | None = None,
    ) -> _Table:
        """`known` is the open quote whose record counts, if there is one."""
        record = self._store.rows_of(QuoteEntry, known.quote_id) if known is not None else ()
        return _Table(standing, _positions(standing, skus, catalogue, self._rules), tuple(record), turn)


def _positions(
    quote: Quote, skus: Sequence[str], catalogue: Catalogue, rules: NegotiationRules
) -> tuple[Position, ...]:
    """The lines of a quote that can be haggled over: of the named products, or all; a fixed price is none of them."""
    found = []
    for line in quote.lines:
        product = catalogue.products.get(line.sku)
        if product is None or (skus and line.sku not in skus):
            continue
        usual = _usual(line, product.unit_price(line.quantity))
        if product.floor_price < usual:
            found.append(
                Position(
                    line.sku, line.quantity, line.unit_price, usual, product.floor_price, rules.of(line.sku)
                )
            )
    return tuple(found)


def _usual(line: QuoteLine, of_today: int) -> int:
    """What the line costs without an agreement; one that was agreed on before is measured by today's tier."""
    if line.price_reason in {PriceReason.AGREED, PriceReason.APPROVED}:
        return max(of_today, line.unit_price)
    return line.unit_price


def _asked_prices(wish: PriceWish, table: _Table, catalogue: Catalogue) -> dict[str, int] | None:
    """The unit prices that a wish comes to; None for one without an amount. A price for a pack is for its units."""
    if wish.amount is None or wish.kind is WishKind.CHEAPER:
        return None
    positions, amount = table.positions, wish.amount
    each_at = {each.sku: each.price for each in positions}
    match wish.kind:
        case WishKind.PERCENT_OFF:
            return {sku: price * max(0, 100 - amount) // 100 for sku, price in each_at.items()}
        case WishKind.TOTAL:
            return for_total(positions, table.rest, amount, table.round_number)
        case WishKind.AMOUNT_OFF if wish.unit is None:
            return for_total(positions, table.rest, table.standing.total - amount, table.round_number)
        case WishKind.SOME_PRICE if amount > max(each_at.values(), default=0):
            return for_total(positions, table.rest, amount, table.round_number)
    packs = {
        sku: next((size for pack, size in catalogue.products[sku].packs.items() if pack == wish.unit), 1)
        for sku in each_at
    }
    sold_so = {
        sku: size
        for sku, size in packs.items()
        if wish.unit is None or size > 1 or wish.unit == catalogue.products[sku].unit
    }
    amounts = {sku: amount // size for sku, size in (sold_so or dict.fromkeys(each_at, 1)).items()}
    if wish.kind is WishKind.AMOUNT_OFF:
        return {sku: max(0, each_at[sku] - off) for sku, off in amounts.items()}
    return amounts


def _is_for_one(wish: PriceWish, table: _Table) -> bool:
    """Whether a price was named that can be that of one product only."""
    if wish.kind is WishKind.SOME_PRICE:
        return (wish.amount or 0) <= max((each.price for each in table.positions), default=0)
    return wish.kind is WishKind.UNIT_PRICE


def _first(conversation: Conversation, skus: Sequence[str], catalogue: Catalogue) -> Turn:
    """A price is talked about once it is known what and how many."""
    sku = next((each for each in skus if catalogue.find(each) is not None), "")
    asking = replace(conversation, asked_sku=sku or conversation.asked_sku)
    return Turn(asking, Topic.PRICE_FIRST, {"sku": sku})


def _written(prices: Mapping[str, int]) -> str:
    """Prices as the record keeps them: `TEA-JAS:165,CAK-PIN:350`."""
    return ",".join(f"{sku}:{price}" for sku, price in prices.items())
