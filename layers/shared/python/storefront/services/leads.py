"""Leads: what a turn says about how much a customer wants something, and what staff are told of it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from storefront.domain.handover import Why
from storefront.domain.lead import Grade, Heard, Lead, LeadRules, Signal
from storefront.domain.outbox import Topic
from storefront.domain.quote import Quote
from storefront.language.product_questions import About
from storefront.services.ports import Store
from storefront.services.turns import Turn

_ASKED = {About.PRICE: Signal.PRICE_QUESTION, About.SAMPLE: Signal.SAMPLE}
_SHOWN = 5


class Leads:
    """Keeps one row a customer, and says when staff should look."""

    def __init__(self, store: Store, rules: LeadRules) -> None:
        self._store = store
        self._rules = rules

    def of(self, customer_id: str) -> Lead:
        return self._store.read(Lead, customer_id) or Lead(customer_id)

    def hearing(self, turn: Turn, now: datetime) -> Lead | None:
        """The customer's row after `turn`; None when the turn says nothing about a lead."""
        heard = signals_of(turn, now, self._rules)
        return self.of(turn.conversation.customer_id).hearing(heard, self._rules) if heard else None

    def is_hot_news(self, lead: Lead, now: datetime) -> bool:
        """Whether the lead is hot and staff were not told within the cool-down."""
        hot = lead.grade_at(now, self._rules) is Grade.HOT
        return hot and not lead.was_told(Why.HOT, now, self._rules.cool_down_hours)

    def was_told(self, lead: Lead, what: str, now: datetime) -> bool:
        """Whether staff have just heard of the same request."""
        return lead.was_told(what, now, self._rules.same_request_hours)


def signals_of(turn: Turn, now: datetime, rules: LeadRules) -> Sequence[Heard]:
    """What the customer did by the answer that it got."""
    skus = [sku for sku in asked_in(turn, "skus").split(",") if sku]
    if turn.topic in {Topic.PRODUCT, Topic.COMPARISON}:
        return [Heard(Signal.VIEW, now, sku) for sku in skus]
    kinds = [About(kind) for kind in asked_in(turn, "kinds").split(",") if kind]
    if turn.topic is Topic.QUESTION_ABOUT:
        return []
    heard = [
        Heard(_ASKED.get(kind, Signal.QUESTION), now, sku, kind.value)
        for kind in kinds
        for sku in skus or [""]
    ]
    return [*heard, *(_large(turn.start, now, rules) if turn.start is not None else ())]


def asked_in(turn: Turn, name: str) -> str:
    """A fact about a question, which an answer tells itself and a quote tells beside its own."""
    return turn.facts.get(name, "") or turn.facts.get(f"also_{name}", "")


def _large(quote: Quote, now: datetime, rules: LeadRules) -> list[Heard]:
    """One signal for a quote that is large as a whole or in one of its lines: about its largest line."""
    largest = max(quote.lines, key=lambda line: line.quantity)
    if largest.quantity < rules.large_units and quote.total < rules.large_amount:
        return []
    return [Heard(Signal.LARGE_QUANTITY, now, largest.sku, units=largest.quantity)]


def summary_of(lead: Lead) -> dict[str, str]:
    """The lead in codes: products by how often they were looked at or asked about, topics asked, since when."""
    if not lead.heard:
        return {}
    times = Counter(each.sku for each in lead.heard if each.sku)
    asked = dict.fromkeys(each.about for each in reversed(lead.heard) if each.about)
    return {
        "products": ",".join(f"{sku}:{count}" for sku, count in times.most_common(_SHOWN)),
        "asked": ",".join(list(asked)[:_SHOWN]),
        "since": lead.heard[0].at.isoformat(),
    }
