"""Scenarios around the payment: back offices, operators, the workflow's time, the order system, a new address."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from storefront.adapters.rehearsal import RehearsalStore
from storefront.contracts.back_office import glance, news_in
from storefront.contracts.line_events import chat_glance
from storefront.domain.casework import (
    CaseAction,
    CaseKind,
    Deed,
    OperatorCase,
    ReceivedEvent,
    UnappliedEvent,
    WaitStep,
    WorkflowWait,
)
from storefront.domain.conversation import DeliveryDetails
from storefront.domain.delivery import HomeDelivery, InvoiceChoice, InvoiceKind, Recipient
from storefront.domain.errors import ActionRefused
from storefront.domain.order import HoldState, Order, OrderState
from storefront.domain.outbox import OrderEvent
from storefront.domain.quote import Quote
from storefront.domain.replay_desk import DeskAction, DeskDeed, ItemId
from storefront.domain.shipment import ShipmentStatus
from storefront.services.case_refunds import CaseRefunds
from storefront.services.casework import Casework
from storefront.services.dead_letter_desk import DeadLetterDesk
from storefront.services.deciding import Deciding
from storefront.services.ports import Put
from storefront.services.redirecting import Redirecting
from storefront.services.rehearsing import Rehearsing
from storefront.services.replay_desk import ReplayDesk
from tests.doubles.line_pay_model import Lost, Stage
from tests.doubles.little_shop import ORDER, SHOP, STOCK, TEA, LittleShop, Services
from tests.doubles.memory_dead_letters import MemoryDeadLetters
from tests.doubles.memory_store import Counters
from tests.explorer.engine import Program, Scenario
from tests.explorer.scenarios import (
    accepts,
    approved,
    approved_long_ago,
    awaits,
    closes,
    linked_shop,
    paid_and_shipping,
    quoted,
    settles,
    ships,
    sweeps,
    world_of,
)
from tests.explorer.world import World

SHIPPED: Final = "shipped1"
"""Id of the warehouse's event; `checks.py` knows it by its beginning."""

CANCEL: Final = "cancel1"
"""Id of the back office's event; `checks.py` knows it by its beginning."""

ELSEWHERE: Final = DeliveryDetails(
    home=HomeDelivery(Recipient("林小雨", "0922333444"), "臺中市西屯區臺灣大道三段99號"),
    invoice=InvoiceChoice(InvoiceKind.PAPER),
)


# Beginnings -----------------------------------------------------------------------------------------------


def _with_a_request(begins: Callable[[type[Services]], World]) -> Callable[[type[Services]], World]:
    """The same, and a back office's wish to cancel the order has been taken."""

    def beginning(services: type[Services]) -> World:
        world = begins(services)
        event = {"specversion": "1.0", "id": CANCEL, "source": "/shop", "type": "order.cancel.requested.v1"}
        body = json.dumps({**event, "subject": ORDER, "data": {"reason": "wish"}})
        received = ReceivedEvent("shop", CANCEL, "hash", body, world.now, due_at=world.now)
        world.store.commit(Put(received))
        return world

    return beginning


def _waiting(begins: Callable[[type[Services]], World]) -> Callable[[type[Services]], World]:
    """The same, and the workflow has left a token, which is worth nothing any more."""

    def beginning(services: type[Services]) -> World:
        world = begins(services)
        world.store.commit(Put(WorkflowWait("quote1-1", WaitStep.PAYMENT, "token1", world.now)))
        return world

    return beginning


def captured_without_an_order(_services: type[Services]) -> World:
    """LINE Pay has the money of an order that was cancelled, and an operator has a case about it."""
    shop = linked_shop()
    found = shop.pay.transactions[shop.transaction]
    shop.pay.transactions[shop.transaction] = replace(found, stage=Stage.CAPTURED, captures=1)
    shop.change(state=OrderState.CANCELLED, hold=HoldState.RELEASED, active_attempt=None, due_at=None)
    shop.store.stock[TEA.sku] = Counters.of(STOCK)
    shop.settle()
    return world_of(shop)


def paid_and_telling(_services: type[Services]) -> World:
    """The order is paid, and the order system has not heard of it yet."""
    return world_of(LittleShop().paid())


def quote_at_its_end(services: type[Services]) -> World:
    """An open quote, at the moment in which its time is over."""
    world = quoted(services)
    quote = world.store.read(Quote, "quote2", 1)
    if quote is None:
        raise LookupError("quote2")
    world.now = quote.valid_until
    return world


def shipped_and_put_aside(_services: type[Services]) -> World:
    """The order is paid, and the warehouse's word that it has left waits for a person, who has a case."""
    shop = LittleShop().paid()
    shop.settle()
    event = {"specversion": "1.0", "id": SHIPPED, "source": "/wms", "type": "shipment.status.v1"}
    data = {"shipmentId": "parcel1", "status": "shipped"}
    body = json.dumps({**event, "subject": ORDER, "data": data})
    now = shop.clock.now
    received = ReceivedEvent("wms", SHIPPED, "hash", body, now).parked("unknown-order", None)
    case = OperatorCase(CaseKind.EVENT_QUARANTINED, f"wms:{SHIPPED}", now, {"reason": "unknown-order"})
    shop.store.commit(Put(received), Put(UnappliedEvent(ORDER, "wms", SHIPPED, due_at=now)), Put(case))
    return world_of(shop)


# Programs -------------------------------------------------------------------------------------------------


def decides(who: str, action: DeskAction) -> Program:
    """A person at the replay desk, who is shown what would happen."""

    def run(services: Services) -> None:
        letters = DeadLetterDesk(services.store, MemoryDeadLetters(), chat_glance, services.clock)
        rehearsing = Rehearsing(
            store=services.store,
            stage=lambda: RehearsalStore(services.store),
            catalogues=services.catalogues,
            ids=services.ids,
            understand=news_in,
            shop=SHOP,
            policy=services.policy,
            clock=services.clock,
        )
        desk = ReplayDesk(services.store, letters, rehearsing, services.jobs, glance, services.clock)
        try:
            desk.act(DeskDeed(ItemId.of_event("wms", SHIPPED), action, who, "why"))
        except ActionRefused:
            return

    return Program(who, run)


def takes_in(name: str) -> Program:
    """The queue hands over the warehouse's event, which its sender has repeated."""

    def run(services: Services) -> None:
        services.telling.deliver_together(services.received_events.take_in("wms", SHIPPED))

    return Program(name, run)


def applies(name: str) -> Program:
    """The queue hands over the back office's event."""

    def run(services: Services) -> None:
        services.telling.deliver_together(services.received_events.take_in("shop", CANCEL))

    return Program(name, run)


def _redirect(services: Services) -> None:
    order = services.store.read(Order, ORDER)
    if order is not None:
        plan = Redirecting(services.store, SHOP).plan(order, ELSEWHERE, services.clock())
        if plan.writes:
            services.store.commit(*plan.writes)


def redirects(name: str) -> Program:
    return Program(name, _redirect)


def gives_back(who: str) -> Program:
    """An operator gives back what LINE Pay holds, and its job is done at once."""

    def run(services: Services) -> None:
        refunds = CaseRefunds(
            services.store,
            services.pay,
            services.cancelling,
            services.waits,
            services.jobs,
            services.clock,
            services.ids,
        )
        desk = Casework(services.store, refunds, services.jobs, services.clock)
        deed = Deed(CaseKind.PAID_WITHOUT_STOCK, ORDER, CaseAction.REFUND, who, "not wanted", ORDER, 720)
        try:
            desk.act(deed)
        except ActionRefused:
            return
        order = services.store.read(Order, ORDER)
        if order is not None and order.open_refund is not None:
            services.refunding.carry_out(ORDER, order.open_refund)

    return Program(who, run)


def expires_the_quote(name: str, skew: timedelta = timedelta()) -> Program:
    """The workflow's wait for a decision is over."""

    def run(services: Services) -> None:
        deciding = Deciding(services.store, services.lapsing, services.waits, services.clock)
        deciding.review_quote("quote2", 1)

    return Program(name, run, skew)


def tells_the_order_system(name: str) -> Program:
    event_id = next(iter(LittleShop().paid().store.all(OrderEvent))).event_id
    return Program(name, lambda services: services.order_events.send(event_id))


AROUND_PAYMENT: Final = (
    Scenario(
        "office-cancels",
        "C7 G1: a back office's cancellation, handed over twice, against the callback",
        _with_a_request(approved),
        (settles("a", "returned"), applies("office"), applies("again")),
        faults={"pay.confirm": (Lost.AFTER, Lost.BEFORE)},
    ),
    Scenario(
        "office-cancels-late",
        "C7 S3: a back office's cancellation against the end of the hold and a callback",
        _with_a_request(approved_long_ago),
        (applies("office"), closes(), settles("a", "returned")),
        fault_budget=0,
    ),
    Scenario(
        "operators",
        "C13 X25: two operators give the same money back while its payment is looked at",
        captured_without_an_order,
        (gives_back("mei"), gives_back("jun"), settles("look", "operator")),
        faults={"pay.refund": (Lost.AFTER, Lost.BEFORE)},
    ),
    Scenario(
        "redirect",
        "T1: another address, twice, while a label is made",
        paid_and_shipping,
        (ships("label", ShipmentStatus.LABEL_CREATED), redirects("customer"), redirects("again")),
        redirects=True,
    ),
    Scenario(
        "time-out",
        "D2 D4: the workflow's time is over and a retried task brings a new token, while the payment comes",
        _waiting(approved_long_ago),
        (awaits("new", "token2"), closes("workflow"), settles("a", "returned")),
        fault_budget=0,
    ),
    Scenario(
        "quote-ends",
        "B8 D2 H1: a quote is accepted while the workflow and the sweeper, whose clocks are ahead, let it end",
        quote_at_its_end,
        (
            replace(accepts("x"), skew=-timedelta(seconds=1)),
            expires_the_quote("workflow", timedelta(seconds=1)),
            sweeps(),
        ),
        fault_budget=0,
    ),
    Scenario(
        "order-system",
        "C10 N2: two deliverers of the event that an order is paid, either may die",
        paid_and_telling,
        (tells_the_order_system("function"), tells_the_order_system("sweep")),
        fault_budget=0,
    ),
    Scenario(
        "replay-desk",
        "G1 N1 X25: one person replays an event, another dismisses it, and its sender repeats it",
        shipped_and_put_aside,
        (decides("mei", DeskAction.REPLAY), decides("jun", DeskAction.DISMISS), takes_in("again")),
        fault_budget=0,
    ),
)
"""Races that money depends on although no payment call is in them."""
