"""Order look-up: a true answer whenever the customer asks, and nothing about anybody else's orders (X4, N4)."""

from dataclasses import dataclass, field, replace

from storefront.domain.conversation import Conversation
from storefront.domain.errors import Conflict
from storefront.domain.language import Language
from storefront.domain.order import Order
from storefront.domain.order_number import find_order_number
from storefront.domain.outbox import Topic
from storefront.language.postbacks import decode
from storefront.language.text import language_of
from storefront.services.ports import Clock, Put, Store
from storefront.services.product_desk import ProductDesk
from storefront.services.telling import Telling, new_message
from storefront.services.turns import ChatEvent, Happening


@dataclass(frozen=True)
class LookUpAnswer:
    """What a look-up says."""

    topic: Topic
    facts: dict[str, str] = field(default_factory=dict)


class OrderLookup:
    """Answers questions about orders; reads only, but for the answer itself."""

    def __init__(
        self,
        store: Store,
        telling: Telling,
        products: ProductDesk,
        clock: Clock,
        default_language: Language = Language.ZH_TW,
    ) -> None:
        self._store = store
        self._telling = telling
        self._products = products
        self._clock = clock
        self._default_language = default_language

    def handle(self, event: ChatEvent) -> None:
        """Answer `event` once, however often it is delivered."""
        if event.happening not in {Happening.TEXT, Happening.POSTBACK} or event.group_id is not None:
            return
        now = self._clock()
        known = self._store.read(Conversation, event.customer_id)
        conversation = known or Conversation(event.customer_id, event.line_user_id, self._default_language)
        spoken = language_of(event.text, conversation.language) if event.happening is Happening.TEXT else None
        # Whoever asks for orders talks to the shop itself: a talk with a person is over.
        spoke = replace(conversation.spoke(spoken, event.at), with_person=None)
        answer = self._answer(conversation, event)
        message = new_message(
            event.message_id, event.customer_id, answer.topic, answer.facts, now, event.reply
        )
        try:
            if known is None or _tells_more(spoke, known):
                self._store.commit(Put(spoke), Put(message))
            else:
                self._store.commit(Put(message))
        except Conflict:
            # The event was answered before, or the customer's row moved on: the answer itself is the same.
            self._commit_alone(message.message_id, event, answer)
        self._telling.deliver(message.message_id)

    def _commit_alone(self, message_id: str, event: ChatEvent, answer: LookUpAnswer) -> None:
        again = new_message(
            message_id, event.customer_id, answer.topic, answer.facts, self._clock(), event.reply
        )
        try:
            self._store.commit(Put(again))
        except Conflict:
            return

    def _answer(self, conversation: Conversation, event: ChatEvent) -> LookUpAnswer:
        number = self._number_asked_for(event)
        if number is None:
            orders = self._store.recent_orders(conversation.customer_id, 10)
            if not orders:
                return self._about_a_product(conversation, event) or LookUpAnswer(Topic.NO_ORDERS)
            if len(orders) == 1:
                return self._status_of(orders[0].order_number)
            return LookUpAnswer(Topic.ORDERS)
        # A slip, a number that never was and somebody else's all get the same answer: it helps nobody to guess.
        order = self._store.read(Order, number)
        if order is None or order.customer_id != conversation.customer_id:
            return LookUpAnswer(Topic.ORDER_UNKNOWN)
        return self._status_of(order.order_number)

    def _about_a_product(self, conversation: Conversation, event: ChatEvent) -> LookUpAnswer | None:
        """茉莉綠茶多久可以出貨 of somebody without orders asks about the product."""
        turn = self._products.named_in(event.text, conversation)
        if turn is None or turn.topic is None or turn.attention is not None:
            return None
        return LookUpAnswer(turn.topic, dict(turn.facts))

    def _status_of(self, order_number: str) -> LookUpAnswer:
        facts = {"order_number": order_number, "as_of": self._clock().isoformat()}
        return LookUpAnswer(Topic.ORDER_STATUS, facts)

    @staticmethod
    def _number_asked_for(event: ChatEvent) -> str | None:
        if event.happening is Happening.POSTBACK:
            return decode(event.postback_data).fields.get("o") or None
        mention = find_order_number(event.text)
        return mention.number if mention is not None else None


def _tells_more(spoke: Conversation, known: Conversation) -> bool:
    """Whether the question changed something of the customer's row that has to be kept."""
    return known.blocked or spoke.language != known.language or spoke.with_person != known.with_person
