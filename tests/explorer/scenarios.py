"""The scenarios: every race of the failure matrix, as processes, happenings and faults over a beginning."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from storefront.domain.casework import ReceivedEvent, WaitStep
from storefront.domain.conversation import Conversation, DeliveryDetails
from storefront.domain.coupon import EVERYBODY
from storefront.domain.delivery import InvoiceChoice, InvoiceKind, Recipient, StoreChain, StorePickup
from storefront.domain.errors import IllegalMove, OrderEnded
from storefront.domain.order import Order
from storefront.domain.outbox import ReplyToken, Topic
from storefront.domain.payment import PaymentAttempt, attempt_id_of
from storefront.domain.quote import Discount, DiscountKind, Quote, QuoteState
from storefront.domain.shipment import ShipmentEvent, ShipmentStatus
from storefront.language.postbacks import Postback
from storefront.services.cancelling import CancelPlan
from storefront.services.delivery_desk import DeliveryDesk
from storefront.services.ports import CouponUse, Put
from storefront.services.quoting import Basket
from storefront.services.shipping import ShipmentNews
from storefront.services.telling import new_message
from tests.doubles.line_pay_model import Lost, Script
from tests.doubles.little_shop import (
    CATALOGUE,
    CUSTOMER,
    GRACE,
    LAST_ONE,
    ORDER,
    SHOP,
    STOCK,
    TEA,
    UNITS,
    LittleShop,
    Services,
    customer_row,
)
from tests.explorer.engine import Happening, Program, Scenario
from tests.explorer.world import CanonicalStore, World, forgetful

LEASE_OVER: Final = timedelta(seconds=101)
CONFIRM_FAULTS: Final[tuple[Script, ...]] = (
    Lost.AFTER,
    Lost.BEFORE,
    Lost.LATE,
    "1142",
    "1152",
    "1172",
    "1198",
)
LOST: Final[tuple[Script, ...]] = (Lost.AFTER, Lost.BEFORE)


# Beginnings -----------------------------------------------------------------------------------------------


def world_of(shop: LittleShop) -> World:
    """The world of a shop as it is now; what its queues held is lost."""
    canon = CanonicalStore.canon
    rows = {key: canon(row) for key, row in shop.store.rows.items()}
    store = CanonicalStore(rows, shop.store.stock.copy())
    return World(store, forgetful(shop.pay.copy()), shop.line.copy(), shop.workflow, shop.clock.now)


def ready(_services: type[Services]) -> World:
    """Delivery is settled, there is no link yet."""
    return world_of(LittleShop())


def linked(_services: type[Services]) -> World:
    """The customer has a link."""
    return world_of(linked_shop())


def approved(_services: type[Services]) -> World:
    """The customer has approved in LINE Pay."""
    return world_of(_approved())


def approved_late(_services: type[Services]) -> World:
    """The customer has approved, and ten seconds of the hold are left."""
    shop = _approved()
    shop.clock.now = shop.order.hold_until - timedelta(seconds=10)
    return world_of(shop)


def approved_long_ago(_services: type[Services]) -> World:
    """The customer has approved, and the hold and its grace are over."""
    shop = _approved()
    shop.clock.now = shop.order.hold_until + GRACE
    return world_of(shop)


def old_link(_services: type[Services]) -> World:
    """The customer has approved with a link that is about to be replaced, because it is old."""
    shop = _approved()
    shop.clock.now = shop.attempt.expires_at - GRACE
    return world_of(shop)


def paid(_services: type[Services]) -> World:
    """The order is paid."""
    return world_of(LittleShop().paid())


def refund_intended(_services: type[Services]) -> World:
    """The order is paid, and 300 of it are to be given back."""
    shop = LittleShop().paid()
    shop.refund(300)
    return world_of(shop)


def full_refund_intended(_services: type[Services]) -> World:
    """The order is paid, and all of it is to be given back."""
    shop = LittleShop().paid()
    shop.refund(720)
    shop.store.commit(Put(_shipped_event()))
    return world_of(shop)


def paid_and_shipping(_services: type[Services]) -> World:
    """The order is paid, and the warehouse's word that it made a label waits to be applied."""
    shop = LittleShop().paid()
    shop.store.commit(Put(_shipped_event()))
    return world_of(shop)


def with_token(_services: type[Services]) -> World:
    """An approved payment, and a message on its way to a customer whose reply token lives."""
    shop = LittleShop()
    conversation = shop.store.read(Conversation, CUSTOMER)
    assert conversation is not None
    token = ReplyToken("token", shop.clock.now + timedelta(seconds=50))
    message = new_message("event:1", CUSTOMER, Topic.HOW_TO_ORDER, {}, shop.clock.now - timedelta(seconds=45))
    shop.store.commit(Put(replace(conversation, reply=token)), Put(message))
    shop.cancel()
    return world_of(shop)


def with_notices(_services: type[Services]) -> World:
    """Two messages on their way to one customer, and an older one that no push was spent on."""
    shop = LittleShop()
    earlier = shop.clock.now - timedelta(seconds=45)
    for name in ("event:1", "event:2"):
        shop.store.commit(Put(new_message(name, CUSTOMER, Topic.HOW_TO_ORDER, {}, earlier)))
    kept = new_message("event:0", CUSTOMER, Topic.HOW_TO_ORDER, {}, earlier)
    conversation = shop.store.read(Conversation, CUSTOMER)
    assert conversation is not None
    shop.store.commit(
        Put(kept.waiting_for_a_reply(shop.clock.now + timedelta(hours=12))),
        Put(replace(conversation, waiting=("event:0",))),
    )
    shop.cancel()
    return world_of(shop)


def quoted(_services: type[Services]) -> World:
    """An open quote over two boxes beside the order, whose customer has a link."""
    shop = linked_shop()
    plan = shop.quoting.plan(
        customer_row(), Basket({TEA.sku: 2}), None, "quote2", shop.clock.now, CATALOGUE, "event1"
    )
    shop.store.commit(*plan.writes)
    return world_of(shop)


def last_coupon(_services: type[Services]) -> World:
    """The coupon with one use left is noted on the open quotes of two customers."""
    shop = linked_shop()
    _note_coupon(shop, "quote2", customer_row())
    _note_coupon(shop, "quote3", _another())
    return world_of(shop)


def coupon_comes_back(_services: type[Services]) -> World:
    """The hold of the order that used the coupon's last use is over, and another customer's open quote has it noted."""
    shop = linked_shop()
    shop.store.commit(CouponUse(LAST_ONE.code, EVERYBODY, 1, 1), CouponUse(LAST_ONE.code, CUSTOMER, 1))
    shop.change(discounts=(Discount(DiscountKind.COUPON, LAST_ONE.code, LAST_ONE.value),))
    shop.clock.now = shop.order.hold_until + GRACE
    _note_coupon(shop, "quote3", _another())
    return world_of(shop)


def _another() -> Conversation:
    return replace(customer_row(), customer_id="customer2", line_user_id="U" + "2" * 32)


def _note_coupon(shop: LittleShop, quote_id: str, customer: Conversation) -> None:
    if customer.customer_id != CUSTOMER:
        shop.store.commit(Put(replace(customer, revision=0)))
    basket = Basket({TEA.sku: 2}, coupon=LAST_ONE.code)
    plan = shop.quoting.plan(customer, basket, None, quote_id, shop.clock.now, CATALOGUE, quote_id)
    shop.store.commit(*plan.writes)


def overdue(_services: type[Services]) -> World:
    """An approved payment in an order that the sweeper finds due while its hold lasts."""
    shop = _approved()
    shop.change(due_at=shop.clock.now)
    return world_of(shop)


def mismatched(_services: type[Services]) -> World:
    """An approved payment of which LINE Pay will report another amount."""
    shop = _approved()
    found = shop.pay.transactions[shop.transaction]
    shop.pay.transactions[shop.transaction] = replace(found, paid_amount=700)
    return world_of(shop)


def linked_shop() -> LittleShop:
    """The customer has a link."""
    shop = LittleShop()
    shop.open()
    return shop


def _approved() -> LittleShop:
    shop = linked_shop()
    shop.pay.approve(shop.transaction)
    return shop


def _shipped_event() -> ReceivedEvent:
    return ReceivedEvent("warehouse", "event1", "hash", "{}", LittleShop().clock.now)


# Programs -------------------------------------------------------------------------------------------------

FIRST: Final = next(iter(linked_shop().attempts)).attempt_id
"""The attempt of the first link: ids are a sequence, so it is the same in every world."""


def settles(name: str, cause: str, skew: timedelta = timedelta()) -> Program:
    return Program(name, lambda services: services.checkout.settle(FIRST, cause), skew)


SECOND: Final = attempt_id_of("keycustomer1")
"""The attempt that the process `customer` opens, if it comes to that."""


def settles_second(name: str) -> Program:
    return Program(name, lambda services: services.checkout.settle(SECOND, "returned"))


def opens(name: str, cause: str) -> Program:
    return Program(name, lambda services: services.checkout.open_payment(ORDER, cause))


def closes(name: str = "close", skew: timedelta = timedelta()) -> Program:
    return Program(name, lambda services: services.checkout.close(ORDER, "sweep"), skew)


def delivers(name: str, message_id: str) -> Program:
    return Program(name, lambda services: services.telling.deliver(message_id))


def delivers_together(name: str, *message_ids: str) -> Program:
    return Program(name, lambda services: services.telling.deliver_together(message_ids))


def answers(name: str) -> Program:
    """The customer says something: what waits rides on the answer."""

    def run(services: Services) -> None:
        now = services.clock()
        token = ReplyToken("token", now + timedelta(seconds=50))
        message = new_message("event:9", CUSTOMER, Topic.HOW_TO_ORDER, {}, now, token)
        services.store.commit(Put(message))
        services.telling.deliver(message.message_id)

    return Program(name, run)


def _order(services: Services) -> Order:
    order = services.store.read(Order, ORDER)
    assert order is not None
    return order


def _cancel(services: Services) -> None:
    """What the chat does with 取消: one transaction of the plan and its message, again if it lost a race."""
    plan = services.cancelling.plan(_order(services), "customer", "event9", services.clock())
    order = _order(services)
    facts = {"order_number": order.order_number, **plan.facts}
    message = new_message("event:9", CUSTOMER, plan.topic, facts, services.clock())
    services.store.commit(*plan.writes, Put(message))
    services.telling.deliver(message.message_id)
    _carry_on(services, plan)


def _carry_on(services: Services, plan: CancelPlan) -> None:
    if plan.closed is not None:
        services.waits.end(plan.closed, OrderEnded(plan.closed.state.value), WaitStep.PAYMENT)
    if plan.refund is not None:
        services.refunding.carry_out(ORDER, plan.refund.refund_id)


def cancels(name: str = "cancel") -> Program:
    return Program(name, _cancel)


def refunds(name: str, amount: int) -> Program:
    """A back office asks for a refund, and its job is done at once."""

    def run(services: Services) -> None:
        try:
            plan = services.cancelling.plan_refund(_order(services), amount, "wish", name, services.clock())
        except IllegalMove:
            return
        services.store.commit(*plan.writes)
        _carry_on(services, plan)

    return Program(name, run)


def carries_out(name: str) -> Program:
    return Program(name, lambda services: services.refunding.carry_out(ORDER, "refund2"))


def _other_delivery(services: Services) -> None:
    """The customer takes a store instead of her address: another fee, so another total."""
    pickup = StorePickup(Recipient("王小明", "0912345678"), StoreChain.SEVEN, "台大門市")
    details = DeliveryDetails(store=pickup, invoice=InvoiceChoice(InvoiceKind.PAPER))
    conversation = replace(customer_row(), on_file=details)
    desk = DeliveryDesk(services.store, SHOP, services.timers)
    postback = Postback("deliver_same", {})
    reception = desk.tapped(conversation, _order(services), postback, services.clock(), "event8")
    if reception is not None and reception.writes:
        services.store.commit(*(write for write in reception.writes if _is_ledger(write)))


def _is_ledger(write: object) -> bool:
    return isinstance(write, Put) and isinstance(write.entity, Order | PaymentAttempt)


def _label(services: Services, status: ShipmentStatus) -> None:
    event = ShipmentEvent("event1", status, LittleShop().clock.now)
    services.shipping.apply("warehouse", "event1", ShipmentNews(ORDER, "parcel1", status.value, event))


def ships(name: str, status: ShipmentStatus) -> Program:
    return Program(name, lambda services: _label(services, status))


def _quote(services: Services, quote_id: str = "quote2") -> Quote:
    quote = services.store.read(Quote, quote_id, 1)
    assert quote is not None
    return quote


def accepts(name: str, quote_id: str = "quote2") -> Program:
    def run(services: Services) -> None:
        quote = _quote(services, quote_id)
        now = services.clock()
        if quote.is_open_at(now):
            _, writes = services.quoting.accept(quote, f"AAAAA-AAAA{name.upper()}", now, name)
            services.store.commit(*writes)

    return Program(name, run)


def declines(name: str) -> Program:
    def run(services: Services) -> None:
        quote = _quote(services)
        if quote.state is QuoteState.OFFERED:
            services.store.commit(*services.quoting.end(quote, QuoteState.DECLINED, services.clock(), name))

    return Program(name, run)


def buys(name: str, units: int) -> Program:
    """Quote so many boxes, if they can be promised."""

    def run(services: Services) -> None:
        catalogue = services.quoting.catalogue()
        if services.quoting.shortage(Basket({TEA.sku: units}), {}, catalogue) is None:
            plan = services.quoting.plan(
                customer_row(), Basket({TEA.sku: units}), None, name, services.clock(), catalogue, name
            )
            services.store.commit(*plan.writes)

    return Program(name, run)


def awaits(name: str = "await", token: str = "token1") -> Program:
    return Program(name, lambda services: services.checkout.await_payment(ORDER, token))


def sweeps(name: str = "sweep") -> Program:
    return Program(name, lambda services: services.sweeping.sweep())


# Happenings -----------------------------------------------------------------------------------------------


def approves() -> Happening:
    return Happening("the customer approves", lambda world: world.pay.approve(_transaction(world)))


def approves_second() -> Happening:
    """She approves the new link too: only once it has been given to her."""

    def number(world: World) -> str | None:
        attempt = world.store.read(PaymentAttempt, SECOND)
        return attempt.transaction_id if attempt is not None else None

    return Happening(
        "the customer approves the new link as well",
        lambda world: world.pay.approve(number(world) or ""),
        lambda world: number(world) is not None,
    )


def cancels_at_line_pay() -> Happening:
    return Happening("the customer cancels in LINE Pay", lambda world: world.pay.cancel(_transaction(world)))


def late() -> Happening:
    return Happening(
        "LINE Pay does it late", lambda world: world.pay.do_late(), lambda world: bool(world.pay.late)
    )


def goes_on(by: timedelta) -> Happening:
    def later(world: World) -> None:
        world.now += by

    return Happening(f"{by.total_seconds():.0f} s pass", later)


def _transaction(world: World) -> str:
    return next(iter(world.pay.transactions))


def _pay(*scripts: Script, call: str = "confirm") -> dict[str, tuple[Script, ...]]:
    return {f"pay.{call}": scripts}


SCENARIOS: Final = (
    Scenario(
        "callbacks",
        "C6 C10: three callbacks at once, crashes anywhere",
        approved,
        (settles("a", "returned"), settles("b", "returned"), settles("c", "schedule")),
        crashes=1,
        fault_budget=0,
    ),
    Scenario(
        "crash-twice",
        "C10 C16: callback and check job, both may die anywhere",
        approved,
        (settles("a", "returned"), settles("b", "sweep")),
        crashes=2,
        faults=_pay(*CONFIRM_FAULTS),
    ),
    Scenario(
        "lost-answers",
        "C8 C9: every unclear answer to a confirm and to the looks after it, late effects",
        approved,
        (settles("a", "returned"), settles("b", "sweep")),
        (late(),),
        crashes=0,
        faults=_pay(*CONFIRM_FAULTS)
        | _pay(Lost.BEFORE, "9000", call="check")
        | _pay(Lost.BEFORE, "1150", call="details"),
        fault_budget=2,
    ),
    Scenario(
        "lease",
        "C8 C16: a claimer that dies or stays unanswered, the lease ends, the sweeper takes over",
        approved,
        (settles("a", "returned"), settles("b", "sweep")),
        (late(), goes_on(timedelta(seconds=60)), goes_on(LEASE_OVER)),
        crashes=1,
        faults=_pay(*CONFIRM_FAULTS),
        time_passes=True,
    ),
    Scenario(
        "never-returns",
        "C4 C15: the customer approves or cancels at any moment while check job and hint are at work",
        linked,
        (settles("check", "schedule"), settles("hint", "cancelled")),
        (approves(), cancels_at_line_pay()),
        faults=_pay(Lost.AFTER, "1180"),
    ),
    Scenario(
        "expiry",
        "C7 C17 H1: callback against the end of the hold",
        approved_late,
        (settles("a", "returned"), closes()),
        (goes_on(timedelta(seconds=75)),),
        faults=_pay(Lost.AFTER, Lost.BEFORE, Lost.LATE),
        time_passes=True,
    ),
    Scenario(
        "expiry-twice",
        "C7 S3: two closers and a late callback",
        approved_long_ago,
        (closes("close1"), closes("close2"), settles("a", "returned")),
        fault_budget=0,
    ),
    Scenario(
        "skewed-clocks",
        "H1: the closer's clock is a grace ahead of the callback's",
        approved_late,
        (settles("a", "returned", -GRACE / 2), closes(skew=GRACE + GRACE / 2)),
        faults=_pay(Lost.AFTER, Lost.BEFORE),
    ),
    Scenario(
        "customer-cancels",
        "C7: callback against the customer's cancellation",
        approved,
        (settles("a", "returned"), cancels()),
        faults=_pay(Lost.AFTER, Lost.BEFORE, Lost.LATE, "1142") | {"pay.refund": LOST},
    ),
    Scenario(
        "cancel-and-expiry",
        "C7 S3: cancellation against the end of the hold and a callback",
        approved_long_ago,
        (cancels(), closes(), settles("a", "schedule")),
        fault_budget=0,
    ),
    Scenario(
        "two-links",
        "C2 C3: two openings at once, either may die",
        ready,
        (opens("workflow", "workflow"), opens("customer", "event1")),
        fault_budget=0,
    ),
    Scenario(
        "unanswered-requests",
        "C1: two openings at once, requests without answers or refused",
        ready,
        (opens("workflow", "workflow"), opens("customer", "event1")),
        crashes=0,
        faults=_pay(*LOST, "1104", call="request"),
    ),
    Scenario(
        "one-link",
        "C1 C2: one opening that may die, and requests without answers",
        ready,
        (opens("workflow", "workflow"),),
        faults=_pay(*LOST, "1104", call="request"),
        fault_budget=3,
    ),
    Scenario(
        "two-attempts",
        "C3 M1: an approved old link is replaced while its callback comes, and the new one is paid as well",
        old_link,
        (settles("a", "returned"), opens("customer", "event1"), settles_second("b")),
        (approves_second(),),
        faults=_pay(Lost.AFTER, Lost.BEFORE, Lost.LATE) | _pay(*LOST, call="request"),
    ),
    Scenario(
        "other-delivery",
        "B2 M3: the total changes while the payment comes",
        approved,
        (settles("a", "returned"), Program("delivery", _other_delivery)),
        faults=_pay(Lost.AFTER, Lost.BEFORE),
    ),
    Scenario(
        "mismatch",
        "C11: LINE Pay reports another amount, to two at once",
        mismatched,
        (settles("a", "returned"), settles("b", "sweep")),
        faults=_pay(Lost.AFTER, Lost.BEFORE),
    ),
    Scenario(
        "broom",
        "C10 B6: the sweeper writes the order while its payment comes",
        overdue,
        (settles("a", "returned"), sweeps()),
        fault_budget=0,
    ),
    Scenario(
        "refund",
        "C12: one refund carried out by two jobs, answers lost, effects late",
        refund_intended,
        (carries_out("job"), carries_out("sweep")),
        (late(), goes_on(timedelta(seconds=60)), goes_on(LEASE_OVER)),
        faults=_pay(Lost.AFTER, Lost.BEFORE, Lost.LATE, "1164", "1165", "1163", "2042", call="refund"),
        time_passes=True,
    ),
    Scenario(
        "two-refunds",
        "C13: two refunds are asked for at once",
        paid,
        (refunds("office", 500), refunds("desk", 300)),
        faults={"pay.refund": LOST},
    ),
    Scenario(
        "equal-refunds",
        "C12 C13: two refunds of the same amount, one of them without an answer",
        paid,
        (refunds("office", 300), refunds("desk", 300)),
        faults={"pay.refund": LOST},
    ),
    Scenario(
        "refund-and-cancel",
        "C13: a back office's refund against the customer's cancellation",
        paid,
        (refunds("office", 500), cancels()),
        faults={"pay.refund": LOST},
    ),
    Scenario(
        "label",
        "a label is made while the customer cancels",
        paid_and_shipping,
        (ships("label", ShipmentStatus.LABEL_CREATED), cancels()),
        faults={"pay.refund": LOST},
    ),
    Scenario(
        "parcel",
        "S1 S3: a parcel leaves while everything is given back",
        full_refund_intended,
        (ships("parcel", ShipmentStatus.SHIPPED), carries_out("refund")),
        faults={"pay.refund": LOST},
    ),
    Scenario(
        "mailbox",
        "D1 D3: the workflow's token is stored while the payment and the end come",
        approved,
        (awaits(), settles("a", "returned"), cancels()),
        crashes=0,
        fault_budget=0,
    ),
    Scenario(
        "outbox",
        "E1 E6 A8: two deliverers of one message, answers lost, a reply token alive",
        with_token,
        (delivers("function", "event:1"), delivers("sweep", "event:1")),
        faults={"line.push": LOST, "line.reply": LOST},
    ),
    Scenario(
        "together",
        "E1 E3 E6 N1: notices that share a push, one of them sent alone at once, news that rides on an answer",
        with_notices,
        (
            delivers_together("function", "event:1", "event:2"),
            delivers("sweep", "event:2"),
            answers("answer"),
        ),
        faults={"line.push": LOST, "line.reply": LOST},
    ),
    Scenario(
        "accept",
        "B4: a quote is accepted twice and declined at once",
        quoted,
        (accepts("x"), accepts("y"), declines("z")),
        fault_budget=0,
    ),
    Scenario(
        "last-coupon",
        "K1: two customers accept with the last use of a coupon, one of them twice",
        last_coupon,
        (accepts("x"), accepts("y", "quote3"), accepts("z", "quote3")),
        fault_budget=0,
    ),
    Scenario(
        "coupon-comes-back",
        "K1 S3: the order with a coupon ends in two ways at once while somebody else wants the coupon",
        coupon_comes_back,
        (closes(), cancels(), accepts("y", "quote3")),
        fault_budget=0,
    ),
    Scenario(
        "last-units",
        "B5 S1: two customers want the last units while a payment comes",
        approved,
        (buys("quote8", STOCK - UNITS), buys("quote9", 4), settles("a", "returned")),
        fault_budget=0,
    ),
)
