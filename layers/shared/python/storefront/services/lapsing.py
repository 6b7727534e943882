"""What time does to an open quote: the customer is reminded once, and in the end the stock is free again.

Asked by the workflow at the quote's own moments and by the sweeper after them; the row's revision lets each thing
happen once, and the message of it is written in the same transaction.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from storefront.domain.conversation import Conversation
from storefront.domain.outbox import Message, Topic
from storefront.domain.push_policy import PushPolicy
from storefront.domain.quote import Quote, QuoteState
from storefront.domain.quote_record import EntryKind
from storefront.services.ports import Clock, Put, Store, Timers, Write
from storefront.services.quoting import Quoting, entry
from storefront.services.telling import WAITING_MOST, Telling, new_message


class Lapsing:
    """Reminds of quotes and ends them."""

    def __init__(
        self,
        store: Store,
        quoting: Quoting,
        telling: Telling,
        policy: PushPolicy,
        timers: Timers,
        clock: Clock,
    ) -> None:
        self._store = store
        self._quoting = quoting
        self._telling = telling
        self._policy = policy
        self._timers = timers
        self._clock = clock

    def pass_time(self, quote: Quote, cause: str) -> None:
        """Do to `quote` what is due now, if anything is.

        Raises:
            Conflict: somebody changed the quote meanwhile; read it again.
        """
        now = self._clock()
        if quote.state is not QuoteState.OFFERED:
            return
        if now >= quote.valid_until:
            self._expire(quote, now, cause)
        elif quote.remind_at is not None and now >= quote.remind_at:
            self._remind(quote, now, cause)

    def _expire(self, quote: Quote, now: datetime, cause: str) -> None:
        """The end is told at once if it is worth a push, else with the next answer, whenever that is."""
        writes = self._quoting.end(quote, QuoteState.EXPIRED, now, cause, told=False)
        conversation = self._listener(quote)
        if conversation is None:
            self._store.commit(*writes)
            return
        news = _about(quote, Topic.QUOTE_LAPSED, now)
        if quote.total >= self._policy.quote_from:
            self._tell(replace(news, useful_until=now + (quote.valid_until - quote.created_at)), *writes)
            return
        waiting = replace(conversation, waiting=(*conversation.waiting, news.message_id)[-WAITING_MOST:])
        quiet = replace(news.waiting_for_a_reply(now), due_at=None)
        self._store.commit(*writes, Put(quiet), Put(waiting))

    def _remind(self, quote: Quote, now: datetime, cause: str) -> None:
        """Once; a reminder that is not worth a push is none, unless a reply token is left."""
        grace = timedelta(seconds=self._timers.grace)
        after = Put(replace(quote, remind_at=None, due_at=quote.valid_until + grace))
        conversation = self._listener(quote)
        if conversation is None or not (
            quote.total >= self._policy.quote_from or _is_free(conversation, now)
        ):
            self._store.commit(after)
            return
        reminder = replace(_about(quote, Topic.QUOTE_REMINDER, now), useful_until=quote.valid_until)
        self._tell(reminder, after, entry(quote, EntryKind.REMINDED, now, cause))

    def _listener(self, quote: Quote) -> Conversation | None:
        """The chat in which the quote is still what is talked about, unless its customer has left."""
        conversation = self._store.read(Conversation, quote.customer_id)
        if conversation is None or conversation.blocked or not conversation.talks_about(quote):
            return None
        return conversation

    def _tell(self, message: Message, *writes: Write) -> None:
        self._store.commit(*writes, Put(message))
        self._telling.deliver(message.message_id)


def _about(quote: Quote, topic: Topic, now: datetime) -> Message:
    facts = {"quote_id": quote.quote_id, "quote_version": str(quote.quote_version)}
    return new_message(f"{topic.value}:{quote.workflow_name}", quote.customer_id, topic, facts, now)


def _is_free(conversation: Conversation, now: datetime) -> bool:
    """Whether an unspent reply token is alive."""
    return conversation.reply is not None and now < conversation.reply.usable_until
