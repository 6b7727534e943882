"""Telling customers: from a message row to LINE, once.

A message row is written together with the change that it tells of; this use case sends it at once and the
sweeper sends what is left. A living reply token is used first, because it is free; a push always carries the
row's own retry key, so LINE refuses a second copy (N1, E1, E6). A reply has no such key: if its answer is lost and
the token is over before the next try, the message is pushed, because being told twice is better than not at all.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from storefront.domain.catalogue import Catalogue
from storefront.domain.conversation import Conversation, OrderDelivery
from storefront.domain.errors import Conflict
from storefront.domain.order import Order
from storefront.domain.outbox import Message, MessageState, ReplyToken, Topic
from storefront.domain.payment import AttemptState, PaymentAttempt
from storefront.domain.quote import Quote
from storefront.domain.shipment import Parcel
from storefront.messages.render import plain_text, render
from storefront.messages.scene import Shop
from storefront.services.ports import Catalogues, Clock, Messenger, Metrics, Put, SendOutcome, Store, written

FIRST_SWEEP_AFTER: Final = timedelta(seconds=45)
"""A message that its own function did not settle by then is the sweeper's."""

STALE_AFTER: Final = timedelta(hours=23)
"""LINE forgets a retry key after 24 hours: nothing older is sent again (E7)."""

BACK_OFF: Final = (timedelta(seconds=20), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))


def new_message(
    message_id: str,
    customer_id: str,
    topic: Topic,
    facts: Mapping[str, str],
    now: datetime,
    reply: ReplyToken | None = None,
) -> Message:
    """A message to be written with the change that it tells of."""
    return Message(
        message_id=message_id,
        customer_id=customer_id,
        topic=topic,
        created_at=now,
        facts=dict(facts),
        reply=reply,
        due_at=now + FIRST_SWEEP_AFTER,
    )


class StoredScene:
    """The look-ups that a card may make, answered from the store."""

    def __init__(
        self, store: Store, catalogues: Catalogues, shop: Shop, conversation: Conversation, now: datetime
    ) -> None:
        self._store = store
        self._catalogues = catalogues
        self._conversation = conversation
        self.shop = shop
        self.now = now

    def catalogue(self) -> Catalogue:
        return self._catalogues.read()

    def conversation(self) -> Conversation:
        return self._conversation

    def quote(self, quote_id: str, quote_version: int) -> Quote:
        return self._found(self._store.read(Quote, quote_id, quote_version))

    def order(self, order_number: str) -> Order:
        return self._found(self._store.read(Order, order_number))

    def delivery(self, order_number: str) -> OrderDelivery | None:
        return self._store.read(OrderDelivery, order_number)

    def attempt(self, attempt_id: str) -> PaymentAttempt:
        return self._found(self._store.read(PaymentAttempt, attempt_id))

    def parcels(self, order_number: str) -> Sequence[Parcel]:
        return self._store.rows_of(Parcel, order_number)

    def recent_orders(self) -> Sequence[Order]:
        return self._store.recent_orders(self._conversation.customer_id, 10)

    @staticmethod
    def _found[Row](row: Row | None) -> Row:
        if row is None:
            raise LookupError("a message names a row that is gone")
        return row


class Telling:
    """Sends message rows and records what became of them."""

    def __init__(
        self,
        store: Store,
        catalogues: Catalogues,
        messenger: Messenger,
        shop: Shop,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._catalogues = catalogues
        self._messenger = messenger
        self._shop = shop
        self._clock = clock
        self._metrics = metrics

    def deliver(self, message_id: str) -> None:
        """Send the message if it is still to be sent; every way it can end is recorded (N2)."""
        message = self._store.read(Message, message_id)
        if message is None or message.state is not MessageState.PENDING:
            return
        now = self._clock()
        if message.is_being_tried_at(now):
            return
        conversation = self._store.read(Conversation, message.customer_id)
        if conversation is None:
            self._settle(message.ended(MessageState.UNDELIVERABLE, now, "customer-erased"))
            return
        if conversation.blocked:
            self._settle(message.ended(MessageState.SUPPRESSED, now, "blocked"))
            return
        if now - message.created_at > STALE_AFTER:
            self._settle(message.ended(MessageState.UNDELIVERABLE, now, "stale"))
            return
        if self._is_overtaken(message):
            self._settle(message.ended(MessageState.SUPPRESSED, now, "overtaken"))
            return
        scene = StoredScene(self._store, self._catalogues, self._shop, conversation, now)
        try:
            objects = render(message, scene, conversation.language)
        except Exception:
            # A slip of ours in one card must not come back every minute for ever (O2); an alarm counts it.
            self._metrics.count("MessageUndeliverable")
            self._settle(message.ended(MessageState.UNDELIVERABLE, now, "cannot-be-written"))
            return
        spent_before = message.tries > 0
        claimed = self._with_living_reply(message, conversation, now)
        if claimed is None:
            return
        message, outcome = self._send(claimed, conversation, objects, now, spent_before=spent_before)
        if outcome is SendOutcome.MALFORMED:
            self._metrics.count("MessageMalformed")
            fallback = [plain_text(message, scene, conversation.language)]
            message, outcome = self._send(message, conversation, fallback, now, spent_before=spent_before)
        self._record(message, outcome)

    def _is_overtaken(self, message: Message) -> bool:
        """Whether a payment card that comes late would offer a link that leads nowhere any more (N3)."""
        if message.topic is not Topic.PAYMENT_CARD:
            return False
        attempt = self._store.read(PaymentAttempt, message.facts["attempt_id"])
        return attempt is None or attempt.state is not AttemptState.REQUESTED

    def _with_living_reply(
        self, message: Message, conversation: Conversation, now: datetime
    ) -> Message | None:
        """Claim the customer's unspent reply token for this message, if there is one alive.

        None when somebody else has taken the message up meanwhile.
        """
        if message.reply is not None or message.group_id is not None:
            return message
        token = conversation.reply
        if token is not None and now < token.usable_until:
            claimed = message.with_reply(token, now + FIRST_SWEEP_AFTER)
            try:
                self._store.commit(Put(replace(conversation, reply=None)), Put(claimed))
            except Conflict:
                # The customer wrote, or somebody claimed: the second read below tells which.
                claimed = message
            else:
                return written(claimed)
        # The token may be gone because somebody has just claimed it for this very message.
        fresh = self._store.read(Message, message.message_id)
        return message if fresh == message else None

    def _send(
        self,
        message: Message,
        conversation: Conversation,
        objects: Sequence[Mapping[str, object]],
        now: datetime,
        *,
        spent_before: bool,
    ) -> tuple[Message, SendOutcome]:
        """The message as it is to be recorded, and what LINE said; `spent_before` if a try may have used the token."""
        if message.reply is not None and now < message.reply.usable_until:
            outcome = self._messenger.reply(message.reply.token, objects)
            if outcome is not SendOutcome.REPLY_TOKEN_REFUSED:
                return message, outcome
            if spent_before:
                # An earlier try with this very token got no answer; that it is spent says it arrived (A8).
                return message, SendOutcome.ACCEPTED
            message = replace(message, reply=None)
        to = message.group_id or conversation.line_user_id
        return message, self._messenger.push(to, objects, message.retry_key)

    def _record(self, message: Message, outcome: SendOutcome) -> None:
        now = self._clock()
        match outcome:
            case SendOutcome.ACCEPTED:
                self._settle(message.ended(MessageState.SENT, now))
            case SendOutcome.MALFORMED:
                self._metrics.count("MessageUndeliverable")
                self._settle(message.ended(MessageState.UNDELIVERABLE, now, "malformed"))
            case SendOutcome.QUOTA_USED_UP:
                self._metrics.count("PushQuotaUsedUp")
                self._settle(message.ended(MessageState.SUPPRESSED, now, "quota"))
            case _:
                wait = BACK_OFF[min(message.tries, len(BACK_OFF) - 1)]
                self._settle(message.tried(now + wait))

    def _settle(self, message: Message) -> None:
        try:
            self._store.commit(Put(message))
        except Conflict:
            # Somebody else sent it with the same retry key and recorded it first.
            self._metrics.count("MessageSettledElsewhere")


def frozen(value: Mapping[str, object]) -> str:
    """JSON whose bytes are the same whenever the facts are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
