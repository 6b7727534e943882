"""What must be said: messages to customers and events to the order system, written with the change they tell of.

A message is known by its cause (`event:<webhookEventId>`, `<order>:<milestone>`), so writing it twice is refused
by its key: that is both the de-duplication of incoming events and "nobody is told twice" (N1, A6).
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from storefront.domain.moves import move

WAITS_FOR_A_REPLY: Final = "no-push"
"""Reason of a message that is still to be sent, but for which no push may be spent."""

WORDS_OF_CUSTOMERS: Final = frozenset({"phrase", "no_day"})
"""Facts that are a customer's own words: a message has them until it is settled, and no row of the ledger after it."""

_RETRY_KEYS: Final = uuid.UUID("6f0a1f5c-9c43-5e0b-8f3e-2d7c4b1a9e10")


class Topic(StrEnum):
    """Everything that the shop says in the chat; each topic has a card or a text in every language."""

    WELCOME = "welcome"
    HOW_TO_ORDER = "how_to_order"
    CATALOGUE = "catalogue"
    NOT_UNDERSTOOD = "not_understood"
    PRODUCT = "product"
    PRODUCT_ANSWER = "product_answer"
    QUESTION_ABOUT = "question_about"
    COMPARISON = "comparison"
    SHOP_ANSWER = "shop_answer"
    PERSON = "person"
    SELF_SERVICE = "self_service"
    STAFF_CUSTOMER = "staff_customer"
    STAFF_HANDOVER = "staff_handover"
    THANKS = "thanks"
    ACKNOWLEDGED = "acknowledged"
    GROUP_HINT = "group_hint"
    LANGUAGE_CHANGED = "language_changed"
    QUOTE = "quote"
    QUESTION_PRODUCT = "question_product"
    QUESTION_QUANTITY = "question_quantity"
    QUANTITY_REFUSED = "quantity_refused"
    OUT_OF_STOCK = "out_of_stock"
    QUOTE_SUPERSEDED = "quote_superseded"
    QUOTE_PAGE = "quote_page"
    QUOTE_REMINDER = "quote_reminder"
    QUOTE_LAPSED = "quote_lapsed"
    QUOTE_EXPIRED = "quote_expired"
    QUOTE_DECLINED = "quote_declined"
    QUOTE_UNKNOWN = "quote_unknown"
    DECLINE_REASON = "decline_reason"
    DECLINE_NOTED = "decline_noted"
    SLOW_DOWN = "slow_down"
    LINKS_USED_UP = "links_used_up"
    HOLDS_USED_UP = "holds_used_up"
    ASK_CHANGE = "ask_change"
    ASK_DATE = "ask_date"
    COUPON_REFUSED = "coupon_refused"
    COUPON_NOTED = "coupon_noted"
    PRICE_ASKED = "price_asked"
    PRICE_FIRST = "price_first"
    PRICE_WHICH = "price_which"
    PRICE_ALREADY = "price_already"
    PRICE_REFERRED = "price_referred"
    PRICE_DELAYED = "price_delayed"
    PRICE_REFUSED = "price_refused"
    PRICE_FIRM = "price_firm"
    STAFF_APPROVAL = "staff_approval"
    STAFF_ANSWER = "staff_answer"
    ASK_DELIVERY = "ask_delivery"
    CONFIRM_DELIVERY = "confirm_delivery"
    ASK_INVOICE = "ask_invoice"
    DETAIL_REFUSED = "detail_refused"
    PAYMENT_CARD = "payment_card"
    PAYMENT_UNAVAILABLE = "payment_unavailable"
    PAYMENT_DECLINED = "payment_declined"
    PAYMENT_PROCESSING = "payment_processing"
    PAYMENT_CANCELLED = "payment_cancelled"
    ORDER_EXPIRED = "order_expired"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_CANNOT_CANCEL = "order_cannot_cancel"
    PAID = "paid"
    REFUNDED = "refunded"
    REFUND_PENDING = "refund_pending"
    DELIVERY_CHANGED = "delivery_changed"
    DELIVERY_CANNOT_CHANGE = "delivery_cannot_change"
    SHIPMENT = "shipment"
    ORDERS = "orders"
    NO_ORDERS = "no_orders"
    ORDER_STATUS = "order_status"
    ORDER_UNKNOWN = "order_unknown"
    SATISFACTION_THANKS = "satisfaction_thanks"
    COMMENT_NOTED = "comment_noted"
    WHICH_ORDER = "which_order"
    RETURN_ITEMS = "return_items"
    RETURN_REASON = "return_reason"
    RETURN_REFUSED = "return_refused"
    RETURN_TAKEN = "return_taken"
    PROBLEM_TAKEN = "problem_taken"
    PHOTO_TAKEN = "photo_taken"
    LINK_NUMBER = "link_number"
    LINK_DIGITS = "link_digits"
    LINK_REFUSED = "link_refused"
    LINK_LOCKED = "link_locked"
    LINK_LEFT = "link_left"
    ORDER_LINKED = "order_linked"
    MY_DATA = "my_data"
    ERASE_CONFIRM = "erase_confirm"
    ERASURE_ASKED = "erasure_asked"
    ERASED = "erased"


class MessageState(StrEnum):
    """Life of one message; every message ends in one of the last three (N2)."""

    PENDING = "pending"
    SENT = "sent"
    SUPPRESSED = "suppressed"
    UNDELIVERABLE = "undeliverable"


MESSAGE_MOVES: Final = {
    MessageState.PENDING: frozenset({MessageState.SENT, MessageState.SUPPRESSED, MessageState.UNDELIVERABLE}),
    MessageState.SENT: frozenset[MessageState](),
    MessageState.SUPPRESSED: frozenset[MessageState](),
    MessageState.UNDELIVERABLE: frozenset[MessageState](),
}


@dataclass(frozen=True)
class ReplyToken:
    """LINE's free answer: one use, within a minute of the webhook's arrival."""

    token: str
    usable_until: datetime


@dataclass(frozen=True)
class Message:
    """One thing to say to one customer. `facts` are ids and codes: names and addresses are looked up, and the few
    words that an answer repeats go when it is settled.

    `riders` go along in the same call to LINE: they are sent when this one is, and wait for nobody else
    (`rides_with`). `useful_until` is the moment after which it is better not said. `unclear` says that a try had no
    answer, so LINE may have it already.
    """

    message_id: str
    customer_id: str
    topic: Topic
    created_at: datetime
    facts: dict[str, str] = field(default_factory=dict)
    reply: ReplyToken | None = None
    group_id: str | None = None
    state: MessageState = MessageState.PENDING
    reason: str | None = None
    tries: int = 0
    unclear: bool = False
    riders: tuple[str, ...] = ()
    rides_with: str | None = None
    useful_until: datetime | None = None
    settled_at: datetime | None = None
    due_at: datetime | None = None
    revision: int = 0

    @property
    def retry_key(self) -> str:
        """LINE's X-Line-Retry-Key: the same at every try, so that LINE refuses a second copy (E1, E6)."""
        return str(uuid.uuid5(_RETRY_KEYS, self.message_id))

    def ended(self, state: MessageState, now: datetime, reason: str | None = None) -> "Message":
        return replace(
            self,
            state=move(MESSAGE_MOVES, self.state, state),
            facts={name: said for name, said in self.facts.items() if name not in WORDS_OF_CUSTOMERS},
            reason=reason,
            settled_at=now,
            due_at=None,
        )

    def tried(self, due_at: datetime, *, unclear: bool = True, counted: bool = False) -> "Message":
        """A try that LINE did not take; the same retry key makes the next one safe. `counted`: it is in `tries`."""
        tries = self.tries if counted else self.tries + 1
        return replace(self, tries=tries, unclear=self.unclear or unclear, due_at=due_at)

    def leading(self, riders: Sequence["Message"], reply: ReplyToken | None, due_at: datetime) -> "Message":
        """Written before it is pushed, or sent with others or with a claimed token, so it counts as a try."""
        return replace(
            self,
            reply=reply,
            riders=tuple(rider.message_id for rider in riders),
            tries=self.tries + 1,
            due_at=due_at,
        )

    def riding(self, leader: "Message") -> "Message":
        """Sent with `leader`, and by nobody else until that one has ended."""
        return replace(self, rides_with=leader.message_id, due_at=None)

    def on_its_own(self, due_at: datetime) -> "Message":
        """Sent by itself again, from `due_at` on."""
        return replace(self, rides_with=None, riders=(), due_at=due_at)

    def waiting_for_a_reply(self, due_at: datetime) -> "Message":
        """LINE takes no push for it: it rides on the next answer to the customer, or is tried again at `due_at`."""
        return replace(self, reason=WAITS_FOR_A_REPLY, reply=None, rides_with=None, riders=(), due_at=due_at)

    @property
    def waits_for_a_reply(self) -> bool:
        return self.state is MessageState.PENDING and self.reason == WAITS_FOR_A_REPLY

    def is_being_tried_at(self, now: datetime) -> bool:
        """Whether somebody has begun to send it and its next try has not come yet."""
        return self.tries > 0 and self.due_at is not None and now < self.due_at


class OrderEventType(StrEnum):
    """What the order system is told."""

    PAID = "order.paid.v1"
    CANCELLED = "order.cancelled.v1"
    REFUNDED = "order.refunded.v1"


class OrderEventState(StrEnum):
    """Life of an event to the order system."""

    PENDING = "pending"
    TAKEN = "taken"
    KEPT = "kept"
    GIVEN_UP = "given_up"


ORDER_EVENT_MOVES: Final = {
    OrderEventState.PENDING: frozenset(
        {OrderEventState.TAKEN, OrderEventState.KEPT, OrderEventState.GIVEN_UP}
    ),
    OrderEventState.TAKEN: frozenset[OrderEventState](),
    OrderEventState.KEPT: frozenset[OrderEventState](),
    OrderEventState.GIVEN_UP: frozenset({OrderEventState.PENDING}),
}


@dataclass(frozen=True)
class OrderEvent:
    """One event to the order system. `body` is frozen with the change, so every try sends the same bytes."""

    event_id: str
    order_number: str
    type: OrderEventType
    body: str
    created_at: datetime
    state: OrderEventState = OrderEventState.PENDING
    tries: int = 0
    settled_at: datetime | None = None
    due_at: datetime | None = None
    revision: int = 0

    def ended(self, state: OrderEventState, now: datetime) -> "OrderEvent":
        return replace(self, state=move(ORDER_EVENT_MOVES, self.state, state), settled_at=now, due_at=None)

    def forgotten(self) -> "OrderEvent":
        """Without what it said of the recipient; that it was sent, and what became of it, stays."""
        return replace(self, body="")

    def tried(self, due_at: datetime) -> "OrderEvent":
        return replace(self, tries=self.tries + 1, due_at=due_at)
