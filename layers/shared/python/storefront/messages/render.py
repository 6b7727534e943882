"""From a message row to LINE message objects: one builder for each topic, and the same without a card.

Both are pure: the same rows give the same bytes, so LINE takes a retried push for the one that it knows.
"""

from collections.abc import Callable, Mapping
from typing import Final

from storefront.domain.language import Language
from storefront.domain.outbox import Message, Topic
from storefront.messages import (
    after_sales_cards,
    comparison_card,
    delivery_cards,
    greetings,
    haggle_cards,
    handover_cards,
    link_cards,
    order_cards,
    payment_cards,
    personal_cards,
    price_cards,
    product_cards,
    quote_cards,
    quote_notices,
    shipment_cards,
    shop_answers,
    wished_days,
)
from storefront.messages.flex import Node
from storefront.messages.plain import without_cards
from storefront.messages.scene import Scene
from storefront.messages.speaker import Speaker

type Builder = Callable[[Mapping[str, str], Scene, Speaker], list[Node]]

BUILDERS: Final[Mapping[Topic, Builder]] = {
    Topic.WELCOME: greetings.welcome,
    Topic.HOW_TO_ORDER: greetings.how_to_order,
    Topic.CATALOGUE: greetings.catalogue,
    Topic.NOT_UNDERSTOOD: greetings.not_understood,
    Topic.PRODUCT: product_cards.product,
    Topic.PRODUCT_ANSWER: product_cards.product_answer,
    Topic.QUESTION_ABOUT: product_cards.question_about,
    Topic.COMPARISON: comparison_card.comparison,
    Topic.SHOP_ANSWER: shop_answers.shop_answer,
    Topic.PERSON: handover_cards.person,
    Topic.SELF_SERVICE: handover_cards.self_service,
    Topic.STAFF_CUSTOMER: handover_cards.staff_customer,
    Topic.STAFF_HANDOVER: handover_cards.staff_handover,
    Topic.THANKS: greetings.thanks,
    Topic.ACKNOWLEDGED: greetings.acknowledged,
    Topic.GROUP_HINT: greetings.group_hint,
    Topic.LANGUAGE_CHANGED: greetings.language_changed,
    Topic.QUOTE: quote_cards.quote,
    Topic.QUESTION_PRODUCT: quote_cards.question_product,
    Topic.QUESTION_QUANTITY: quote_cards.question_quantity,
    Topic.QUANTITY_REFUSED: quote_cards.quantity_refused,
    Topic.OUT_OF_STOCK: quote_cards.out_of_stock,
    Topic.QUOTE_SUPERSEDED: quote_cards.quote_superseded,
    Topic.QUOTE_PAGE: quote_notices.quote_page,
    Topic.QUOTE_REMINDER: quote_notices.quote_reminder,
    Topic.QUOTE_LAPSED: quote_cards.quote_expired,
    Topic.QUOTE_EXPIRED: quote_cards.quote_expired,
    Topic.QUOTE_DECLINED: quote_cards.quote_declined,
    Topic.QUOTE_UNKNOWN: quote_cards.quote_unknown,
    Topic.DECLINE_REASON: quote_cards.decline_reason,
    Topic.DECLINE_NOTED: quote_cards.decline_noted,
    Topic.SLOW_DOWN: quote_cards.slow_down,
    Topic.LINKS_USED_UP: quote_cards.links_used_up,
    Topic.HOLDS_USED_UP: quote_cards.holds_used_up,
    Topic.ASK_CHANGE: quote_cards.ask_change,
    Topic.ASK_DATE: wished_days.ask_date,
    Topic.COUPON_REFUSED: price_cards.coupon_refused,
    Topic.COUPON_NOTED: price_cards.coupon_noted,
    Topic.PRICE_ASKED: haggle_cards.price_asked,
    Topic.PRICE_FIRST: haggle_cards.price_first,
    Topic.PRICE_WHICH: haggle_cards.price_which,
    Topic.PRICE_ALREADY: haggle_cards.price_already,
    Topic.PRICE_REFERRED: haggle_cards.price_referred,
    Topic.PRICE_DELAYED: haggle_cards.price_delayed,
    Topic.PRICE_REFUSED: haggle_cards.price_refused,
    Topic.PRICE_FIRM: haggle_cards.price_firm,
    Topic.STAFF_APPROVAL: haggle_cards.staff_approval,
    Topic.STAFF_ANSWER: haggle_cards.staff_answer,
    Topic.ASK_DELIVERY: delivery_cards.ask_delivery,
    Topic.CONFIRM_DELIVERY: delivery_cards.confirm_delivery,
    Topic.ASK_INVOICE: delivery_cards.ask_invoice,
    Topic.DETAIL_REFUSED: delivery_cards.detail_refused,
    Topic.DELIVERY_CHANGED: delivery_cards.delivery_changed,
    Topic.DELIVERY_CANNOT_CHANGE: delivery_cards.delivery_cannot_change,
    Topic.PAYMENT_CARD: payment_cards.payment_card,
    Topic.PAYMENT_UNAVAILABLE: payment_cards.payment_unavailable,
    Topic.PAYMENT_DECLINED: payment_cards.payment_declined,
    Topic.PAYMENT_PROCESSING: payment_cards.payment_processing,
    Topic.PAYMENT_CANCELLED: payment_cards.payment_cancelled,
    Topic.ORDER_EXPIRED: payment_cards.order_expired,
    Topic.ORDER_CANCELLED: payment_cards.order_cancelled,
    Topic.ORDER_CANNOT_CANCEL: payment_cards.order_cannot_cancel,
    Topic.PAID: payment_cards.paid,
    Topic.REFUNDED: payment_cards.refunded,
    Topic.REFUND_PENDING: payment_cards.refund_pending,
    Topic.SHIPMENT: shipment_cards.shipment,
    Topic.ORDERS: order_cards.orders,
    Topic.NO_ORDERS: order_cards.no_orders,
    Topic.ORDER_STATUS: order_cards.order_status,
    Topic.ORDER_UNKNOWN: order_cards.order_unknown,
    Topic.SATISFACTION_THANKS: after_sales_cards.satisfaction_thanks,
    Topic.COMMENT_NOTED: after_sales_cards.comment_noted,
    Topic.WHICH_ORDER: after_sales_cards.which_order,
    Topic.RETURN_ITEMS: after_sales_cards.return_items,
    Topic.RETURN_REASON: after_sales_cards.return_reason,
    Topic.RETURN_REFUSED: after_sales_cards.return_refused,
    Topic.RETURN_TAKEN: after_sales_cards.return_taken,
    Topic.PROBLEM_TAKEN: after_sales_cards.problem_taken,
    Topic.PHOTO_TAKEN: after_sales_cards.photo_taken,
    Topic.LINK_NUMBER: link_cards.link_number,
    Topic.LINK_DIGITS: link_cards.link_digits,
    Topic.LINK_REFUSED: link_cards.link_refused,
    Topic.LINK_LOCKED: link_cards.link_locked,
    Topic.LINK_LEFT: link_cards.link_left,
    Topic.ORDER_LINKED: link_cards.order_linked,
    Topic.MY_DATA: personal_cards.my_data,
    Topic.ERASE_CONFIRM: personal_cards.erase_confirm,
    Topic.ERASURE_ASKED: personal_cards.erasure_asked,
    Topic.ERASED: personal_cards.erased,
}


def render(message: Message, scene: Scene, language: Language) -> list[Node]:
    """The one to five message objects that say `message` in `language`, ready to be sent as JSON."""
    return composed(message.topic, message.facts, scene, Speaker.of(language))


def composed(topic: Topic, facts: Mapping[str, str], scene: Scene, speaker: Speaker) -> list[Node]:
    """The topic's own messages, with what may stand before and after any of them."""
    said = BUILDERS[topic](facts, scene, speaker)
    before = [handover_cards.resumed(speaker)] if facts.get("resumed") == "yes" else []
    return [*before, *said, *product_cards.also_answered(facts, scene, speaker)]


def plain_text(message: Message, scene: Scene, language: Language) -> Node:
    """The same as one text message, for the case that LINE refuses the card."""
    return without_cards(render(message, scene, language))
