"""The delivery desk: from acceptance to a complete order, in one message, one tap or step by step.

Delivery details are personal and live in rows of their own; the order keeps the method and the fee only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from storefront.domain.conversation import (
    DELIVERY_LOOKED_AT_AFTER,
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
from storefront.domain.outbox import OrderEvent, Topic
from storefront.domain.payment import AttemptState, PaymentAttempt
from storefront.language.delivery_text import DeliveryDraft, InvoiceDraft, parse_delivery, parse_invoice
from storefront.language.postbacks import Postback
from storefront.messages.scene import Shop
from storefront.services.ports import Put, Store, Timers, Write
from storefront.services.redirecting import Redirecting, goes_there, shipping_fee, why_not

VERBS: Final = frozenset(
    {"deliver_same", "deliver_new", "deliver_home", "deliver_store", "invoice", "invoice_set"}
)
"""The desk's own buttons."""

REDIRECTING_VERBS: Final = frozenset({"deliver_new", "deliver_home", "deliver_store"})
"""Those that still mean something once an order is paid."""

NUDGE_AFTER: Final = timedelta(seconds=60)
"""A complete order that has no payment link by then is opened by the sweeper."""


@dataclass(frozen=True)
class Reception:
    """What the desk makes of a text or a tap.

    `complete` is an order whose workflow may go on; `reopen` one whose payment link has to be made anew; `event`
    tells the order system that a paid order goes elsewhere.
    """

    conversation: Conversation
    topic: Topic | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    writes: tuple[Write, ...] = ()
    complete: Order | None = None
    reopen: Order | None = None
    event: OrderEvent | None = None


class DeliveryDesk:
    """Collects delivery and invoice details of an accepted quote."""

    def __init__(self, store: Store, shop: Shop, timers: Timers) -> None:
        self._store = store
        self._shop = shop
        self._timers = timers
        self._redirecting = Redirecting(store, shop)

    def ask(self, conversation: Conversation, order: Order) -> Reception:
        """The question after acceptance: confirm what is on file, or tell us where to."""
        asking = replace(conversation, step=Step.DELIVERY, draft=DraftDelivery(), invoice=PAPER_INVOICE)
        on_file = conversation.on_file
        if on_file is not None and goes_there(self._shop, order, on_file.destination):
            return Reception(asking, Topic.CONFIRM_DELIVERY, {"order_number": order.order_number})
        return self._ask_for(asking, order, "", None)

    @staticmethod
    def is_about_delivery(conversation: Conversation, text: str) -> bool:
        """Whether a text tells delivery or invoice details; unasked, a name alone or a way alone does not."""
        asked = conversation.step is Step.INVOICE
        told, invoice = parse_delivery(text), parse_invoice(text, asked=asked)
        if conversation.step is not Step.FREE:
            return not told.is_empty or invoice != InvoiceDraft()
        return bool(told.phone or told.address or told.chain) or invoice != InvoiceDraft()

    def receive(
        self, conversation: Conversation, order: Order, text: str, now: datetime, cause: str
    ) -> Reception | None:
        """What a text means to the desk; None when it tells no detail, or it is too late to change any."""
        if not self._may_change(order):
            return None
        told = parse_delivery(text)
        # The invoice of a paid order is settled.
        settled = order.state is OrderState.PAID
        asked = conversation.step is Step.INVOICE
        invoice = InvoiceDraft() if settled else parse_invoice(text, asked=asked)
        if conversation.step is Step.INVOICE or told.is_empty:
            answer = self._told_invoice(conversation, order, invoice, now, cause)
            if answer is not None or told.is_empty:
                return answer
        informed = replace(
            self._in_hand(conversation, order),
            step=Step.DELIVERY,
            draft=self._draft_with(told, conversation, order),
            invoice=invoice.choice or conversation.invoice,
        )
        # A short word beside a detail is no name; one that is known already stays.
        refused = [each for each in told.refused if each.field != "name" or informed.draft.name is None]
        if invoice.refused is not None:
            refused.append(invoice.refused)
        if refused:
            return self._refused(informed, order, refused[0].field, refused[0].reason)
        if invoice.kind is not None and invoice.choice is None:
            return self._ask_invoice(informed, order)
        return self._complete_or_ask(informed, order, now, cause)

    def _draft_with(self, told: DeliveryDraft, conversation: Conversation, order: Order) -> DraftDelivery:
        """What is known after `told`. Another chain's branch is another store; another person has another phone."""
        draft = conversation.draft
        if draft.name is None and draft.phone is None:
            known = self._recipient_on_file(conversation, order)
            if known is not None and told.name in {None, known.name}:
                draft = replace(draft, name=known.name, phone=known.phone)
        same_chain = told.chain is None or draft.chain in {None, told.chain}
        return DraftDelivery(
            name=told.name or draft.name,
            phone=told.phone or draft.phone,
            method=DeliveryMethod(told.method) if told.method else draft.method,
            address=told.address or draft.address,
            chain=told.chain or draft.chain,
            store_name=told.store_name or (draft.store_name if same_chain else None),
        )

    def _recipient_on_file(self, conversation: Conversation, order: Order) -> Recipient | None:
        """Who took the last parcel, or is to take this one: a new address alone does not change the person."""
        kept = self._store.read(OrderDelivery, order.order_number)
        details = kept.details if kept is not None else conversation.on_file
        return details.destination.recipient if details is not None else None

    def tapped(
        self, conversation: Conversation, order: Order, postback: Postback, now: datetime, cause: str
    ) -> Reception | None:
        """What a button of the desk does; None when the button is not the desk's."""
        if order.state is OrderState.PAID and postback.verb not in REDIRECTING_VERBS:
            return None
        refusal = why_not(order)
        if refusal is not None:
            return self._cannot_redirect(conversation, order, refusal) if order.was_paid else None
        match postback.verb:
            case "deliver_same" if conversation.on_file is not None:
                details = conversation.on_file
                same = replace(conversation, invoice=details.invoice)
                return self._complete(same, order, details, now, cause)
            case "deliver_same" | "deliver_new":
                fresh = replace(self._in_hand(conversation, order), step=Step.DELIVERY, draft=DraftDelivery())
                return self._ask_for(fresh, order, "", None)
            case "deliver_home" | "deliver_store":
                method = DeliveryMethod(postback.verb.removeprefix("deliver_"))
                here = self._in_hand(conversation, order)
                chosen = replace(here, step=Step.DELIVERY, draft=replace(here.draft, method=method))
                return self._complete_or_ask(chosen, order, now, cause)
            case "invoice":
                return self._ask_invoice(self._in_hand(conversation, order), order)
            case "invoice_set":
                return self._invoice(conversation, order, PAPER_INVOICE, now, cause)
        return None

    @staticmethod
    def _in_hand(conversation: Conversation, order: Order) -> Conversation:
        """`order` is what is being talked about; what was told for another one is not told for it."""
        if conversation.order_number == order.order_number:
            return conversation
        return replace(
            conversation,
            order_number=order.order_number,
            draft=DraftDelivery(),
            invoice=PAPER_INVOICE,
        )

    @staticmethod
    def _may_change(order: Order) -> bool:
        return why_not(order) is None

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
        chilled = self._shop.sends_chilled(order.lines)
        if chilled and draft.method is DeliveryMethod.STORE:
            return self._refused(conversation, order, "method", "chilled")
        method = draft.method or (DeliveryMethod.HOME if chilled else None)
        wanted = ["name", "phone"]
        if method is DeliveryMethod.HOME:
            wanted.append("address")
        elif method is DeliveryMethod.STORE:
            wanted += ["chain", "store_name"]
        missing = [name for name in wanted if not getattr(draft, name)]
        if method is None:
            return self._ask_for(conversation, order, ",".join((*missing, "method")), None)
        if missing:
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
        if name == "method":
            draft = replace(draft, method=None, chain=None, store_name=None)
        elif name in {"name", "phone", "address", "chain", "store_name"}:
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
        """All is told: the total is final; the payment card will be the answer, or the new place of a paid order."""
        if order.state is OrderState.PAID:
            return self._redirected(conversation, order, details, now)
        if not goes_there(self._shop, order, details.destination):
            wrong = "address" if details.method is DeliveryMethod.HOME else "method"
            return self._refused(conversation, order, wrong, "chilled")
        if not order.hold_is_alive_at(now):
            return self._too_late(conversation, order)
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
            due_at=kept.due_at if kept else now + DELIVERY_LOOKED_AT_AFTER,
            revision=kept.revision if kept else 0,
        )
        fee = shipping_fee(self._shop, details.method, order.goods_total)
        if order.state is OrderState.AWAITING_PAYMENT:
            return self._changed(settled, order, delivery, fee, now)
        hold_until = now + timedelta(seconds=self._timers.payment_window + self._timers.grace)
        ready = order.with_delivery(details.method, fee, hold_until, now, cause)
        ready = replace(ready, due_at=now + NUDGE_AFTER)
        return Reception(settled, None, {}, (Put(ready), Put(delivery)), complete=ready)

    def _redirected(
        self, conversation: Conversation, order: Order, details: DeliveryDetails, now: datetime
    ) -> Reception:
        """A paid order goes elsewhere, at the price that was paid, or stays where it was."""
        change = self._redirecting.plan(order, details, now)
        if change.refusal is not None:
            return self._cannot_redirect(conversation, order, change.refusal)
        settled = replace(conversation, step=Step.FREE, draft=DraftDelivery(), on_file=details)
        facts = {"order_number": order.order_number}
        return Reception(settled, Topic.DELIVERY_CHANGED, facts, change.writes, event=change.event)

    @staticmethod
    def _cannot_redirect(conversation: Conversation, order: Order, refusal: str) -> Reception:
        over = replace(conversation, step=Step.FREE, draft=DraftDelivery())
        facts = {"order_number": order.order_number, "reason": refusal}
        return Reception(over, Topic.DELIVERY_CANNOT_CHANGE, facts)

    @staticmethod
    def _too_late(conversation: Conversation, order: Order) -> Reception:
        """The stock is no longer on hold: nothing is changed, and nothing is asked any more."""
        over = replace(conversation, step=Step.FREE)
        return Reception(over, Topic.ORDER_EXPIRED, {"order_number": order.order_number})

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
            return self._link_again(conversation, order, (Put(delivery),), now)
        writes: list[Write] = [Put(delivery)]
        attempt = self._active_attempt(order)
        if attempt is not None and attempt.state in {AttemptState.REQUESTING, AttemptState.REQUESTED}:
            writes.append(Put(attempt.ended(AttemptState.CLOSED, now, "replaced")))
        changed = order.with_other_delivery(delivery.details.method, fee)
        return Reception(conversation, None, {}, (Put(changed), *writes), reopen=changed)

    def _link_again(
        self, conversation: Conversation, order: Order, writes: tuple[Write, ...], now: datetime
    ) -> Reception:
        """The open link once more, with the new details on its card; one that is nearly over is replaced."""
        attempt = self._active_attempt(order)
        last_moment = timedelta(seconds=self._timers.grace)
        if (
            attempt is None
            or attempt.state is not AttemptState.REQUESTED
            or now >= attempt.expires_at - last_moment
        ):
            return Reception(conversation, None, {}, writes, reopen=order)
        facts = {"order_number": order.order_number, "attempt_id": attempt.attempt_id}
        return Reception(conversation, Topic.PAYMENT_CARD, facts, writes)

    def _active_attempt(self, order: Order) -> PaymentAttempt | None:
        if order.active_attempt is None:
            return None
        return self._store.read(PaymentAttempt, order.active_attempt)

    # Invoice ---------------------------------------------------------------------------------------------

    def _told_invoice(
        self, conversation: Conversation, order: Order, told: InvoiceDraft, now: datetime, cause: str
    ) -> Reception | None:
        """What a text says about the invoice alone; None when it says nothing about it."""
        if told.refused is not None:
            return self._refused(conversation, order, told.refused.field, told.refused.reason)
        if told.choice is not None:
            return self._invoice(conversation, order, told.choice, now, cause)
        return self._ask_invoice(conversation, order) if told.kind is not None else None

    @staticmethod
    def _ask_invoice(conversation: Conversation, order: Order) -> Reception:
        asking = replace(conversation, step=Step.INVOICE)
        return Reception(asking, Topic.ASK_INVOICE, {"order_number": order.order_number})

    def _invoice(
        self, conversation: Conversation, order: Order, choice: InvoiceChoice, now: datetime, cause: str
    ) -> Reception:
        chosen = replace(self._in_hand(conversation, order), invoice=choice, step=Step.FREE)
        if not order.hold_is_alive_at(now):
            return self._too_late(conversation, order)
        kept = self._store.read(OrderDelivery, order.order_number)
        if kept is not None:
            details = replace(kept.details, invoice=choice)
            on_file = replace(details, wished_date=None)
            chosen = replace(chosen, on_file=on_file)
            return self._link_again(chosen, order, (Put(replace(kept, details=details)),), now)
        waiting = replace(chosen, step=Step.DELIVERY)
        if waiting.on_file is None or waiting.draft != DraftDelivery():
            return self._complete_or_ask(waiting, order, now, cause)
        # Nothing but the invoice is different from last time: one tap confirms the rest.
        renewed = replace(waiting, on_file=replace(waiting.on_file, invoice=choice))
        return Reception(renewed, Topic.CONFIRM_DELIVERY, {"order_number": order.order_number})
