"""Why a quote was declined: one tap, or a few words; nobody has to say."""

from dataclasses import replace
from typing import Final

from storefront.domain.conversation import Conversation, Step
from storefront.domain.outbox import Topic
from storefront.domain.quote import DeclineReason, QuoteState
from storefront.domain.quote_record import EntryKind, QuoteRemark
from storefront.language.postbacks import Postback
from storefront.services.own_rows import OwnRows
from storefront.services.ports import Clock, Put
from storefront.services.quote_maker import named
from storefront.services.quoting import entry
from storefront.services.turns import ChatEvent, Turn

VERBS: Final = frozenset({"why"})
MOST_WORDS: Final = 500
"""Characters of a reason that are kept."""


class DeclineDesk:
    """Turns about the reason why a quote was declined."""

    def __init__(self, own: OwnRows, clock: Clock) -> None:
        self._own = own
        self._clock = clock

    def tapped(self, conversation: Conversation, postback: Postback, event: ChatEvent) -> Turn:
        """A reason by button: kept once; another one later changes nothing."""
        quote = self._own.quote(conversation, postback)
        given = postback.fields.get("r", "")
        if quote is None or quote.state is not QuoteState.DECLINED or given not in set(DeclineReason):
            return Turn(conversation, Topic.QUOTE_UNKNOWN)
        reason = DeclineReason(given)
        facts = {**named(quote), "reason": reason.value}
        if quote.declined_for is not None:
            return Turn(conversation, Topic.DECLINE_REASON, {**facts, "reason": quote.declined_for.value})
        writes = (
            Put(replace(quote, declined_for=reason)),
            entry(quote, EntryKind.EXPLAINED, self._clock(), event.event_id, reason=reason.value),
        )
        if reason is DeclineReason.OTHER:
            conversation = replace(conversation, step=Step.REASON, declined=quote.workflow_name)
        return Turn(conversation, Topic.DECLINE_REASON, facts, writes)

    def heard(self, conversation: Conversation, event: ChatEvent) -> Turn:
        """The reason in the customer's own words: personal, so it is kept with the customer and not in the record."""
        quote_id, _, version = (conversation.declined or "").rpartition("-")
        remark = QuoteRemark(
            customer_id=conversation.customer_id,
            quote_id=quote_id,
            quote_version=int(version),
            words=event.text[:MOST_WORDS],
            at=self._clock(),
            line_message_id=event.line_message_id,
        )
        talking = replace(conversation, step=Step.FREE, declined=None, misses=0)
        return Turn(talking, Topic.DECLINE_NOTED, {}, (Put(remark),))
