"""Negotiation: what the shop agrees to by itself when a customer asks for a better price, and what a person decides.

Pure rules over what is on the table. The shop's own answers never go below a product's floor price, never raise a
price, and are bounded in number; everything else is put before a person. Prices are unit prices in payable units.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from storefront.domain.quote import MAX_QUANTITY

MAX_ROUNDS: Final = 5
"""Answers of the shop's own in one negotiation, whatever the rules of a product say."""


@dataclass(frozen=True)
class QuantityStep:
    """A better price for a few more units: `more` units, and so much less for each of all of them."""

    more: int
    less: int


@dataclass(frozen=True)
class HaggleRules:
    """How far the shop goes for one product by itself.

    Each round takes `concession` off the usual price, or `percent` of it where no amount is set, at least one unit.
    """

    rounds: int = 2
    percent: int = 3
    concession: int | None = None
    step: QuantityStep | None = None

    def conceded(self, usual: int) -> int:
        """What one round takes off `usual`."""
        return self.concession if self.concession is not None else max(1, usual * self.percent // 100)


@dataclass(frozen=True)
class NegotiationRules:
    """The shop's rules: for all products, and for those that have their own.

    A quote above `total_limit` is a person's matter from the first word on; a wish for less than
    `lowest_asked_percent` of the floor is no reason to call one while the shop can still make an offer; a person is
    asked `referrals` times about one quote at the most.
    """

    usual: HaggleRules = field(default_factory=HaggleRules)
    products: Mapping[str, HaggleRules] = field(default_factory=dict)
    total_limit: int = 50_000
    lowest_asked_percent: int = 50
    referrals: int = 2

    def of(self, sku: str) -> HaggleRules:
        return self.products.get(sku, self.usual)


@dataclass(frozen=True)
class Position:
    """One line on the table: `price` is what it costs now, `usual` what it costs without any agreement."""

    sku: str
    quantity: int
    price: int
    usual: int
    floor: int
    rules: HaggleRules

    def least(self, round_number: int) -> int:
        """The least that the shop says by itself in this round: never below the floor, never above today's price."""
        if not 1 <= round_number <= min(self.rules.rounds, MAX_ROUNDS):
            return self.price
        return min(self.price, max(self.floor, self.usual - round_number * self.rules.conceded(self.usual)))

    @property
    def is_at_floor(self) -> bool:
        """Whether nothing is left that the shop could take off by itself."""
        return self.price <= self.floor

    def stepped(self) -> "StepOffer | None":
        """The better price for a few more units, if there is one that the shop may offer by itself."""
        step = self.rules.step
        if step is None or self.is_at_floor or self.quantity + step.more > MAX_QUANTITY:
            return None
        return StepOffer(self.sku, self.quantity + step.more, max(self.floor, self.price - step.less))


@dataclass(frozen=True)
class StepOffer:
    """`unit_price` for each, if `quantity` units are bought."""

    sku: str
    quantity: int
    unit_price: int


class Verdict(StrEnum):
    """The shop's answer to a wish for a better price."""

    MEET = "meet"
    COUNTER = "counter"
    REFER = "refer"
    ALREADY = "already"
    """The prices are no higher than what was asked for."""


class Reason(StrEnum):
    """Why the answer is what it is; kept in the quote's record."""

    WITHIN_RULES = "within_rules"
    BEST_OF_ROUND = "best_of_round"
    STEP = "step"
    BELOW_FLOOR = "below_floor"
    ROUNDS_USED = "rounds_used"
    AT_FLOOR = "at_floor"
    LARGE_TOTAL = "large_total"


@dataclass(frozen=True)
class Decision:
    """What the shop says: `prices` are the lines that change, `last` whether it goes no further by itself.

    For REFER they are what a person is asked to allow.
    """

    verdict: Verdict
    reason: Reason
    prices: Mapping[str, int] = field(default_factory=dict)
    last: bool = False


def decide(
    positions: Sequence[Position],
    asked: Mapping[str, int] | None,
    round_number: int,
    total: int,
    rules: NegotiationRules,
) -> Decision:
    """Answer a wish: `asked` is the unit price that was asked for by SKU, None where no amount was named.

    `total` is that of the quote as it stands. The prices of a MEET or a COUNTER lie between the floor and today's;
    those of a REFER are wishes only.
    """
    targets = {each.sku: each.price for each in positions}
    if asked is not None:
        targets |= {each.sku: min(each.price, asked.get(each.sku, each.price)) for each in positions}
        if all(targets[each.sku] == each.price for each in positions):
            return Decision(Verdict.ALREADY, Reason.WITHIN_RULES)
    wanted = _wanted(positions, targets if asked is not None else None)
    if total > rules.total_limit:
        return Decision(Verdict.REFER, Reason.LARGE_TOTAL, wanted)
    least = {each.sku: each.least(round_number) for each in positions}
    if all(least[each.sku] == each.price for each in positions):
        at_floor = all(each.is_at_floor for each in positions)
        return Decision(Verdict.REFER, Reason.AT_FLOOR if at_floor else Reason.ROUNDS_USED, wanted)
    if asked is None:
        return _offer(Verdict.COUNTER, Reason.BEST_OF_ROUND, positions, least, round_number)
    if all(targets[each.sku] >= least[each.sku] for each in positions):
        return _offer(Verdict.MEET, Reason.WITHIN_RULES, positions, targets, round_number)
    below = [each for each in positions if targets[each.sku] < min(each.floor, each.price)]
    if below and all(_is_worth_asking(each, targets[each.sku], rules) for each in below):
        return Decision(Verdict.REFER, Reason.BELOW_FLOOR, wanted)
    best = {each.sku: max(targets[each.sku], least[each.sku]) for each in positions}
    if all(best[each.sku] == each.price for each in positions):
        # What was asked about gives nothing in this round: the offer is what the other lines can give.
        best = least
    return _offer(Verdict.COUNTER, Reason.BEST_OF_ROUND, positions, best, round_number)


def _wanted(positions: Sequence[Position], targets: Mapping[str, int] | None) -> dict[str, int]:
    """What a person is asked to allow; without an amount, one more concession on every line."""
    if targets is None:
        lower = {each.sku: max(1, each.price - each.rules.conceded(each.usual)) for each in positions}
    else:
        lower = {each.sku: max(1, targets[each.sku]) for each in positions}
    return {each.sku: lower[each.sku] for each in positions if lower[each.sku] < each.price}


def _is_worth_asking(position: Position, target: int, rules: NegotiationRules) -> bool:
    return target * 100 >= position.floor * rules.lowest_asked_percent


def _offer(
    verdict: Verdict,
    reason: Reason,
    positions: Sequence[Position],
    prices: Mapping[str, int],
    round_number: int,
) -> Decision:
    changed = {each.sku: prices[each.sku] for each in positions if prices[each.sku] < each.price}
    last = all(each.least(round_number + 1) >= prices[each.sku] for each in positions)
    return Decision(verdict, reason, changed, last)


def for_total(
    positions: Sequence[Position], rest: int, asked_total: int, round_number: int
) -> dict[str, int]:
    """Unit prices at which `positions` and `rest` (all that is not negotiated) come to at most `asked_total`.

    Each line gives the same share of what it can give in this round, and if that is too little of what lies above its
    floor; a total below all floors takes them all down in proportion. Rounded down, so that nobody who named a total
    is offered more.
    """
    left = max(0, asked_total - rest)
    least = {each.sku: each.least(round_number) for each in positions}
    floors = {each.sku: min(each.price, each.floor) for each in positions}
    for bottom in (least, floors):
        shared = _shared(positions, bottom, left)
        if shared is not None:
            return shared
    worth = sum(floors[each.sku] * each.quantity for each in positions)
    return {each.sku: floors[each.sku] * left // worth for each in positions} if worth else {}


def _shared(positions: Sequence[Position], bottom: Mapping[str, int], left: int) -> dict[str, int] | None:
    """Prices between today's and `bottom` that come to at most `left`; None when even `bottom` is more."""
    worth = sum(each.price * each.quantity for each in positions)
    room = worth - sum(bottom[each.sku] * each.quantity for each in positions)
    off = worth - left
    if off > room:
        return None
    if off <= 0:
        return {each.sku: each.price for each in positions}
    return {each.sku: each.price - -(-(each.price - bottom[each.sku]) * off // room) for each in positions}
