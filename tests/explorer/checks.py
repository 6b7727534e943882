"""The invariants: after every step what must hold always, and after the sweeper what must hold in the end.

M money · S stock · T state · N notifications · O operations, as docs/payments.md lists them.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, Protocol

from storefront.domain.casework import (
    OperatorCase,
    ReceivedEvent,
    ReceivedState,
    UnappliedEvent,
    WorkflowWait,
)
from storefront.domain.coupon import EVERYBODY, CouponTally
from storefront.domain.errors import IllegalMove
from storefront.domain.moves import move
from storefront.domain.order import ORDER_MOVES, HoldState, Order, OrderState
from storefront.domain.outbox import (
    MESSAGE_MOVES,
    ORDER_EVENT_MOVES,
    Message,
    MessageState,
    OrderEvent,
    OrderEventState,
    OrderEventType,
    Topic,
)
from storefront.domain.payment import ATTEMPT_MOVES, AttemptState, PaymentAttempt
from storefront.domain.quote import QUOTE_MOVES, Quote, QuoteState
from storefront.domain.refund import REFUND_MOVES, Refund, RefundState
from storefront.domain.replay_desk import DeskAction, DeskEntry
from tests.doubles.line_pay_model import LinePayModel, Transaction
from tests.doubles.little_shop import LAST_ONE, STOCK, TEA, LittleShop
from tests.doubles.memory_store import MemoryStore
from tests.explorer.engine import Violation
from tests.explorer.world import Request, World, forgetful

MOVES: Final[dict[type, Any]] = {
    Order: ORDER_MOVES,
    PaymentAttempt: ATTEMPT_MOVES,
    Refund: REFUND_MOVES,
    Message: MESSAGE_MOVES,
    OrderEvent: ORDER_EVENT_MOVES,
    Quote: QUOTE_MOVES,
}
MAY_HAVE_MONEY: Final = {AttemptState.CONFIRMING, AttemptState.CONFIRMED}
ENDED_UNPAID: Final = {OrderState.CANCELLED, OrderState.EXPIRED}
LONGEST_QUIET: Final = timedelta(hours=30)


class Rows(Protocol):
    """Whatever holds rows and LINE Pay's books: a world of the explorer, or a little shop."""

    @property
    def store(self) -> MemoryStore: ...
    @property
    def pay(self) -> LinePayModel: ...


def _rows[Row](world: Rows, kind: type[Row]) -> list[Row]:
    return world.store.all(kind)


# After every step -----------------------------------------------------------------------------------------


def check_step(before: World, request: Request, after: World) -> None:
    """What holds at every moment."""
    if request.port == "store" and before.store.rows is not after.store.rows:
        check_moves(before.store, after.store)
        check_always(after)
    elif request.port == "pay":
        _intent_first(before, request)
        _never_twice(before, after)


def check_effects(before: World, request: Request, after: World) -> None:
    """Only what money and LINE did, for a variant that keeps no intents at all."""
    if request.port == "pay":
        _never_twice(before, after)


def check_moves(before: MemoryStore, after: MemoryStore) -> None:
    """T1, T3: only edges of the tables, each row one revision further, history only longer."""
    for key, row in after.rows.items():
        old = before.rows.get(key)
        if old is row or old is None or isinstance(row, CouponTally):
            continue
        if row.revision != old.revision + 1:
            raise Violation("T1", f"{key}: revision {old.revision} became {row.revision}")
        allowed = MOVES.get(type(row))
        if allowed is not None and old.state is not row.state:
            try:
                move(allowed, old.state, row.state)
            except IllegalMove as illegal:
                raise Violation("T1", str(illegal)) from illegal
        if isinstance(row, Order) and row.history[: len(old.history)] != old.history:
            raise Violation("T1", "history was rewritten")
        if isinstance(row, Order) and old.labelled and row.delivery_changes != old.delivery_changes:
            raise Violation("T1", "another address after the label")


def check_always(world: Rows) -> None:
    for sku, counters in world.store.stock.items():
        parts = (counters.available, counters.held, counters.committed)
        if counters.on_hand != sum(parts) or min(*parts, counters.on_hand) < 0:
            raise Violation("S1", f"{sku}: {counters}")
    attempts = _rows(world, PaymentAttempt)
    for order in _rows(world, Order):
        own = [attempt for attempt in attempts if attempt.order_number == order.order_number]
        if sum(attempt.state in MAY_HAVE_MONEY for attempt in own) > 1:
            raise Violation("M1", "two attempts of one order may move money")
        if sum(attempt.state is AttemptState.REQUESTED for attempt in own) > 1:
            raise Violation("C3", "two links of one order are open")
        if order.hold is HoldState.RELEASED and any(attempt.state in MAY_HAVE_MONEY for attempt in own):
            raise Violation("S2", "the stock of an attempt that may move money was released")
        if any(
            attempt.state is AttemptState.CONFIRMING
            and attempt.first_claimed_at is not None
            and attempt.first_claimed_at >= order.hold_until
            for attempt in own
        ):
            raise Violation("H1", "a confirm was claimed after the hold had ended")
        if order.captured and order.captured != order.total:
            raise Violation("M3", f"captured {order.captured} of {order.total}")
        if order.captured and not any(each.captures for each in world.pay.transactions.values()):
            raise Violation("M6", "paid in our table, not at LINE Pay")
        if order.was_paid and order.hold is not HoldState.COMMITTED:
            raise Violation("S3", "paid without committed stock")
    _coupons_are_counted(world)
    _messages_tell_what_is(world)


def _coupons_are_counted(world: Rows) -> None:
    """K1: a coupon's tallies are the orders that have it, and no more of them than it has uses."""
    having = [order for order in _rows(world, Order) if order.coupon and order.state not in ENDED_UNPAID]
    for tally in _rows(world, CouponTally):
        own = [
            order
            for order in having
            if order.coupon == tally.code and tally.holder in {EVERYBODY, order.customer_id}
        ]
        if tally.uses != len(own):
            raise Violation("K1", f"{tally.code} of {tally.holder}: {tally.uses} uses, {len(own)} orders")
    if sum(order.coupon == LAST_ONE.code for order in having) > 1:
        raise Violation("K1", "the last use of a coupon was had twice")


def _messages_tell_what_is(world: Rows) -> None:
    """N3: a message states only what is committed; M5: nothing unknown is told as failed."""
    for message in _rows(world, Message):
        number = message.facts.get("order_number")
        order = next((each for each in _rows(world, Order) if each.order_number == number), None)
        if order is None:
            continue
        if message.topic is Topic.PAID and not order.was_paid:
            raise Violation("N3", "told paid, and it is not")
        if message.topic is Topic.ORDER_EXPIRED and order.state is not OrderState.EXPIRED:
            raise Violation("N3", "told expired, and it is not")
        if message.topic is Topic.ORDER_CANCELLED and order.state is not OrderState.CANCELLED:
            raise Violation("N3", "told cancelled, and it is not")
        if message.topic is Topic.REFUNDED and not order.refunded:
            raise Violation("N3", "told refunded, and it is not")
        if message.topic in {Topic.PAYMENT_DECLINED, Topic.PAYMENT_CANCELLED}:
            attempt_id = message.message_id.rpartition(":")[2]
            attempt = world.store.read(PaymentAttempt, attempt_id)
            if attempt is None or attempt.state is not AttemptState.FAILED:
                raise Violation("M5", "told as not paid before it is known")


def _intent_first(before: World, request: Request) -> None:
    """M2: no call that can move money without its row."""
    attempts = _rows(before, PaymentAttempt)
    named = dict(request.named)
    match request.method:
        case "request":
            if not any(
                attempt.provider_order_id == named["order_id"] and attempt.state is not AttemptState.REQUESTED
                for attempt in attempts
            ):
                raise Violation("M2", "a payment was requested without an intent")
        case "confirm":
            transaction_id, amount, _ = request.arguments
            own = [attempt for attempt in attempts if attempt.transaction_id == transaction_id]
            if not own or own[0].first_claimed_at is None:
                raise Violation("M2", "a payment was confirmed without a claim")
            if own[0].amount != amount:
                raise Violation("M3", f"{amount} was confirmed instead of {own[0].amount}")
        case "refund":
            transaction_id, amount, _ = request.arguments
            if not any(refund.amount == amount and refund.tries for refund in _rows(before, Refund)):
                raise Violation("M2", "money was given back without an intent")


def _never_twice(before: World, after: World) -> None:
    """M1, S2, M4 at LINE Pay itself, at the moment when money moves."""
    captured = [each for each in after.pay.transactions.values() if each.captures]
    if len(captured) > 1 or any(each.captures > 1 for each in captured):
        raise Violation("M1", "DOUBLE_CHARGE")
    for transaction in captured:
        was = before.pay.transactions.get(transaction.transaction_id)
        if was is None or not was.captures:
            _charged_for_something(after, transaction)
        intents = [refund.amount for refund in _rows(after, Refund)]
        if (
            sorted(refund.amount for refund in transaction.refunds)
            != sorted(
                amount for amount in intents if amount in {each.amount for each in transaction.refunds}
            )[: len(transaction.refunds)]
        ):
            raise Violation("M4", "REFUND_TWICE")


def _charged_for_something(world: World, transaction: Transaction) -> None:
    attempt = next(
        (each for each in _rows(world, PaymentAttempt) if each.transaction_id == transaction.transaction_id),
        None,
    )
    order = world.store.read(Order, attempt.order_number) if attempt is not None else None
    if attempt is None or order is None:
        raise Violation("M2", "money moved that no row knows")
    if order.hold is HoldState.RELEASED:
        raise Violation("S2", "CHARGED_WITHOUT_STOCK")
    if not order.is_unpaid_and_open:
        raise Violation("M1", f"charged for an order that is {order.state}")


# In the end -----------------------------------------------------------------------------------------------


def check_end(world: World, disturbed: bool) -> None:
    """Sweep until nothing is due any more, then hold everything against LINE Pay and against each other.

    Queues have lost all that they held; only rows are left. What LINE Pay was asked and has not done yet, it
    does now, or never.
    """
    variants = [False, True] if world.pay.late else [False]
    for never in variants:
        shop = _awake(world)
        if never:
            shop.pay.late = []
        let_it_settle(shop)
        check_in_the_end(shop, disturbed)


def _awake(world: World) -> LittleShop:
    shop = LittleShop()
    shop.store = MemoryStore(world.store.rows.copy(), world.store.stock.copy())
    shop.catalogues.store = shop.store
    shop.pay = forgetful(world.pay.copy())
    shop.line = world.line.copy()
    shop.workflow = world.workflow.__class__([], world.workflow.woken.copy(), world.workflow.ended.copy())
    shop.clock.now = world.now
    shop.order_system = replace(world.order_system, taken=world.order_system.taken.copy())
    shop.ids.owner = "sweeper"
    return shop


def let_it_settle(shop: LittleShop) -> None:
    """Let time pass, sweep and do the jobs, until no row is due any more."""
    shop.pay.do_late()
    _attempt(shop.sweeping.sweep)
    until = shop.clock.now + LONGEST_QUIET
    while shop.clock.now < until:
        _work(shop)
        upcoming = [
            *(row.due_at for row in shop.store.rows.values() if _is_due_sometime(row)),
            *(job.not_before for job in shop.jobs.waiting),
        ]
        if not upcoming:
            return
        shop.clock.now = max(shop.clock.now + timedelta(seconds=1), min(upcoming))
        _windows_end(shop.pay, shop)
        _attempt(shop.sweeping.sweep)


def _is_due_sometime(row: Any) -> bool:
    waits_for_people = isinstance(row, OperatorCase | UnappliedEvent)
    return getattr(row, "due_at", None) is not None and not waits_for_people


def _windows_end(pay: LinePayModel, shop: LittleShop) -> None:
    for attempt in shop.attempts:
        if attempt.transaction_id is not None and shop.clock.now >= attempt.expires_at:
            pay.cancel(attempt.transaction_id)


def _work(shop: LittleShop) -> None:
    while due := shop.jobs.take_due():
        for job in due:
            _attempt(lambda job=job: shop.work(job))  # type: ignore[misc]


def _attempt(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception as error:
        raise Violation("E", f"{error!r} while sweeping") from error


def check_in_the_end(shop: LittleShop, disturbed: bool) -> None:
    cases = {case.kind.value for case in shop.store.all(OperatorCase) if case.is_open}
    captured = [each for each in shop.pay.transactions.values() if each.captures]
    if len(captured) > 1 or any(each.captures > 1 for each in captured):
        raise Violation("M1", "DOUBLE_CHARGE")
    for order in shop.store.all(Order):
        _order_in_the_end(shop, order, captured, cases)
    _stock_in_the_end(shop)
    for refund in shop.store.all(Refund):
        if refund.state not in {RefundState.DONE, RefundState.REFUSED}:
            raise Violation("M2", f"a refund ended {refund.state}")
    _messages_in_the_end(shop, disturbed)
    _order_system_in_the_end(shop)
    _workflow_in_the_end(shop, disturbed)
    for received in shop.store.all(ReceivedEvent):
        _received_in_the_end(shop, received)


def _order_in_the_end(shop: LittleShop, order: Order, captured: list[Transaction], cases: set[str]) -> None:
    needs_a_person = bool(cases & {"amount_mismatch", "confirm_unknown", "paid_without_stock"})
    attempts = [each for each in shop.attempts if each.order_number == order.order_number]
    own = [each for each in captured if each.order_id in {one.provider_order_id for one in attempts}]
    if own and not order.captured and not needs_a_person:
        raise Violation("M6", "PAID_NOT_RECORDED")
    if order.captured and not own:
        raise Violation("M6", "RECORDED_NOT_PAID")
    if order.is_unpaid_and_open and not needs_a_person:
        raise Violation("S4", f"an unpaid order stays {order.state}")
    in_vain = bool(order.captured) and not order.was_paid
    if in_vain and order.refundable:
        raise Violation("M1", "money of an order that has ended was not given back")
    for attempt in attempts:
        if in_vain:
            continue
        if attempt.is_open and not needs_a_person:
            raise Violation("M2", f"an attempt ended {attempt.state}")
        if (attempt.state is AttemptState.CONFIRMED) != any(
            each.transaction_id == attempt.transaction_id for each in own
        ) and not needs_a_person:
            raise Violation("M6", f"an attempt ended {attempt.state} against LINE Pay")
    given_back = sum(refund.amount for each in own for refund in each.refunds)
    if own and not needs_a_person and given_back != order.refunded:
        raise Violation("M4", f"LINE Pay gave back {given_back}, we know of {order.refunded}")
    if given_back > sum(each.amount for each in own):
        raise Violation("M4", "more was given back than captured")
    done = [each for each in shop.refunds if each.state is RefundState.DONE]
    if len({each.provider_refund_id for each in done}) != len(done):
        raise Violation("M4", "two refunds of ours are one of LINE Pay's")
    told = [
        message.topic
        for message in shop.store.all(Message)
        if message.facts.get("order_number") == order.order_number
    ]
    if told.count(Topic.PAID) != (1 if order.was_paid else 0):
        raise Violation("N1", f"NOTIFY_{told.count(Topic.PAID)}")
    if told.count(Topic.REFUNDED) != len(done):
        raise Violation("N1", f"{len(done)} refunds were told {told.count(Topic.REFUNDED)} times")
    paid_events = [event for event in shop.store.all(OrderEvent) if event.type is OrderEventType.PAID]
    if len(paid_events) != (1 + order.delivery_changes if order.was_paid else 0):
        raise Violation("N2", f"{len(paid_events)} events of one payment")


def _order_system_in_the_end(shop: LittleShop) -> None:
    """N2: it has every event, but for those in whose place a later one stands."""
    events = shop.store.all(OrderEvent)
    superseded = {json.loads(event.body).get("supersedes") for event in events}
    for event in events:
        if event.state is OrderEventState.KEPT and event.event_id in superseded:
            continue
        if event.state is not OrderEventState.TAKEN:
            raise Violation("N2", f"the order system was not told {event.event_id}")
        if event.event_id not in shop.order_system.taken:
            raise Violation("N2", f"recorded as taken, and the order system never had it: {event.event_id}")


def _workflow_in_the_end(shop: LittleShop, disturbed: bool) -> None:
    """D1, D2: a waiting workflow is answered, unless whoever was to do it died: then its own time-out asks."""
    woken = {token for token, _ in shop.workflow.woken}
    ended = {token for token, _ in shop.workflow.ended}
    if (woken and not shop.order.was_paid) or (ended and shop.order.was_paid):
        raise Violation("M6", f"the workflow was told wrongly that its order is {shop.order.state}")
    for wait in shop.store.all(WorkflowWait):
        if not disturbed and wait.token not in woken | ended:
            raise Violation("O3", f"nobody answered {wait.token}")


def _received_in_the_end(shop: LittleShop, received: ReceivedEvent) -> None:
    """G1: what a back office wants is done, or a person has it; X25: people decide about it once."""
    if received.due_at is not None:
        raise Violation("O2", f"{received.event_id} still waits")
    ended = {OrderState.CANCELLED, OrderState.EXPIRED, OrderState.REFUNDED}
    wanted = received.event_id.startswith("cancel") and received.state is ReceivedState.APPLIED
    if wanted and shop.order.state not in ended:
        raise Violation("G1", f"a cancellation was applied, and the order is {shop.order.state}")
    if received.event_id.startswith("shipped"):
        _shipped_in_the_end(shop, received)


def _shipped_in_the_end(shop: LittleShop, received: ReceivedEvent) -> None:
    """N1: told once if it was applied, and never if it was dismissed."""
    acts = [entry.action for entry in shop.store.all(DeskEntry)]
    if len(acts) > 1:
        raise Violation("X25", f"people have decided {len(acts)} times")
    told = sum(message.topic is Topic.SHIPMENT for message in shop.store.all(Message))
    if (received.state is ReceivedState.APPLIED, told) not in {(True, 1), (False, 0)}:
        raise Violation("N1", f"{received.event_id} is {received.state}, and told {told} times")
    if (received.state is ReceivedState.DISMISSED) != (acts == [DeskAction.DISMISS]):
        raise Violation("T3", f"{received.event_id} is {received.state} after {acts}")
    if any(place.due_at is not None for place in shop.store.all(UnappliedEvent)):
        raise Violation("G4", f"{received.event_id} still stands at the desk")


def _stock_in_the_end(shop: LittleShop) -> None:
    """S3: every order's units are committed, gone or free again, once."""
    committed = held = gone = 0
    for order in shop.store.all(Order):
        units = sum(line.quantity for line in order.counted_lines)
        shipped = sum(order.shipped.values())
        gone += shipped
        if order.hold is HoldState.HELD:
            held += units
        elif order.hold is HoldState.COMMITTED and order.state is not OrderState.REFUNDED:
            committed += units - shipped
    for quote in shop.store.all(Quote):
        if quote.state is QuoteState.OFFERED:
            held += sum(line.quantity for line in quote.held_lines)
    counters = shop.store.stock[TEA.sku]
    if (counters.held, counters.committed, counters.on_hand) != (held, committed, STOCK - gone):
        raise Violation("S3", f"{counters}, but {held} are held, {committed} committed, {gone} gone")


def _messages_in_the_end(shop: LittleShop, disturbed: bool) -> None:
    for message in shop.store.all(Message):
        if message.state is MessageState.PENDING:
            raise Violation("N2", f"never sent: {message.message_id}")
        copies = [sent for sent in shop.line.sent if sent.key in _keys_of(shop, message)]
        pushes = sum(sent.kind == "push" for sent in copies)
        if pushes > 1 or (len(copies) > 1 and not disturbed):
            raise Violation("N1", f"{message.message_id} reached LINE {len(copies)} times")
        if message.state is MessageState.SENT and not copies:
            raise Violation("N2", f"recorded as sent, and LINE never had it: {message.message_id}")
    pushed = {sent.key for sent in shop.line.pushes()}
    known = sum(bool(_keys_of(shop, message) & pushed) for message in shop.store.all(Message))
    if sum(sent.objects for sent in shop.line.pushes()) > known:
        raise Violation("N1", "more was pushed than there are messages")


def _keys_of(shop: LittleShop, message: Message) -> set[str]:
    """What LINE knows a message by: its own keys, or those of the message that it rode with."""
    keys = {message.retry_key}
    if message.reply is not None:
        keys.add(message.reply.token)
    leader = shop.store.read(Message, message.rides_with) if message.rides_with else None
    return keys if leader is None else keys | _keys_of(shop, leader)
