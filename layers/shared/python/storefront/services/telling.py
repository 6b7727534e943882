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

from storefront.domain.approval import Approval
from storefront.domain.catalogue import Catalogue
from storefront.domain.conversation import Conversation, OrderDelivery
from storefront.domain.errors import Conflict
from storefront.domain.order import Order
from storefront.domain.outbox import Message, MessageState, ReplyToken, Topic
from storefront.domain.payment import AttemptState, PaymentAttempt
from storefront.domain.push_policy import NoPush, PushLater, PushNow, PushPolicy
from storefront.domain.quote import Quote, QuoteState
from storefront.domain.shipment import Parcel
from storefront.messages.render import plain_text, render
from storefront.messages.scene import Shop
from storefront.services.envelopes import Envelope, Letter, packed
from storefront.services.ports import Catalogues, Clock, Messenger, Metrics, Put, SendOutcome, Store, written

FIRST_SWEEP_AFTER: Final = timedelta(seconds=45)
"""A message that its own function did not settle by then is the sweeper's."""

STALE_AFTER: Final = timedelta(hours=23)
"""LINE forgets a retry key after 24 hours: nothing older is sent again (E7)."""

WAITS_AT_MOST: Final = timedelta(days=7)
"""News that rides on the next answer is old by then."""

ASK_AGAIN_AFTER: Final = timedelta(hours=12)
"""A new month may have brought a new quota."""

WAITING_MOST: Final = 20
"""Messages that one customer's chat remembers to be waiting; older ones are tried again by the sweeper alone."""

TRIES: Final = 8

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

    def approval(self, approval_id: str) -> Approval:
        return self._found(self._store.read(Approval, approval_id))

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
        policy: PushPolicy,
    ) -> None:
        self._store = store
        self._catalogues = catalogues
        self._messenger = messenger
        self._shop = shop
        self._clock = clock
        self._metrics = metrics
        self._policy = policy

    def deliver(self, message_id: str) -> None:
        """Send the message if it is still to be sent; every way it can end is recorded (N2)."""
        self.deliver_together([message_id])

    def deliver_together(self, message_ids: Sequence[str]) -> None:
        """Send what is still to be sent of several messages; those to one customer share a call to LINE."""
        by_customer: dict[str, list[Message]] = {}
        for message_id in dict.fromkeys(message_ids):
            message = self._store.read(Message, message_id)
            if message is None or message.state is not MessageState.PENDING or message.rides_with is not None:
                continue
            if not message.is_being_tried_at(self._clock()):
                by_customer.setdefault(message.customer_id, []).append(message)
        for messages in by_customer.values():
            self._deliver_to(messages)

    # To one customer ---------------------------------------------------------------------------------------

    def _deliver_to(self, messages: Sequence[Message]) -> None:
        now = self._clock()
        conversation = self._store.read(Conversation, messages[0].customer_id)
        if conversation is None:
            for message in messages:
                self._settle(message.ended(MessageState.UNDELIVERABLE, now, "customer-erased"))
            return
        scene = StoredScene(self._store, self._catalogues, self._shop, conversation, now)
        untried: list[Letter] = []
        for message in messages:
            letters = self._written(scene, conversation, [message])
            if message.riders:
                self._send_again(message, letters, scene, conversation)
            elif message.tries > 0 or message.reply is not None:
                # LINE may know its key or its token already: whoever rode with it now would not be sent.
                for letter in letters:
                    self._seal_and_send(Envelope((letter,)), scene, conversation)
            else:
                untried += letters
        for envelope in packed(untried):
            self._seal_and_send(envelope, scene, conversation)

    def _send_again(
        self, leader: Message, letters: list[Letter], scene: StoredScene, conversation: Conversation
    ) -> None:
        """An earlier try had company: the same letters again; if the leader has ended, the others go on alone."""
        company = [self._store.read(Message, rider) for rider in leader.riders]
        riders = [each for each in company if each is not None and each.rides_with == leader.message_id]
        if letters:
            letters += self._written(scene, conversation, riders)
            self._send(Envelope(tuple(letters)), scene, conversation)
        else:
            for rider in riders:
                self._settle(rider.on_its_own(scene.now))

    def _written(
        self, scene: StoredScene, conversation: Conversation, messages: Sequence[Message]
    ) -> list[Letter]:
        """Letters for those messages that may still be said; the others end here, with why."""
        letters = []
        for message in messages:
            ending = self._why_unsaid(message, conversation, scene.now)
            if ending is not None:
                self._settle(message.ended(*ending))
                continue
            try:
                objects = render(message, scene, conversation.language)
            except Exception:
                # A slip of ours in one card must not come back every minute for ever (O2); an alarm counts it.
                self._metrics.count("MessageUndeliverable")
                self._settle(message.ended(MessageState.UNDELIVERABLE, scene.now, "cannot-be-written"))
                continue
            letters.append(Letter(message, objects))
        return letters

    def _why_unsaid(
        self, message: Message, conversation: Conversation, now: datetime
    ) -> tuple[MessageState, datetime, str] | None:
        """How `message` ends without being said, if it does."""
        if conversation.blocked:
            return MessageState.SUPPRESSED, now, "blocked"
        life = WAITS_AT_MOST if message.waits_for_a_reply and not message.unclear else STALE_AFTER
        if now - message.created_at > life:
            return MessageState.UNDELIVERABLE, now, "stale"
        late = message.useful_until is not None and now >= message.useful_until
        if late or self._is_overtaken(message, conversation):
            return MessageState.SUPPRESSED, now, "overtaken"
        return None

    def _is_overtaken(self, message: Message, conversation: Conversation) -> bool:
        """Whether what comes late is not so any more: a link that leads nowhere, a parcel that is further on (N3),
        a quote that was decided, or after which another one is talked about."""
        if message.topic in {Topic.QUOTE_REMINDER, Topic.QUOTE_LAPSED}:
            quote_id, version = message.facts["quote_id"], int(message.facts["quote_version"])
            quote = self._store.read(Quote, quote_id, version)
            if quote is None or not conversation.talks_about(quote):
                return True
            reminds = message.topic is Topic.QUOTE_REMINDER
            return quote.state is not QuoteState.OFFERED if reminds else quote.told_of_end
        if message.topic is Topic.PAYMENT_CARD:
            attempt = self._store.read(PaymentAttempt, message.facts["attempt_id"])
            return attempt is None or attempt.state is not AttemptState.REQUESTED
        if message.topic is Topic.SHIPMENT and message.waits_for_a_reply:
            facts = message.facts
            parcel = self._store.read(Parcel, facts["order_number"], facts["shipment_id"])
            return parcel is None or parcel.status.value != facts["status"]
        return False

    # One call to LINE --------------------------------------------------------------------------------------

    def _seal_and_send(self, envelope: Envelope, scene: StoredScene, conversation: Conversation) -> None:
        """Send an envelope, by the customer's living reply token if there is one.

        News that no push could be spent on rides with an answer. Without a token each letter has to be worth a push.
        """
        now, leader = scene.now, envelope.leader
        spent_before = leader.tries > 0
        if leader.group_id is None:
            token = leader.reply or conversation.reply
            if token is None or now >= token.usable_until:
                token = None
                envelope = self._worth_a_push(envelope, now)
                if not envelope.letters:
                    return
            elif not spent_before:
                envelope = self._with_what_waits(envelope, scene, conversation)
            sealed = self._sealed(envelope, token, conversation, now)
            if sealed is None:
                return
            envelope = sealed
        self._send(envelope, scene, conversation, spent_before=spent_before)

    def _with_what_waits(
        self, envelope: Envelope, scene: StoredScene, conversation: Conversation
    ) -> Envelope:
        known = {letter.message.message_id for letter in envelope.letters}
        waiting = [self._store.read(Message, each) for each in conversation.waiting if each not in known]
        news = [each for each in waiting if each is not None and each.waits_for_a_reply and not each.unclear]
        letters = self._written(scene, conversation, news)
        return next(packed([*envelope.letters, *letters])) if letters else envelope

    def _worth_a_push(self, envelope: Envelope, now: datetime) -> Envelope:
        """The letters that may be pushed now; the others wait or end, as the shop's rules say."""
        worth = []
        for letter in envelope.letters:
            message = letter.message
            match self._policy.plan(message.topic, now, message.useful_until):
                case NoPush():
                    self._settle(message.ended(MessageState.SUPPRESSED, now, "not-worth-a-push"))
                case PushLater(at):
                    self._settle(replace(message, due_at=at))
                case _ if not self._may_spend(message.topic):
                    self._keep_for_a_reply([message], now)
                case _:
                    worth.append(letter)
        return Envelope(tuple(worth))

    def _may_spend(self, topic: Topic) -> bool:
        asks = self._policy.asks_the_quota(topic)
        return not asks or self._policy.may_spend(topic, self._messenger.quota())

    def _sealed(
        self, envelope: Envelope, token: ReplyToken | None, conversation: Conversation, now: datetime
    ) -> Envelope | None:
        """Write down what goes together, and claim the customer's token; None if somebody else took the leader up.

        A push is written down even if it is alone, since somebody else may want to take it along at this moment.
        A message that goes alone with its own token needs no such note: a token works once.
        """
        leader = envelope.leader
        claims = token is not None and leader.reply is None
        if leader.reply is not None and not envelope.riders:
            return envelope
        leading = leader.leading(envelope.riders, token, now + FIRST_SWEEP_AFTER)
        riding = [rider.riding(leader) for rider in envelope.riders]
        talking = replace(
            conversation,
            reply=None if claims else conversation.reply,
            waiting=tuple(each for each in conversation.waiting if each not in leading.riders),
        )
        writes = [Put(leading), *(Put(each) for each in riding)]
        try:
            self._store.commit(*writes, *([Put(talking)] if talking != conversation else []))
        except Conflict:
            # The customer wrote, or somebody claimed: the message as it is now tells which.
            if self._store.read(Message, leader.message_id) != leader:
                return None
            return (
                self._sealed(envelope.alone(), None, conversation, now) if envelope.riders or claims else None
            )
        letters = zip(envelope.letters, (leading, *riding), strict=True)
        return Envelope(
            tuple(replace(letter, message=written(message)) for letter, message in letters), sealed=True
        )

    def _send(
        self,
        envelope: Envelope,
        scene: StoredScene,
        conversation: Conversation,
        *,
        spent_before: bool = True,
    ) -> None:
        """Call LINE and record what it said; `spent_before` if an earlier try may have used the token."""
        envelope, outcome = self._call(envelope, conversation, spent_before=spent_before)
        if outcome is SendOutcome.MALFORMED:
            # Whose card it is, LINE says in words only: the leader goes on in plain text, the others by themselves.
            self._metrics.count("MessageMalformed")
            leader = self._parted(envelope)
            fallback = plain_text(leader, scene, conversation.language)
            envelope = Envelope((Letter(leader, [fallback]),))
            envelope, outcome = self._call(envelope, conversation, spent_before=spent_before)
        self._record(envelope, outcome)

    def _parted(self, envelope: Envelope) -> Message:
        """The leader by itself; those that rode with it are due by themselves."""
        if not envelope.riders:
            return envelope.leader
        now = self._clock()
        leader = envelope.leader.on_its_own(now + FIRST_SWEEP_AFTER)
        self._settle(leader, *(rider.on_its_own(now) for rider in envelope.riders))
        return written(leader)

    def _call(
        self, envelope: Envelope, conversation: Conversation, *, spent_before: bool
    ) -> tuple[Envelope, SendOutcome]:
        now, leader = self._clock(), envelope.leader
        if leader.reply is not None and now < leader.reply.usable_until:
            outcome = self._messenger.reply(leader.reply.token, envelope.objects)
            if outcome is not SendOutcome.REPLY_TOKEN_REFUSED:
                return envelope, outcome
            if spent_before:
                # An earlier try with this very token got no answer; that it is spent says it arrived (A8).
                return envelope, SendOutcome.ACCEPTED
            envelope = envelope.led_by(replace(leader, reply=None))
        plan = self._policy.plan(leader.topic, now, leader.useful_until)
        if isinstance(plan, NoPush):
            return envelope, SendOutcome.REPLY_TOKEN_REFUSED
        silent = not isinstance(plan, PushNow) or plan.silent
        to = leader.group_id or conversation.line_user_id
        pushed = self._messenger.push(to, envelope.objects, leader.retry_key, silent=silent)
        return envelope, pushed

    # What became of it -------------------------------------------------------------------------------------

    def _record(self, envelope: Envelope, outcome: SendOutcome) -> None:
        """How the leader ends, or when it is tried again; those that ride with it end with it, or go on alone."""
        now, leader, riders = self._clock(), envelope.leader, envelope.riders
        match outcome:
            case SendOutcome.ACCEPTED:
                self._settle(*(each.ended(MessageState.SENT, now) for each in (leader, *riders)))
            case SendOutcome.MALFORMED:
                self._metrics.count("MessageUndeliverable")
                self._settle(leader.ended(MessageState.UNDELIVERABLE, now, "malformed"))
            case SendOutcome.REPLY_TOKEN_REFUSED:
                alone = [each.on_its_own(now) for each in riders]
                self._settle(leader.ended(MessageState.SUPPRESSED, now, "not-worth-a-push"), *alone)
            case SendOutcome.QUOTA_USED_UP if not leader.unclear:
                self._metrics.count("PushQuotaUsedUp")
                self._keep_for_a_reply([leader, *riders], now)
            case _:
                earlier = leader.tries - 1 if envelope.sealed else leader.tries
                wait = BACK_OFF[min(earlier, len(BACK_OFF) - 1)]
                unclear = outcome is SendOutcome.UNKNOWN
                self._settle(leader.tried(now + wait, unclear=unclear, counted=envelope.sealed))

    def _keep_for_a_reply(self, messages: Sequence[Message], now: datetime) -> None:
        """No push may be spent: the news rides on the next answer to the customer (E3)."""
        kept = [message.waiting_for_a_reply(now + ASK_AGAIN_AFTER) for message in messages]
        ids = [message.message_id for message in kept]
        for _ in range(TRIES):
            conversation = self._store.read(Conversation, messages[0].customer_id)
            if conversation is None:
                return
            waiting = tuple(dict.fromkeys((*conversation.waiting, *ids)))[-WAITING_MOST:]
            changed = replace(conversation, waiting=waiting)
            writes = [Put(each) for each in kept]
            try:
                self._store.commit(*writes, *([Put(changed)] if changed != conversation else []))
            except Conflict:
                if self._store.read(Message, ids[0]) != messages[0]:
                    return
                continue
            return

    def _settle(self, *messages: Message) -> None:
        try:
            self._store.commit(*(Put(message) for message in messages))
        except Conflict:
            # Somebody else sent it with the same retry key and recorded it first.
            self._metrics.count("MessageSettledElsewhere")


def frozen(value: Mapping[str, object]) -> str:
    """JSON whose bytes are the same whenever the facts are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
