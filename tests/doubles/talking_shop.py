"""The demo shop in memory with its chat: customers write and tap, answers are what LINE would have shown them.

The workflow walks as the state machine does: it waits for the decision, asks for the payment, waits for it and for
the parcels; `go` lets it and the queues run until nothing is left to do.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final, cast

from storefront.contracts.back_office import news_in
from storefront.contracts.catalogue_file import read_catalogue
from storefront.contracts.house_rules import bundles, business_hours, negotiation_rules
from storefront.domain.casework import OperatorCase, ReceivedEvent, WaitStep
from storefront.domain.catalogue import Catalogue
from storefront.domain.conversation import Conversation, customer_id_of
from storefront.domain.errors import OrderEnded, StorefrontError
from storefront.domain.order import Order
from storefront.domain.order_number import new_order_number
from storefront.domain.outbox import Message
from storefront.domain.payment import PaymentAttempt
from storefront.domain.pricing import PriceRules
from storefront.domain.quote import Quote
from storefront.domain.refund import Refund
from storefront.services.after_sales import AfterSalesDesk
from storefront.services.answering import Answering, Desks
from storefront.services.approving import Approving
from storefront.services.chat import Chat
from storefront.services.coupon_desk import CouponDesk
from storefront.services.deciding import Deciding
from storefront.services.declining import DeclineDesk
from storefront.services.delivery_desk import DeliveryDesk
from storefront.services.haggling import HaggleDesk
from storefront.services.handing_over import HandingOver
from storefront.services.leads import Leads
from storefront.services.link_desk import LinkDesk
from storefront.services.order_lookup import OrderLookup
from storefront.services.own_rows import OwnRows
from storefront.services.personal_desk import PersonalDesk
from storefront.services.ports import Put, SendOutcome, Timers
from storefront.services.product_desk import ProductDesk
from storefront.services.promising import Promising
from storefront.services.quote_desk import QuoteDesk
from storefront.services.quote_maker import QuoteMaker
from storefront.services.quote_workflows import QuoteWorkflows
from storefront.services.received_events import ReceivedEvents
from storefront.services.referring import Referring
from storefront.services.staff import Staff
from storefront.services.staff_desk import StaffDesk
from storefront.services.turns import ChatEvent, Happening
from storefront.settings import Settings
from tests.doubles.line_model import LineModel
from tests.doubles.line_pay_model import LinePayModel
from tests.doubles.little_shop import RETENTION, SHOP, TIMERS, Services
from tests.doubles.machinery import (
    CountingMetrics,
    Job,
    MemoryCatalogues,
    OrderSystemModel,
    RecordingJobs,
    SequenceIds,
    VirtualClock,
)
from tests.doubles.memory_store import Counters, MemoryStore

DEMO_SHOP: Final = Path("layers/shared/python/storefront/demo_shop/catalogue.csv")
MEI: Final = "U" + "a" * 32
JUN: Final = "U" + "b" * 32
AN: Final = "U" + "c" * 32
"""One of the shop's own people."""
PACE: Final = Settings({}).pace_limits
LINK_RULES: Final = Settings({}).link_rules
HOLD_LIMITS: Final = Settings({}).hold_limits
WORKFLOW_TIMERS: Final = {"decision": 86_400}


@cache
def demo_catalogue() -> tuple[Catalogue, dict[str, Counters]]:
    """The demo shop's products, and their stock."""
    read = read_catalogue((Path(__file__).parents[2] / DEMO_SHOP).read_bytes())
    stock = {sku: Counters.of(units) for sku, units in read.stock.items()}
    return Catalogue.of(read.products, version=1), stock


@cache
def demo_rules() -> PriceRules:
    """The demo shop's offers, coupons, order tiers and bundles."""
    return replace(Settings({}).price_rules, bundles=bundles())


@dataclass
class RealOrderNumbers(SequenceIds):
    """Names that count, but order numbers are as customers type them."""

    def order_number(self) -> str:
        self.given += 1
        return new_order_number(0x12_3456_789A + 0x3_1415_9265 * self.given)


@dataclass
class Phone(LineModel):
    """LINE that keeps what it shows; `profiles` are the languages of those who told theirs."""

    shown: list[Mapping[str, Any]] = field(default_factory=list)
    profiles: dict[str, str] = field(default_factory=dict)

    def reply(self, token: str, messages: Sequence[Mapping[str, object]]) -> SendOutcome:
        outcome = super().reply(token, messages)
        return self._show(outcome, messages)

    def push(
        self, to: str, messages: Sequence[Mapping[str, object]], retry_key: str, *, silent: bool = False
    ) -> SendOutcome:
        outcome = super().push(to, messages, retry_key, silent=silent)
        return self._show(outcome, messages)

    def _show(self, outcome: SendOutcome, messages: Sequence[Mapping[str, object]]) -> SendOutcome:
        if outcome is SendOutcome.ACCEPTED:
            self.shown += messages
        return outcome

    def profile_language(self, line_user_id: str) -> str | None:
        return self.profiles.get(line_user_id)


def actions_in(node: object) -> Iterator[Mapping[str, Any]]:
    """All that can be tapped in a message."""
    if isinstance(node, Mapping):
        for name, inner in node.items():
            if name == "action" and isinstance(inner, Mapping):
                yield inner
            else:
                yield from actions_in(inner)
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for inner in node:
            yield from actions_in(inner)


@dataclass
class WalkingWorkflow:
    """The state machine in small: executions by name, tokens that wake one of them once."""

    started: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    woken: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    ended: list[tuple[str, str]] = field(default_factory=list)
    causes: list[str] = field(default_factory=list)
    to_do: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)

    def start(self, name: str, payload: Mapping[str, object]) -> None:
        if name not in [known for known, _ in self.started]:
            self.to_do.append(("start", payload))
        self.started.append((name, payload))

    def wake(self, token: str, output: Mapping[str, object]) -> None:
        if token not in [known for known, _ in (*self.woken, *self.ended)]:
            step, _, of = token.partition(":")
            self.to_do.append((step, {"of": of, **output}))
        self.woken.append((token, output))

    def end(self, token: str, error: StorefrontError) -> None:
        self.ended.append((token, type(error).__name__))
        self.causes.append(str(error))


class TalkingShop(Services):
    """Everything behind the chat, and words for what customers do."""

    store: MemoryStore
    pay: LinePayModel
    line: Phone
    jobs: RecordingJobs
    workflow: WalkingWorkflow
    clock: VirtualClock
    ids: RealOrderNumbers
    metrics: CountingMetrics
    order_system: OrderSystemModel
    catalogues: MemoryCatalogues

    def __init__(
        self,
        timers: Timers = TIMERS,
        store: MemoryStore | None = None,
        staff_ids: tuple[str, ...] = (AN,),
        rules: PriceRules | None = None,
    ) -> None:
        catalogue, stock = demo_catalogue()
        self.rules = demo_rules() if rules is None else rules
        self.staff_ids = staff_ids
        self.timers = timers
        self.clock = VirtualClock()
        self.store = store or MemoryStore()
        if not self.store.stock:
            self.store.stock.update(stock)
        self.pay = LinePayModel()
        self.line = Phone()
        self.ids = RealOrderNumbers()
        self.metrics = CountingMetrics()
        self.jobs = RecordingJobs(self.clock)
        self.workflow = WalkingWorkflow()
        self.order_system = OrderSystemModel()
        self.catalogues = MemoryCatalogues(catalogue, self.store)
        self.hold_limits = HOLD_LIMITS
        self.events = 0
        self.typed = 0
        self.tapped = 0

    # Services --------------------------------------------------------------------------------------------

    @cached_property
    def own(self) -> OwnRows:
        return OwnRows(self.store)

    @cached_property
    def deliveries(self) -> DeliveryDesk:
        return DeliveryDesk(self.store, SHOP, self.timers)

    @cached_property
    def promising(self) -> Promising:
        return Promising(self.store, self.hold_limits, self.clock)

    @cached_property
    def maker(self) -> QuoteMaker:
        return QuoteMaker(self.quoting, self.promising, self.own, self.coupons, self.clock, self.ids)

    @cached_property
    def personal(self) -> PersonalDesk:
        return PersonalDesk(self.store, self.phrases, RETENTION, self.clock)

    @cached_property
    def quotes(self) -> QuoteDesk:
        return QuoteDesk(
            self.quoting,
            self.maker,
            self.promising,
            self.deliveries,
            self.products,
            self.own,
            self.clock,
            self.ids,
            self.phrases,
        )

    @cached_property
    def coupon_desk(self) -> CouponDesk:
        return CouponDesk(self.quotes, self.coupons, self.own, self.clock)

    @cached_property
    def staff(self) -> Staff:
        return Staff(self.store, self.telling, self.clock, self.staff_ids)

    @cached_property
    def workflows(self) -> QuoteWorkflows:
        return QuoteWorkflows(self.workflow, self.waits, WORKFLOW_TIMERS)

    @cached_property
    def referring(self) -> Referring:
        return Referring(
            self.store,
            self.staff,
            self.workflow,
            negotiation_rules(),
            business_hours(),
            self.timers,
            self.clock,
        )

    @cached_property
    def haggling(self) -> HaggleDesk:
        return HaggleDesk(
            self.store,
            self.quoting,
            self.maker,
            self.own,
            self.referring,
            negotiation_rules(),
            self.clock,
        )

    @cached_property
    def approving(self) -> Approving:
        return Approving(
            self.store,
            self.catalogues,
            self.maker,
            self.telling,
            self.staff,
            self.workflows,
            self.waits,
            self.clock,
        )

    @cached_property
    def staff_desk(self) -> StaffDesk:
        return StaffDesk(self.store, self.staff, self.approving, self.clock)

    @cached_property
    def products(self) -> ProductDesk:
        return ProductDesk(self.catalogues, self.own, SHOP)

    @cached_property
    def after_sales(self) -> AfterSalesDesk:
        return AfterSalesDesk(
            self.store,
            self.own,
            self.catalogues,
            self.quotes,
            self.products,
            self.staff,
            Settings({}).after_sales_rules,
            business_hours(),
            self.clock,
        )

    @cached_property
    def people(self) -> HandingOver:
        rules = Settings({})
        leads = Leads(self.store, rules.lead_rules)
        return HandingOver(
            self.store, self.own, self.staff, leads, rules.handover_rules, business_hours(), self.clock
        )

    @cached_property
    def chat(self) -> Chat:
        desks = Desks(
            self.quotes,
            self.coupon_desk,
            self.deliveries,
            self.cancelling,
            self.haggling,
            self.staff_desk,
            self.products,
            self.people,
            DeclineDesk(self.own, self.clock),
            self.after_sales,
            self.personal,
            self.links,
        )
        return Chat(
            self.store,
            Answering(self.store, self.own, desks, self.line, self.staff, self.clock, PACE),
            self.telling,
            self.workflows,
            self.waits,
            self.staff,
            self.referring,
            self.approving,
            self.jobs,
            self.clock,
        )

    @cached_property
    def lookup(self) -> OrderLookup:
        rules = Settings({}).silence_rules
        return OrderLookup(self.store, self.telling, self.products, self.staff, self.links, rules, self.clock)

    @cached_property
    def links(self) -> LinkDesk:
        return LinkDesk(self.store, LINK_RULES, self.clock)

    @cached_property
    def deciding(self) -> Deciding:
        return Deciding(self.store, self.lapsing, self.waits, self.clock)

    def take_in(self, source: str, event_id: str) -> None:
        """Apply a stored event and tell of it, as the queue's function does."""
        self.telling.deliver_together(self.received.take_in(source, event_id))

    @cached_property
    def received(self) -> ReceivedEvents:
        return ReceivedEvents(self.store, self.shipping, self.decisions, self.outside_orders, news_in)

    # What customers do -----------------------------------------------------------------------------------

    def event(
        self,
        happening: Happening,
        *,
        who: str = MEI,
        text: str = "",
        data: str = "",
        group: str | None = None,
        at: datetime | None = None,
        token: bool = True,
        photo: str = "",
        line_message_id: str = "",
    ) -> ChatEvent:
        """A new event; it happens when it is handed to `handle`."""
        self.events += 1
        chat_id = group or who
        return ChatEvent(
            event_id=f"event{self.events}",
            happening=happening,
            customer_id=customer_id_of(chat_id),
            line_user_id=chat_id,
            at=at or self.clock.now,
            received_at=self.clock.now,
            text=text,
            postback_data=data,
            content_id=photo,
            reply_token=f"token{self.events}" if token else None,
            group_id=group,
            line_message_id=line_message_id or f"line{self.events}",
        )

    def handle(self, event: ChatEvent) -> Message | None:
        """The chat handles an event; returns what its row says now."""
        self.last_event = event
        self.chat.handle(event)
        return self.store.read(Message, event.message_id)

    def answer_to(self, event: ChatEvent) -> Message:
        answer = self.handle(event)
        assert answer is not None
        return answer

    def say(self, text: str, who: str = MEI) -> Message:
        """The customer types; returns the answer."""
        self.typed += 1
        return self.answer_to(self.event(Happening.TEXT, text=text, who=who))

    def press(self, data: str, who: str = MEI) -> Message:
        """A button with this data; returns the answer."""
        self.tapped += 1
        return self.answer_to(self.event(Happening.POSTBACK, data=data, who=who))

    def show(self, photo: str, who: str = MEI) -> Message:
        """The customer sends a photo; returns the answer."""
        return self.answer_to(self.event(Happening.MEDIA, who=who, photo=photo))

    def tap(self, words: str, who: str = MEI) -> Message | None:
        """The newest button that says `words` in its label or in the customer's name."""
        action = next(
            action
            for message in reversed(self.line.shown)
            for action in actions_in(message)
            if words in str(action.get("label")) or words in str(action.get("displayText"))
        )
        if action["type"] == "postback":
            return self.press(str(action["data"]), who)
        self.tapped += 1
        if action["type"] == "message":
            return self.answer_to(self.event(Happening.TEXT, text=str(action["text"]), who=who))
        transaction_id = str(action["uri"]).rpartition("/")[2]
        self.pay.approve(transaction_id)
        attempt = next(each for each in self.attempts if each.transaction_id == transaction_id)
        self.checkout.settle(attempt.attempt_id, "returned")
        return None

    def ask(self, text: str = "", who: str = MEI, data: str = "", group: str | None = None) -> Message | None:
        """A question about orders, as it comes from the queue of such questions."""
        happening = Happening.POSTBACK if data else Happening.TEXT
        event = self.event(happening, text=text, data=data, who=who, group=group)
        self.lookup.handle(event)
        return self.store.read(Message, event.message_id)

    # What everything else does ---------------------------------------------------------------------------

    def go(self) -> None:
        """Let queues and workflows run until nothing is left that is due."""
        while self.workflow.to_do or self._due():
            for step, payload in self._taken():
                self._walk(step, payload)
            for job in self.jobs.take_due():
                self._work(job)

    def _due(self) -> bool:
        return any(job.not_before <= self.clock.now for job in self.jobs.waiting)

    def _taken(self) -> list[tuple[str, Mapping[str, object]]]:
        to_do, self.workflow.to_do = self.workflow.to_do, []
        return to_do

    def _walk(self, step: str, payload: Mapping[str, object]) -> None:
        match step:
            case "start" if "approvalId" in payload:
                approval_id = str(payload["approvalId"])
                self.approving.await_decision(approval_id, f"{WaitStep.APPROVAL.value}:{approval_id}")
            case WaitStep.APPROVAL:
                self.approving.carry_out(str(payload["of"]))
            case "start":
                quote_id, version = str(payload["quoteId"]), int(cast("int", payload["quoteVersion"]))
                token = f"{WaitStep.DECISION.value}:{quote_id}-{version}"
                self.deciding.await_decision(quote_id, version, token)
            case WaitStep.DECISION:
                number = str(payload["orderNumber"])
                try:
                    self.checkout.open_payment(number, "workflow")
                except OrderEnded:
                    return
                self.checkout.await_payment(number, f"{WaitStep.PAYMENT.value}:{number}")
            case WaitStep.PAYMENT:
                number = str(payload["orderNumber"])
                self.shipping.await_delivery(number, f"{WaitStep.DELIVERY.value}:{number}")

    def _open_or_ended(self, order_number: str, cause: str) -> None:
        try:
            self.checkout.open_payment(order_number, cause)
        except OrderEnded:
            return

    def _work(self, job: Job) -> None:
        first, *rest = job.arguments
        does: dict[str, Callable[[], object]] = {
            "open_payment": lambda: self._open_or_ended(first, *rest),
            "check_payment": lambda: self.checkout.settle(first, *rest),
            "close_order": lambda: self.checkout.close(first, "sweep"),
            "refund": lambda: self.refunding.carry_out(first, *rest),
            "send_order_event": lambda: self.order_events.send(first),
            "settle_event": lambda: self.take_in(first, rest[0]),
        }
        try:
            does[job.name]()
        except OrderEnded:
            # The function that takes the job knows no more to do either.
            return

    def back_office(
        self,
        event_type: str,
        subject: str | None,
        data: Mapping[str, object],
        event_id: str = "",
        at: str = "",
        fact_id: str = "",
        source: str = "wms",
    ) -> ReceivedEvent:
        """A back office's event, taken by the door and applied; returns what became of it.

        `event_id` is the id of the webhook; `fact_id` the event's own, when it differs.
        """
        self.events += 1
        name = event_id or f"news{self.events}"
        body = {
            "specversion": "1.0",
            "id": fact_id or name,
            "source": f"/{source}",
            "type": event_type,
            "subject": subject,
            "time": at or self.clock.now.isoformat(),
            "data": data,
        }
        received = ReceivedEvent(source, name, "hash", json.dumps(body, ensure_ascii=False), self.clock.now)
        if self.store.read(ReceivedEvent, source, name) is None:
            self.store.commit(Put(received))
        self.take_in(source, name)
        known = self.store.read(ReceivedEvent, source, name)
        assert known is not None
        return known

    def parcel(
        self,
        order_number: str,
        status: str,
        shipment_id: str = "S1",
        *,
        event_id: str = "",
        at: str = "",
        fact_id: str = "",
        **data: object,
    ) -> ReceivedEvent:
        """The news of one parcel."""
        facts = {"shipmentId": shipment_id, "status": status, **data}
        return self.back_office("shipment.status.v1", order_number, facts, event_id, at, fact_id)

    # Rows ------------------------------------------------------------------------------------------------

    def conversation(self, who: str = MEI) -> Conversation:
        conversation = self.store.read(Conversation, customer_id_of(who))
        assert conversation is not None
        return conversation

    def change(self, who: str = MEI, **changes: Any) -> None:
        """Write the customer's row with other values, as somebody else would."""
        self.store.commit(Put(replace(self.conversation(who), **changes)))

    @property
    def quote_rows(self) -> list[Quote]:
        return self.store.all(Quote)

    @property
    def quote(self) -> Quote:
        """The newest quote version."""
        return self.quote_rows[-1]

    @property
    def orders(self) -> list[Order]:
        return self.store.all(Order)

    @property
    def order(self) -> Order:
        """The newest order."""
        return self.orders[-1]

    @property
    def attempts(self) -> list[PaymentAttempt]:
        return self.store.all(PaymentAttempt)

    def refunds(self) -> list[Refund]:
        return self.store.all(Refund)

    @property
    def cases(self) -> list[tuple[str, str]]:
        return [(case.kind.value, case.subject) for case in self.store.all(OperatorCase)]

    @property
    def told(self) -> list[str]:
        """Topics of all messages, in order of their writing."""
        return [message.topic.value for message in self.store.all(Message)]

    @property
    def heard(self) -> list[str]:
        """Topics of the messages that LINE took."""
        return [each.topic.value for each in self.store.all(Message) if each.state.value == "sent"]

    def lines(self) -> dict[str, int]:
        """What the newest quote offers."""
        return {line.sku: line.quantity for line in self.quote.lines}

    def held(self, sku: str) -> int:
        return self.store.stock[sku].held

    def snapshot(self) -> tuple[dict[Any, Any], dict[str, Counters]]:
        """All that is written, to be compared."""
        return self.store.rows.copy(), self.store.stock.copy()

    # Ways to somewhere -----------------------------------------------------------------------------------

    def accepted(self, text: str = "茉莉綠茶 3 盒", who: str = MEI) -> Order:
        """A customer with an accepted quote."""
        self.say(text, who)
        self.press(f"accept?q={self.quote.quote_id}&v={self.quote.quote_version}", who)
        self.go()
        return self.order

    def accepted_now(self, who: str = MEI) -> Order:
        """A customer accepts the newest quote."""
        self.press(f"accept?q={self.quote.quote_id}&v={self.quote.quote_version}", who)
        self.go()
        return self.order

    def with_link(
        self,
        details: str = "王小明 0912345678 台北市信義區市府路45號",
        text: str = "茉莉綠茶 3 盒",
        who: str = MEI,
    ) -> Order:
        """A customer with a payment link."""
        self.accepted(text, who)
        self.say(details, who)
        self.go()
        return self.order

    def paid(
        self,
        details: str = "王小明 0912345678 台北市信義區市府路45號",
        text: str = "茉莉綠茶 3 盒",
        who: str = MEI,
    ) -> Order:
        """A customer with a paid order."""
        self.with_link(details, text, who)
        attempt = self.attempts[-1]
        self.pay.approve(attempt.transaction_id or "")
        self.checkout.settle(attempt.attempt_id, "returned")
        self.go()
        return self.order
