"""The delivery desk: from acceptance to a complete order, in one message, one tap or step by step.

Delivery details are personal and live in rows of their own; the order keeps the method and the fee only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from storefront.domain.conversation import (
    PAPER_INVOICE,
    Conversation,
    DeliveryDetails,
    DraftDelivery,
    OrderDelivery,
    Step,
)
from storefront.domain.delivery import (
    HomeDelivery,
    InvoiceChoice,
    Recipient,
    StorePickup,
)
from storefront.domain.errors import InvalidDetail
from storefront.domain.order import DeliveryMethod, Order, OrderState
from storefront.domain.outbox import Topic
from storefront.domain.payment import AttemptState, PaymentAttempt
from storefront.language.delivery_text import parse_delivery, parse_invoice
from storefront.language.postbacks import Postback
from storefront.messages.scene import Shop
from storefront.services.ports import Put, Store, Timers, Write

NUDGE_AFTER: Final = timedelta(seconds=60)
"""A complete order that has no payment link by then is opened by the sweeper."""


@dataclass(frozen=True)
class Reception:
    """What the desk makes of a text or a tap.

    `complete` is an order whose workflow may go on; `reopen` one whose payment link has to be made anew.
    """

    conversation: Conversation
    topic: Topic | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    writes: tuple[Write, ...] = ()
    complete: Order | None = None
    reopen: Order | None = None


def shipping_fee(shop: Shop, method: DeliveryMethod, subtotal: int) -> int:
    """Fee of `method` for goods worth `subtotal`, both in payable units; free from the shop's threshold."""
    if subtotal >= shop.free_shipping_from:
        return 0
    return shop.shipping_home if method is DeliveryMethod.HOME else shop.shipping_store


class DeliveryDesk:
    """Collects delivery and invoice details of an accepted quote."""

    def __init__(self, store: Store, shop: Shop, timers: Timers) -> None:
        self._store = store
        self._shop = shop
        self._timers = timers

    def ask(self, conversation: Conversation, order: Order) -> Reception:
        """The question after acceptance: confirm what is on file, or tell us where to."""
        asking = replace(conversation, step=Step.DELIVERY, draft=DraftDelivery(), invoice=PAPER_INVOICE)
        if conversation.on_file is not None:
            return Reception(asking, Topic.CONFIRM_DELIVERY, {"order_number": order.order_number})
        return self._ask_for(asking, order, "", None)

    def receive(
        self, conversation: Conversation, order: Order, text: str, now: datetime, cause: str
    ) -> Reception | None:
        """What a text means while the desk waits for an answer; None when it is about something else."""
        if not self._may_change(order):
            return None
        if conversation.step is Step.INVOICE:
            return self._invoice_text(conversation, order, text, now, cause)
        told = parse_delivery(text)
        invoice = parse_invoice(text).choice
        draft = DraftDelivery(
            name=told.name or conversation.draft.name,
            phone=told.phone or conversation.draft.phone,
            method=DeliveryMethod(told.method) if told.method else conversation.draft.method,
            address=told.address or conversation.draft.address,
            chain=told.chain or conversation.draft.chain,
            store_name=told.store_name or conversation.draft.store_name,
        )
        informed = replace(conversation, draft=draft, invoice=invoice or conversation.invoice)
        if told.refused:
            return self._refused(informed, order, told.refused[0].field, told.refused[0].reason)
        if informed == conversation:
            return None
        return self._complete_or_ask(informed, order, now, cause)

    def tapped(
        self, conversation: Conversation, order: Order, postback: Postback, now: datetime, cause: str
    ) -> Reception | None:
        """What a button of the desk does; None when the button is not the desk's."""
        if not self._may_change(order):
            return None
        match postback.verb:
            case "deliver_same" if conversation.on_file is not None:
                details = conversation.on_file
                same = replace(conversation, invoice=details.invoice)
                return self._complete(same, order, details, now, cause)
            case "deliver_same" | "deliver_new":
                fresh = replace(conversation, step=Step.DELIVERY, draft=DraftDelivery())
                return self._ask_for(self._in_hand(fresh, order), order, "", None)
            case "deliver_home" | "deliver_store":
                method = DeliveryMethod(postback.verb.removeprefix("deliver_"))
                draft = replace(conversation.draft, method=method)
                chosen = replace(conversation, step=Step.DELIVERY, draft=draft)
                return self._complete_or_ask(self._in_hand(chosen, order), order, now, cause)
            case "invoice":
                asking = replace(self._in_hand(conversation, order), step=Step.INVOICE)
                return Reception(asking, Topic.ASK_INVOICE, {"order_number": order.order_number})
            case "invoice_set":
                return self._invoice(conversation, order, PAPER_INVOICE, now, cause)
        return None

    @staticmethod
    def _in_hand(conversation: Conversation, order: Order) -> Conversation:
        return replace(conversation, order_number=order.order_number)

    @staticmethod
    def _may_change(order: Order) -> bool:
        return order.is_unpaid_and_open and order.confirming_attempt is None

    def _ask_for(
        self, conversation: Conversation, order: Order, missing: str, method: DeliveryMethod | None
    ) -> Reception:
        facts = {
            "order_number": order.order_number,
            "missing": missing,
            "method": method.value if method else "",
        }
        return Reception(conversation, Topic.ASK_DELIVERY, facts)

    def _complete_or_ask(
        self, conversation: Conversation, order: Order, now: datetime, cause: str
    ) -> Reception:
        draft = conversation.draft
        method = draft.method or (
            DeliveryMethod.HOME
            if draft.address
            else DeliveryMethod.STORE
            if draft.chain or draft.store_name
            else None
        )
        wanted = ["name", "phone"]
        if method is None:
            wanted.append("method")
        elif method is DeliveryMethod.HOME:
            wanted.append("address")
        else:
            wanted += ["chain", "store_name"]
        missing = [name for name in wanted if name != "method" and not getattr(draft, name)]
        if method is None:
            missing.append("method")
        if missing or method is None:
            return self._ask_for(conversation, order, ",".join(missing), method)
        try:
            destination = self._destination(draft, method)
        except InvalidDetail as refused:
            return self._refused(conversation, order, refused.field, refused.reason)
        details = DeliveryDetails.to(destination, conversation.invoice)
        return self._complete(conversation, order, details, now, cause)

    @staticmethod
    def _destination(draft: DraftDelivery, method: DeliveryMethod) -> HomeDelivery | StorePickup:
        recipient = Recipient.given(draft.name or "", draft.phone or "")
        if method is DeliveryMethod.HOME:
            return HomeDelivery.given(recipient, draft.address or "")
        return StorePickup.given(recipient, draft.chain or "", draft.store_name or "")

    @staticmethod
    def _refused(conversation: Conversation, order: Order, name: str, reason: str) -> Reception:
        """The bad detail is forgotten, the good ones are kept."""
        draft = conversation.draft
        if name in {"name", "phone", "address", "chain", "store_name"}:
            draft = replace(draft, **{name: None})
        facts = {"order_number": order.order_number, "field": name, "reason": reason}
        return Reception(replace(conversation, draft=draft), Topic.DETAIL_REFUSED, facts)

    def _complete(
        self,
        conversation: Conversation,
        order: Order,
        details: DeliveryDetails,
        now: datetime,
        cause: str,
    ) -> Reception:
        """All is told: the total is final; the payment card will be the answer."""
        if not order.hold_is_alive_at(now):
            return Reception(conversation, Topic.ORDER_EXPIRED, {"order_number": order.order_number})
        settled = replace(
            conversation,
            step=Step.FREE,
            draft=DraftDelivery(),
            invoice=details.invoice,
            on_file=details,
            order_number=order.order_number,
        )
        kept = self._store.read(OrderDelivery, order.order_number)
        delivery = OrderDelivery(
            order.order_number,
            order.customer_id,
            replace(details, wished_date=order.wished_date),
            revision=kept.revision if kept else 0,
        )
        fee = shipping_fee(self._shop, details.method, order.subtotal)
        if order.state is OrderState.AWAITING_PAYMENT:
            return self._changed(settled, order, delivery, fee, now)
        hold_until = now + timedelta(seconds=self._timers.payment_window + self._timers.grace)
        ready = order.with_delivery(details.method, fee, hold_until, now, cause)
        ready = replace(ready, due_at=now + NUDGE_AFTER)
        return Reception(settled, None, {}, (Put(ready), Put(delivery)), complete=ready)

    def _changed(
        self,
        conversation: Conversation,
        order: Order,
        delivery: OrderDelivery,
        fee: int,
        now: datetime,
    ) -> Reception:
        """Details changed while a payment link is open; another total needs another link (M3)."""
        if fee == order.shipping_fee and order.delivery_method is delivery.details.method:
            return self._link_again(conversation, order, (Put(delivery),))
        writes: list[Write] = [Put(delivery)]
        attempt = self._active_attempt(order)
        if attempt is not None and attempt.state in {AttemptState.REQUESTING, AttemptState.REQUESTED}:
            writes.append(Put(attempt.ended(AttemptState.CLOSED, now, "replaced")))
        changed = order.with_other_delivery(delivery.details.method, fee)
        return Reception(conversation, None, {}, (Put(changed), *writes), reopen=changed)

    def _link_again(self, conversation: Conversation, order: Order, writes: tuple[Write, ...]) -> Reception:
        attempt = self._active_attempt(order)
        if attempt is None or attempt.state is not AttemptState.REQUESTED:
            return Reception(conversation, None, {}, writes, reopen=order)
        facts = {"order_number": order.order_number, "attempt_id": attempt.attempt_id}
        return Reception(conversation, Topic.PAYMENT_CARD, facts, writes)

    def _active_attempt(self, order: Order) -> PaymentAttempt | None:
        if order.active_attempt is None:
            return None
        return self._store.read(PaymentAttempt, order.active_attempt)

    # Invoice ---------------------------------------------------------------------------------------------

    def _invoice_text(
        self, conversation: Conversation, order: Order, text: str, now: datetime, cause: str
    ) -> Reception | None:
        told = parse_invoice(text)
        if told.refused is not None:
            return self._refused(conversation, order, told.refused.field, told.refused.reason)
        if told.choice is not None:
            return self._invoice(conversation, order, told.choice, now, cause)
        if told.kind is not None:
            return Reception(conversation, Topic.ASK_INVOICE, {"order_number": order.order_number})
        return None

    def _invoice(
        self, conversation: Conversation, order: Order, choice: InvoiceChoice, now: datetime, cause: str
    ) -> Reception:
        chosen = replace(self._in_hand(conversation, order), invoice=choice, step=Step.FREE)
        kept = self._store.read(OrderDelivery, order.order_number)
        if kept is None:
            waiting = replace(chosen, step=Step.DELIVERY)
            return self._complete_or_ask(waiting, order, now, cause)
        details = replace(kept.details, invoice=choice)
        chosen = replace(chosen, on_file=details)
        return self._link_again(chosen, order, (Put(replace(kept, details=details)),))
