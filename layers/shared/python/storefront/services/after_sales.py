"""The after-sales desk: scores and comments, returns and exchanges, reports of a problem, how a product is used.

What a person has to decide becomes a case with the order at hand, written with the answer that the customer hears, and
staff are told in their chats. The customer's words stay in the chat and in personal rows; a case holds codes and LINE's
ids of photos, by which staff find them where the chat is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from storefront.domain.after_sales import (
    AfterSalesRules,
    Afterwards,
    Listening,
    OrderRemark,
    Problem,
    ReturnReason,
    Verdict,
    Wants,
    rated,
    return_ends_at,
    returnable,
    verdict_of,
)
from storefront.domain.business_hours import BusinessHours
from storefront.domain.casework import CaseKind, OperatorCase
from storefront.domain.conversation import Conversation, Step
from storefront.domain.handover import Why
from storefront.domain.order import Order, OrderState
from storefront.domain.order_number import find_order_numbers
from storefront.domain.outbox import Topic
from storefront.domain.quote import QuoteState
from storefront.language.after_sales import AfterSale, AfterSaleWords, after_sale_in
from storefront.language.calling_off import says_cancel
from storefront.language.intents import Intent, intent_of
from storefront.language.postbacks import Postback
from storefront.language.product_questions import About, ProductQuestion
from storefront.messages.product_facts import labelled
from storefront.services.cases import case_writes
from storefront.services.own_rows import OwnRows
from storefront.services.ports import Catalogues, Clock, Put, Store, Write
from storefront.services.product_desk import ANSWERED_MOST, ProductDesk
from storefront.services.quote_desk import QuoteDesk
from storefront.services.staff import Staff
from storefront.services.turns import ChatEvent, Turn, whole_number

VERBS: Final = frozenset(
    {
        "rate",
        "no_comment",
        "return",
        "return_items",
        "return_why",
        "return_send",
        "problem",
        "problem_of",
        "usage",
    }
)
RECENT: Final = 10
ORDERS_OFFERED: Final = 8
COMMENT_MOST: Final = 1_000
LOOKED_BACK: Final = timedelta(days=60)
"""Orders that came longer ago are not what a few words are about; they can still be named by number."""

_ASKS: Final = ("?", "？", "嗎", "か。", "ไหม")


@dataclass(frozen=True)
class _Report:
    """A case about one order: `told` are the facts that staff see besides."""

    kind: CaseKind
    why: Why
    facts: Mapping[str, str]
    told: Mapping[str, str]


class AfterSalesDesk:
    """Turns about orders that have come, or should have."""

    def __init__(
        self,
        store: Store,
        own: OwnRows,
        catalogues: Catalogues,
        quotes: QuoteDesk,
        products: ProductDesk,
        staff: Staff,
        rules: AfterSalesRules,
        hours: BusinessHours,
        clock: Clock,
    ) -> None:
        self._store = store
        self._own = own
        self._catalogues = catalogues
        self._quotes = quotes
        self._products = products
        self._staff = staff
        self._rules = rules
        self._hours = hours
        self._clock = clock

    # What the customer writes, taps and sends --------------------------------------------------------------

    def wrote(self, conversation: Conversation, event: ChatEvent) -> Turn | None:
        """A comment, a wish to send something back, a report; None when the text is about something else."""
        if conversation.step is not Step.FREE:
            return None
        words = after_sale_in(event.text)
        if words is not None and words.certain:
            turn = self._wished(conversation, words, event)
            if turn is not None:
                return turn
        if self._listens(conversation, Listening.COMMENT):
            return self._commented(conversation, event)
        if words is not None and not words.certain and not self._talks_about_a_quote(conversation):
            return self._wished(conversation, words, event)
        return None

    def tapped(self, conversation: Conversation, postback: Postback, event: ChatEvent) -> Turn:
        """One of the desk's buttons; a foreign order and an unknown one are the same (X4)."""
        if postback.verb == "no_comment":
            return Turn(replace(conversation, afterwards=None), Topic.COMMENT_NOTED, {"comment": "none"})
        order = self._own.order(conversation, postback.fields.get("o"))
        if order is None:
            return Turn(conversation, Topic.ORDER_UNKNOWN)
        match postback.verb:
            case "rate":
                return self._rated(conversation, order, whole_number(postback, "score"), event)
            case "problem" | "problem_of":
                given = postback.fields.get("k", "")
                problem = Problem(given) if given in set(Problem) else Problem.OTHER
                return self._reported(conversation, order, problem, event)
            case "usage":
                return self._how_to_use(conversation, order)
            case _:
                return self._return_tapped(conversation, order, postback, event)

    def photographed(self, conversation: Conversation, event: ChatEvent) -> Turn | None:
        """A photo just after a request or a report belongs to its case; the first one is answered, an album once."""
        waits = conversation.afterwards
        if waits is None or waits.order_number is None or not event.content_id:
            return None
        kinds = {Listening.RETURN: CaseKind.RETURN_REQUESTED, Listening.PROBLEM: CaseKind.PROBLEM_REPORTED}
        kind = kinds.get(waits.what)
        if kind is None or self._clock() >= waits.until:
            return None
        case = self._store.read(OperatorCase, kind, waits.order_number)
        if case is None or not case.is_open:
            return None
        more = waits.with_photo(event.content_id)
        kept = Put(replace(case, facts={**case.facts, "photos": ",".join(more.photos)}))
        talking = replace(conversation, afterwards=more)
        if waits.photos:
            return Turn(talking, writes=(kept,))
        return Turn(talking, Topic.PHOTO_TAKEN, {"order_number": waits.order_number}, (kept,))

    def remembering(self, conversation: Conversation, event: ChatEvent) -> Conversation:
        """A photo without words: a report within a while takes it along."""
        if not event.content_id or self._listens(conversation, Listening.COMMENT):
            return conversation
        before = conversation.afterwards if self._listens(conversation, Listening.PHOTO) else None
        waits = before or Afterwards(Listening.PHOTO, self._until())
        return replace(conversation, afterwards=waits.with_photo(event.content_id))

    def _listens(self, conversation: Conversation, what: Listening) -> bool:
        waits = conversation.afterwards
        return waits is not None and waits.what is what and self._clock() < waits.until

    def _until(self) -> datetime:
        return self._clock() + timedelta(minutes=self._rules.listening_minutes)

    def _talks_about_a_quote(self, conversation: Conversation) -> bool:
        quote = self._own.current_quote(conversation)
        is_open = quote is not None and quote.state is QuoteState.OFFERED and quote.is_open_at(self._clock())
        return bool(conversation.cart) or is_open

    # Scores and comments -----------------------------------------------------------------------------------

    def _rated(self, conversation: Conversation, order: Order, score: int | None, event: ChatEvent) -> Turn:
        """The score of an order, once; within a day it may be changed. A low one is a person's to look at."""
        if score is None or not 1 <= score <= 5 or not order.was_paid:
            return Turn(conversation, Topic.ORDER_UNKNOWN)
        scored = rated(order, score, self._clock(), self._rules)
        if scored is None:
            facts = {"score": str(order.satisfaction), "order_number": order.order_number, "kept": "yes"}
            return Turn(conversation, Topic.SATISFACTION_THANKS, facts)
        facts = {"score": str(score), "order_number": order.order_number}
        waits = Afterwards(Listening.COMMENT, self._until(), order.order_number)
        turn = Turn(replace(conversation, afterwards=waits), Topic.SATISFACTION_THANKS, facts, (Put(scored),))
        known = self._store.read(OperatorCase, CaseKind.LOW_SCORE, order.order_number)
        if score > self._rules.low_score and (known is None or not known.is_open):
            return turn
        told = {"score": str(score)}
        return self._put_before_people(turn, order, _Report(CaseKind.LOW_SCORE, Why.SCORE, told, told), event)

    def _commented(self, conversation: Conversation, event: ChatEvent) -> Turn | None:
        """The text after a score is its comment, unless it clearly asks or orders something."""
        intent = intent_of(event.text)
        if intent is Intent.CANCEL and not says_cancel(event.text):
            return Turn(replace(conversation, afterwards=None), Topic.COMMENT_NOTED, {"comment": "none"})
        waits = conversation.afterwards
        if intent is not Intent.OTHER or waits is None or waits.order_number is None:
            return None
        inquiry = self._quotes.read(conversation, event)
        asks = inquiry.asks is not None and event.text.rstrip().endswith(_ASKS)
        if inquiry.lines or inquiry.price_wish is not None or asks:
            return None
        known = self._store.read(OrderRemark, conversation.customer_id, waits.order_number)
        remark = OrderRemark(
            conversation.customer_id,
            waits.order_number,
            event.text[:COMMENT_MOST],
            self._clock(),
            event.line_message_id,
            known.revision if known is not None else 0,
        )
        writes: list[Write] = [Put(remark)]
        case = self._store.read(OperatorCase, CaseKind.LOW_SCORE, waits.order_number)
        if case is not None and case.is_open:
            writes.append(Put(replace(case, facts={**case.facts, "comment": "yes"})))
        talking = replace(conversation, afterwards=None, misses=0)
        return Turn(talking, Topic.COMMENT_NOTED, {"comment": "yes"}, tuple(writes))

    # Which order -------------------------------------------------------------------------------------------

    def _wished(self, conversation: Conversation, words: AfterSaleWords, event: ChatEvent) -> Turn | None:
        """The order that the words are about: the one that they name, the only one, or the one that is chosen."""
        mentions = find_order_numbers(event.text)
        numbers = [mention.number for mention in mentions if mention.valid]
        if mentions and not numbers:
            return Turn(conversation, Topic.ORDER_UNKNOWN)
        if numbers:
            return self._named(conversation, numbers, words, event)
        orders = self._candidates(conversation, words)
        if len(orders) == 1:
            return self._about(conversation, orders[0], words, event)
        if orders:
            listed = ",".join(order.order_number for order in orders[:ORDERS_OFFERED])
            return Turn(conversation, Topic.WHICH_ORDER, {"about": words.about.value, "orders": listed})
        if words.certain and intent_of(event.text) is Intent.MY_ORDERS:
            return Turn(conversation, Topic.NO_ORDERS)
        return None

    def _named(
        self, conversation: Conversation, numbers: list[str], words: AfterSaleWords, event: ChatEvent
    ) -> Turn:
        """As a look-up: only the customer's own, and not at all for somebody who tries many (X4)."""
        heard, order = self._own.named(conversation, numbers, self._clock())
        if order is None:
            return Turn(heard, Topic.ORDER_UNKNOWN)
        return self._about(heard, order, words, event)

    def _candidates(self, conversation: Conversation, words: AfterSaleWords) -> list[Order]:
        """Paid orders of late; where one of them may go back now, that one is meant."""
        now = self._clock()
        orders = [
            order
            for order in self._store.recent_orders(conversation.customer_id, RECENT)
            if order.state is OrderState.PAID and now - (order.completed_at or order.created_at) < LOOKED_BACK
        ]
        sent = [order for order in orders if order.labelled or order.completed_at is not None]
        if words.about is not AfterSale.RETURN:
            return sent
        open_ones = [
            order for order in sent if verdict_of(order, now, self._rules.return_days) is Verdict.OPEN
        ]
        return open_ones or sent or orders

    def _about(
        self, conversation: Conversation, order: Order, words: AfterSaleWords, event: ChatEvent
    ) -> Turn:
        if words.about is AfterSale.RETURN:
            return self._to_return(conversation, order, ())
        return self._reported(conversation, order, Problem(words.about.value), event)

    # Returns and exchanges ---------------------------------------------------------------------------------

    def _return_tapped(
        self, conversation: Conversation, order: Order, postback: Postback, event: ChatEvent
    ) -> Turn:
        """The steps of a request: what, refund or exchange, why. All of it travels in the buttons, and is checked."""
        may_go = returnable(order)
        chosen = tuple(place for place in may_go if str(place) in postback.fields.get("i", "").split(","))
        wants, reason = postback.fields.get("w", ""), postback.fields.get("r", "")
        if postback.verb in {"return", "return_items"} or not chosen or wants not in set(Wants):
            return self._to_return(conversation, order, chosen)
        verdict = verdict_of(order, self._clock(), self._rules.return_days)
        if verdict is not Verdict.OPEN:
            return self._refused(conversation, order, verdict)
        items = ",".join(map(str, chosen))
        facts = {"order_number": order.order_number, "items": items, "wants": wants}
        if postback.verb == "return_why" or reason not in set(ReturnReason):
            return Turn(conversation, Topic.RETURN_REASON, facts)
        return self._requested(conversation, order, {**facts, "reason": reason}, event)

    def _to_return(self, conversation: Conversation, order: Order, chosen: Sequence[int]) -> Turn:
        """Which lines of the order go back; the only one that may needs no choosing."""
        verdict = verdict_of(order, self._clock(), self._rules.return_days)
        if verdict is not Verdict.OPEN:
            return self._refused(conversation, order, verdict)
        may_go = returnable(order)
        picked = tuple(may_go) if len(may_go) == 1 else tuple(chosen)
        facts = {"order_number": order.order_number, "items": ",".join(map(str, picked)), **self._ends(order)}
        return Turn(conversation, Topic.RETURN_ITEMS, facts)

    def _refused(self, conversation: Conversation, order: Order, verdict: Verdict) -> Turn:
        facts = {"order_number": order.order_number, "verdict": verdict.value, **self._ends(order)}
        return Turn(conversation, Topic.RETURN_REFUSED, facts)

    def _ends(self, order: Order) -> Mapping[str, str]:
        ends = return_ends_at(order, self._rules.return_days)
        return {} if ends is None else {"ends": ends.isoformat()}

    def _requested(
        self, conversation: Conversation, order: Order, facts: Mapping[str, str], event: ChatEvent
    ) -> Turn:
        lines = [order.lines[int(place)] for place in facts["items"].split(",")]
        told = {
            "wants": facts["wants"],
            "reason": facts["reason"],
            "items": ",".join(f"{line.sku}:{line.quantity}" for line in lines),
        }
        received = {"receivedAt": order.completed_at.isoformat()} if order.completed_at else {}
        report = _Report(CaseKind.RETURN_REQUESTED, Why.RETURN, {**told, **received}, told)
        waits = Afterwards(Listening.RETURN, self._until(), order.order_number)
        turn = Turn(replace(conversation, afterwards=waits), Topic.RETURN_TAKEN, facts)
        return self._put_before_people(turn, order, report, event)

    # Problems ----------------------------------------------------------------------------------------------

    def _reported(self, conversation: Conversation, order: Order, problem: Problem, event: ChatEvent) -> Turn:
        """A report about an order, with the photo that came just before it."""
        if not order.was_paid:
            return self._quotes.where_it_stands(conversation, order.order_number)
        earlier = conversation.afterwards if self._listens(conversation, Listening.PHOTO) else None
        photos = earlier.photos if earlier is not None else ()
        told = {"problem": problem.value}
        kept = {"photos": ",".join(photos)} if photos else {}
        report = _Report(CaseKind.PROBLEM_REPORTED, Why.PROBLEM, {**told, **kept}, told)
        waits = Afterwards(Listening.PROBLEM, self._until(), order.order_number, photos)
        facts = {"order_number": order.order_number, **told, "photo": "yes" if photos else "no"}
        turn = Turn(replace(conversation, afterwards=waits, misses=0), Topic.PROBLEM_TAKEN, facts)
        return self._put_before_people(turn, order, report, event)

    def _put_before_people(self, turn: Turn, order: Order, report: _Report, event: ChatEvent) -> Turn:
        """`turn` with the case about its order, opened or brought up to date, and staff told of what is new."""
        now = self._clock()
        opens = self._hours.next_opening(now)
        if opens is not None and opens > now:
            turn = replace(turn, facts={**turn.facts, "opens": opens.isoformat()})
        facts = {"customerId": order.customer_id, **report.facts}
        known = self._store.read(OperatorCase, report.kind, order.order_number)
        if known is not None and known.is_open:
            merged = {**known.facts, **facts}
            if merged == known.facts:
                return turn
            writes: tuple[Write, ...] = (Put(replace(known, facts=merged)),)
        else:
            writes = case_writes(self._store, report.kind, order.order_number, now, facts)
        told = {
            "customer_id": order.customer_id,
            "why": report.why.value,
            "language": turn.conversation.language.value,
            "as_of": now.isoformat(),
            "order_number": order.order_number,
            **report.told,
        }
        cause = f"after-sales:{event.event_id}"
        notices = self._staff.notices(cause, Topic.STAFF_CUSTOMER, told)
        return replace(
            turn, writes=(*turn.writes, *writes, *notices), staff_causes=(*turn.staff_causes, cause)
        )

    # How it is used ----------------------------------------------------------------------------------------

    def _how_to_use(self, conversation: Conversation, order: Order) -> Turn:
        """What the catalogue says about using what was bought; where it says nothing, people are asked."""
        catalogue = self._catalogues.read()
        skus = tuple(
            line.sku
            for line in order.lines
            if (product := catalogue.find(line.sku)) is not None
            and labelled(product, About.USAGE.value, conversation.language)
        )
        if not skus:
            facts = {"why": Why.QUESTION.value, "order_number": order.order_number}
            return Turn(conversation, Topic.PERSON, facts, attention=Why.QUESTION)
        return self._products.answer(conversation, ProductQuestion((About.USAGE,), skus[:ANSWERED_MOST]))
