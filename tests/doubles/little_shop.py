"""A shop in memory: the real services over the doubles, one product, one customer, a clock that stands still."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import Final

from storefront.contracts.back_office import news_in
from storefront.domain.catalogue import Catalogue, Product, ProductKind, ReturnPolicy, Unit
from storefront.domain.conversation import Conversation, DeliveryDetails, OrderDelivery
from storefront.domain.coupon import Coupon, CouponKind
from storefront.domain.delivery import HomeDelivery, InvoiceChoice, InvoiceKind, Recipient
from storefront.domain.errors import OrderEnded
from storefront.domain.language import Language
from storefront.domain.money import Currency
from storefront.domain.offers import Period, Scope
from storefront.domain.order import DeliveryMethod, HistoryStep, HoldState, Order, OrderState
from storefront.domain.outbox import Message, OrderEvent
from storefront.domain.payment import PaymentAttempt, attempt_id_of
from storefront.domain.pricing import PriceRules
from storefront.domain.push_policy import PushPolicy
from storefront.domain.quote import QuoteLine
from storefront.domain.refund import Refund
from storefront.messages.scene import Shop
from storefront.services.cancelling import Cancelling
from storefront.services.checkout import Checkout
from storefront.services.coupons import Coupons
from storefront.services.erasing import Erasing
from storefront.services.lapsing import Lapsing
from storefront.services.order_events import OrderEvents
from storefront.services.outside_decisions import OutsideDecisions
from storefront.services.outside_orders import OutsideOrders
from storefront.services.payment_page import PaymentPage
from storefront.services.phrases import Phrases
from storefront.services.ports import (
    Catalogues,
    Clock,
    Ids,
    Jobs,
    Messenger,
    Metrics,
    OrderSystem,
    PaymentGateway,
    Put,
    Store,
    Timers,
    Workflow,
)
from storefront.services.quoting import Quoting
from storefront.services.received_events import ReceivedEvents
from storefront.services.refunding import Refunding
from storefront.services.shipping import Shipping
from storefront.services.sweeping import Sweeping
from storefront.services.telling import Telling
from storefront.services.waiting import Waits
from storefront.settings import Settings
from tests.doubles.line_model import LineModel
from tests.doubles.line_pay_model import LinePayModel
from tests.doubles.machinery import (
    START,
    CountingMetrics,
    Job,
    MemoryCatalogues,
    OrderSystemModel,
    RecordingJobs,
    RecordingWorkflow,
    SequenceIds,
    VirtualClock,
)
from tests.doubles.memory_store import Counters, MemoryStore

SHOP: Final = Shop(
    name="山嵐茶行",
    legal_name="山嵐茶行有限公司",
    company_number="04595257",
    phone="02-2345-6789",
    email="service@demo-shop.example",
    address="臺北市大同區迪化街一段100號",
    official_account="@demo-shop",
    formal_quote_from=30_000,
    shipping_home=120,
    shipping_store=60,
    free_shipping_from=1_000,
    picture_base_url="",
    public_base_url="https://shop.example",
    chilled=frozenset({"SVC-COL"}),
    weekly=Settings({}).shop.weekly,
)
TEA: Final = Product(
    sku="TEA-JAS",
    kind=ProductKind.GOODS,
    names={Language.ZH_TW: "茉莉綠茶"},
    unit=Unit.BOX,
    price=180,
    floor_price=140,
    return_policy=ReturnPolicy.SEVEN_DAYS,
    stock_counted=True,
)
WRAPPING: Final = replace(
    TEA, sku="SVC-GIF", kind=ProductKind.SERVICE, names={Language.ZH_TW: "禮盒包裝"}, price=60, floor_price=60,
    stock_counted=False,
)  # fmt: skip
CATALOGUE: Final = Catalogue.of([TEA, WRAPPING], version=1)
LAST_ONE: Final = Coupon(
    "LAST1",
    CouponKind.AMOUNT,
    20,
    Scope(frozenset({TEA.sku})),
    Period(START - timedelta(days=1), START + timedelta(days=30)),
    uses=1,
)
RULES: Final = PriceRules(coupons=(LAST_ONE,))
CUSTOMER: Final = "customer1"
LINE_USER: Final = "U" + "1" * 32
ORDER: Final = "A7K3Q-9XM2T"
UNITS: Final = 3
STOCK: Final = 10
DELIVERY: Final = DeliveryDetails(
    home=HomeDelivery(Recipient("王小明", "0912345678"), "臺北市大安區和平東路一段1號"),
    invoice=InvoiceChoice(InvoiceKind.PAPER),
)
TIMERS: Final = Timers()
PUSH_POLICY: Final = Settings({}).push_policy
WINDOW: Final = timedelta(seconds=TIMERS.payment_window)
GRACE: Final = timedelta(seconds=TIMERS.grace)


def customer_row() -> Conversation:
    """The customer, known to the shop."""
    return Conversation(CUSTOMER, LINE_USER, Language.ZH_TW, revision=1)


def order_row(state: OrderState = OrderState.AWAITING_PAYMENT) -> Order:
    """An order of three boxes of tea and one wrapping, delivered home: NT$720, its stock on hold."""
    return Order(
        order_number=ORDER,
        customer_id=CUSTOMER,
        quote_id="quote1",
        quote_version=1,
        language=Language.ZH_TW,
        currency=Currency.TWD,
        lines=(
            QuoteLine.priced(TEA, UNITS, Language.ZH_TW),
            QuoteLine.priced(WRAPPING, 1, Language.ZH_TW),
        ),
        state=state,
        hold=HoldState.HELD,
        hold_until=START + WINDOW + GRACE,
        created_at=START,
        delivery_method=DeliveryMethod.HOME,
        shipping_fee=120,
        history=(HistoryStep(START, state, "test"),),
        due_at=START + timedelta(seconds=60),
        revision=1,
    )


RETENTION: Final = Settings({}).retention


class Services:
    """The real services over whatever fills in the ports; each is made when it is first asked for."""

    store: Store
    pay: PaymentGateway
    line: Messenger
    jobs: Jobs
    workflow: Workflow
    clock: Clock
    ids: Ids
    metrics: Metrics
    order_system: OrderSystem
    catalogues: Catalogues
    timers: Timers = TIMERS
    policy: PushPolicy = PushPolicy()
    rules: PriceRules = RULES

    @cached_property
    def telling(self) -> Telling:
        return Telling(self.store, self.catalogues, self.line, SHOP, self.clock, self.metrics, self.policy)

    @cached_property
    def waits(self) -> Waits:
        return Waits(self.store, self.workflow, self.clock)

    @cached_property
    def checkout(self) -> Checkout:
        return Checkout(
            self.store,
            self.pay,
            self.telling,
            self.waits,
            self.jobs,
            self.clock,
            self.ids,
            self.metrics,
            self.timers,
            "https://shop.example/",
        )

    @cached_property
    def refunding(self) -> Refunding:
        return Refunding(self.store, self.pay, self.telling, self.waits, self.jobs, self.clock, self.metrics)

    @cached_property
    def cancelling(self) -> Cancelling:
        return Cancelling(self.store, self.ids)

    @cached_property
    def shipping(self) -> Shipping:
        return Shipping(
            self.store,
            self.catalogues,
            self.cancelling,
            self.telling,
            self.waits,
            self.jobs,
            self.clock,
            self.metrics,
        )

    @cached_property
    def quoting(self) -> Quoting:
        return Quoting(self.catalogues, self.timers, self.rules)

    @cached_property
    def coupons(self) -> Coupons:
        return Coupons(self.store, self.rules)

    @cached_property
    def lapsing(self) -> Lapsing:
        return Lapsing(self.store, self.quoting, self.telling, PUSH_POLICY, self.timers, self.clock)

    @cached_property
    def sweeping(self) -> Sweeping:
        return Sweeping(
            self.store, self.lapsing, self.telling, self.jobs, self.clock, self.metrics, self.erasing
        )

    @cached_property
    def phrases(self) -> Phrases:
        return Phrases(self.store, self.clock)

    @cached_property
    def erasing(self) -> Erasing:
        return Erasing(self.store, self.phrases, self.telling, RETENTION, self.clock)

    @cached_property
    def order_events(self) -> OrderEvents:
        return OrderEvents(self.store, self.order_system, self.jobs, self.clock, self.metrics)

    @cached_property
    def decisions(self) -> OutsideDecisions:
        return OutsideDecisions(self.store, self.waits, self.clock, self.metrics)

    @cached_property
    def received_events(self) -> ReceivedEvents:
        return ReceivedEvents(self.store, self.shipping, self.decisions, self.outside_orders, news_in)

    @cached_property
    def outside_orders(self) -> OutsideOrders:
        return OutsideOrders(self.store, self.catalogues, self.clock, self.ids)

    @cached_property
    def page(self) -> PaymentPage:
        return PaymentPage(self.store, self.jobs)


class LittleShop(Services):
    """Everything that one order needs, and words for what happens to it."""

    store: MemoryStore
    pay: LinePayModel
    line: LineModel
    jobs: RecordingJobs
    workflow: RecordingWorkflow
    clock: VirtualClock
    ids: SequenceIds
    metrics: CountingMetrics
    order_system: OrderSystemModel
    catalogues: MemoryCatalogues

    def __init__(self, timers: Timers = TIMERS) -> None:
        self.timers = timers
        self.clock = VirtualClock()
        self.store = MemoryStore(stock={TEA.sku: Counters(STOCK - UNITS, UNITS, 0, STOCK)})
        self.pay = LinePayModel()
        self.line = LineModel()
        self.ids = SequenceIds()
        self.metrics = CountingMetrics()
        self.jobs = RecordingJobs(self.clock)
        self.workflow = RecordingWorkflow()
        self.order_system = OrderSystemModel()
        self.catalogues = MemoryCatalogues(CATALOGUE, self.store)
        self.failures: list[str] = []
        for row in (customer_row(), order_row(), OrderDelivery(ORDER, CUSTOMER, DELIVERY, revision=1)):
            self.store.commit(Put(replace(row, revision=0)))

    # Rows ------------------------------------------------------------------------------------------------

    @property
    def order(self) -> Order:
        order = self.store.read(Order, ORDER)
        assert order is not None
        return order

    @property
    def stock(self) -> Counters:
        return self.store.stock[TEA.sku]

    @property
    def attempts(self) -> list[PaymentAttempt]:
        return sorted(self.store.all(PaymentAttempt), key=lambda attempt: attempt.provider_order_id)

    @property
    def attempt(self) -> PaymentAttempt:
        """The newest attempt."""
        return self.attempts[-1]

    @property
    def transaction(self) -> str:
        """LINE Pay's number of the newest attempt."""
        transaction_id = self.attempt.transaction_id
        assert transaction_id is not None
        return transaction_id

    @property
    def refunds(self) -> list[Refund]:
        return self.store.all(Refund)

    @property
    def told(self) -> list[str]:
        """Topics of the messages that were written, in order of their writing."""
        return [message.topic.value for message in self.store.all(Message)]

    @property
    def events(self) -> list[str]:
        """Types of the events to the order system, in order of their writing."""
        return [event.type.value for event in self.store.all(OrderEvent)]

    def change(self, **changes: object) -> None:
        """Write the order with other values, as somebody else would."""
        self.store.commit(Put(replace(self.order, **changes)))  # type: ignore[arg-type]

    # Happenings ------------------------------------------------------------------------------------------

    def open(self, cause: str = "workflow") -> PaymentAttempt:
        """The customer gets a link."""
        self.checkout.open_payment(ORDER, cause)
        return self.attempt

    def pay_and_return(self) -> None:
        """The customer approves in LINE Pay and comes back; the look that this asks for is made."""
        self.pay.approve(self.transaction)
        self.settle("returned")

    def settle(self, cause: str = "schedule") -> None:
        self.checkout.settle(self.attempt.attempt_id, cause)

    def paid(self) -> "LittleShop":
        """A paid order."""
        self.open()
        self.pay_and_return()
        return self

    def refund(self, amount: int) -> Refund:
        """An intent to give back; not carried out yet."""
        plan = self.cancelling.plan_refund(self.order, amount, "test", "test", self.clock.now)
        self.store.commit(*plan.writes)
        assert plan.refund is not None
        return plan.refund

    def carry_out(self, refund: Refund) -> Refund:
        self.refunding.carry_out(ORDER, refund.refund_id)
        after = self.store.read(Refund, ORDER, refund.refund_id)
        assert after is not None
        return after

    def cancel(self) -> str:
        """The customer cancels; returns what she is told."""
        plan = self.cancelling.plan(self.order, "customer", "test", self.clock.now)
        if plan.writes:
            self.store.commit(*plan.writes)
        return plan.topic.value

    def work(self, job: Job) -> None:
        """What the queue's function does with one job; a failed one is left to the sweeper."""
        first, *rest = job.arguments
        does: dict[str, Callable[[], object]] = {
            "open_payment": lambda: self._open_or_ended(first, *rest),
            "check_payment": lambda: self.checkout.settle(first, *rest),
            "close_order": lambda: self.checkout.close(first, "sweep"),
            "refund": lambda: self.refunding.carry_out(first, *rest),
            "send_order_event": lambda: self.order_events.send(first),
            "settle_event": lambda: self.telling.deliver_together(
                self.received_events.take_in(first, rest[0])
            ),
        }
        does[job.name]()

    def _open_or_ended(self, order_number: str, cause: str) -> None:
        try:
            self.checkout.open_payment(order_number, cause)
        except OrderEnded:
            return

    def work_off(self) -> int:
        """Do the jobs that are due, and those that they bring; returns how many there were."""
        done = 0
        while due := self.jobs.take_due():
            for job in due:
                self.work(job)
                done += 1
        return done

    def go_on(self, seconds: float, step: float = 15) -> None:
        """Let time pass with its jobs and with a sweep every minute."""
        until = self.clock.now + timedelta(seconds=seconds)
        while self.clock.now < until:
            self.clock.now = min(until, self.clock.now + timedelta(seconds=step))
            self.work_off()
            if (self.clock.now - START).total_seconds() % 60 < step:
                self.sweeping.sweep()
                self.work_off()

    def key_of(self, number: int = 1) -> str:
        """The key in the return URLs of attempt `number`."""
        key = f"key{number}"
        assert attempt_id_of(key) in {attempt.attempt_id for attempt in self.attempts}
        return key
