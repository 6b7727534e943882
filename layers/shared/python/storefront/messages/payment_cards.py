"""Money: the payment card, what is said while and after LINE Pay decides, and what comes back.

"Paid" is said only once it is so, and nothing here calls a payment failed while its outcome is unknown.
"""

from collections.abc import Mapping, Sequence

from storefront.domain.order import Order
from storefront.messages import flex, price_cards, taps, terms
from storefront.messages.flex import Node
from storefront.messages.scene import Scene
from storefront.messages.speaker import Speaker

type Facts = Mapping[str, str]


def order_lines(order: Order, scene: Scene, speaker: Speaker) -> list[Node]:
    """Each line as `茉莉綠茶 36 盒  NT$5,760`."""
    catalogue = scene.catalogue()
    return [
        flex.horizontal(
            flex.text(
                speaker.say(
                    "form.named_count",
                    name=speaker.line_name(line, order.language, catalogue),
                    counted=speaker.counted(line.quantity, line.unit),
                ),
                flex=3,
            ),
            flex.text(speaker.amount(line.amount, order.currency), flex=2, align="end", wrap=False),
            spacing="md",
        )
        for line in order.lines
    ]


def sums(order: Order, speaker: Speaker) -> list[Node]:
    """Goods, what is taken off, shipping, and the total that is asked for."""
    rows = [flex.row(speaker.say("payment.goods"), speaker.amount(order.subtotal, order.currency))]
    fee = (
        speaker.amount(order.shipping_fee, order.currency)
        if order.shipping_fee
        else speaker.say("payment.free")
    )
    rows.append(flex.row(speaker.say("terms.shipping_fee"), fee))
    rows[1:1] = price_cards.reductions(order.discounts, order.currency, speaker)
    rows.append(flex.total(speaker.say("quote.total"), speaker.amount(order.total, order.currency)))
    return rows


def payment_card(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """The final total, everything that it is for, and the way straight to LINE Pay."""
    order = scene.order(facts["order_number"])
    address = scene.attempt(facts["attempt_id"]).payment_url
    if address is None:
        return payment_unavailable(facts, scene, speaker)
    until = speaker.moment(order.hold_until)
    amount = speaker.amount(order.total, order.currency)
    delivery = scene.delivery(order.order_number)
    card = flex.bubble(
        flex.heading(
            speaker.say("payment_card.title"),
            above=scene.shop.name,
            below=speaker.say("order.number", order=order.order_number),
        ),
        flex.body(
            *order_lines(order, scene, speaker),
            flex.separator(),
            *sums(order, speaker),
            flex.notice(speaker.say("payment_card.until", until=until)),
            *terms.delivery_facts(order, delivery, speaker),
            flex.separator(),
            *terms.returns(order.lines, order.language, scene.catalogue(), speaker),
            terms.seller(scene.shop, speaker),
        ),
        flex.footer(
            flex.button(flex.link(speaker.say("tap.pay.label"), address), primary=True, height="md"),
            flex.horizontal(
                flex.button(taps.of_order(speaker, "invoice", order.order_number)),
                flex.button(
                    taps.of_order(speaker, "deliver_new", order.order_number, worded="deliver_change")
                ),
            ),
            flex.button(taps.of_order(speaker, "cancel", order.order_number)),
        ),
    )
    summary = speaker.say("payment_card.summary", order=order.order_number, amount=amount, until=until)
    return [flex.flex_message(summary, card)]


def _short_card(
    topic: str,
    order: Order,
    scene: Scene,
    speaker: Speaker,
    buttons: Sequence[Node],
    *,
    color: str = flex.ATTENTION,
    **values: str,
) -> list[Node]:
    """A card that says one thing about one order."""
    said = speaker.say(f"{topic}.text", order=order.order_number, **values)
    card = flex.bubble(
        flex.heading(
            speaker.say(f"{topic}.title"),
            above=scene.shop.name,
            below=speaker.say("order.number", order=order.order_number),
            color=color,
        ),
        flex.body(flex.text(said)),
        flex.footer(*(flex.button(tap, primary=place == 0) for place, tap in enumerate(buttons))),
    )
    return [flex.flex_message(said, card)]


def payment_unavailable(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """LINE Pay did not answer our request: nothing was charged, the goods are still on hold."""
    order = scene.order(facts["order_number"])
    buttons = [taps.of_order(speaker, "pay_again", order.order_number), taps.plain(speaker, "person")]
    until = speaker.moment(order.hold_until)
    return _short_card("payment_unavailable", order, scene, speaker, buttons, until=until)


def payment_declined(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """LINE Pay says for certain that no money moved."""
    order = scene.order(facts["order_number"])
    buttons = [
        taps.of_order(speaker, "pay_again", order.order_number),
        taps.of_order(speaker, "cancel", order.order_number),
        taps.plain(speaker, "person"),
    ]
    until = speaker.moment(order.hold_until)
    return _short_card("payment_declined", order, scene, speaker, buttons, until=until)


def payment_processing(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """The outcome is unknown: ask for patience, and for nothing else."""
    order = scene.order(facts["order_number"])
    buttons = [taps.of_order(speaker, "status", order.order_number), taps.plain(speaker, "person")]
    return _short_card("payment_processing", order, scene, speaker, buttons, color=flex.BRAND)


def payment_cancelled(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """The customer left LINE Pay."""
    order = scene.order(facts["order_number"])
    buttons = [
        taps.of_order(speaker, "pay_again", order.order_number),
        taps.of_order(speaker, "cancel", order.order_number),
    ]
    until = speaker.moment(order.hold_until)
    return _short_card("payment_cancelled", order, scene, speaker, buttons, until=until)


def order_expired(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """Time ran out, for an order that waited for its payment or a quote that waited for its order."""
    if "order_number" not in facts:
        said = speaker.say("order_expired.quote")
        renew = taps.of_quote(speaker, "renew", facts["quote_id"], int(facts["quote_version"]))
        return [flex.text_message(said, [renew, *taps.menu(speaker)])]
    order = scene.order(facts["order_number"])
    buttons = [taps.of_order(speaker, "reorder", order.order_number), taps.plain(speaker, "person")]
    return _short_card("order_expired", order, scene, speaker, buttons)


def order_cancelled(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    order = scene.order(facts["order_number"])
    refunded = int(facts.get("refunded") or 0)
    topic = "order_cancelled_refunded" if refunded else "order_cancelled"
    buttons = [taps.of_order(speaker, "reorder", order.order_number), taps.plain(speaker, "catalogue")]
    amount = speaker.amount(refunded, order.currency)
    return _short_card(topic, order, scene, speaker, buttons, amount=amount)


def order_cannot_cancel(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    order = scene.order(facts["order_number"])
    said = speaker.say(f"order_cannot_cancel.{facts['reason']}", order=order.order_number)
    quick = [taps.of_order(speaker, "status", order.order_number), taps.plain(speaker, "person")]
    return [flex.text_message(said, quick)]


def paid(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """The money arrived: the order in full, to be kept, with all that the law wants confirmed."""
    order = scene.order(facts["order_number"])
    amount = speaker.amount(order.captured or order.total, order.currency)
    lead_days = max((line.lead_days for line in order.lines), default=0)
    what_next = speaker.say("paid.next_days", days=lead_days) if lead_days else speaker.say("paid.next")
    card = flex.bubble(
        flex.heading(
            speaker.say("paid.title"),
            above=scene.shop.name,
            below=speaker.say("order.number", order=order.order_number),
        ),
        flex.body(
            flex.notice(what_next, color=flex.BRAND, tint=flex.TINT),
            *order_lines(order, scene, speaker),
            flex.separator(),
            *sums(order, speaker),
            *terms.delivery_facts(order, scene.delivery(order.order_number), speaker),
            flex.separator(),
            *terms.returns(order.lines, order.language, scene.catalogue(), speaker),
            terms.seller(scene.shop, speaker),
            flex.quiet(speaker.say("paid.commands")),
        ),
        flex.footer(
            flex.button(taps.of_order(speaker, "status", order.order_number), primary=True),
            flex.button(taps.plain(speaker, "person")),
        ),
    )
    return [flex.flex_message(speaker.say("paid.summary", order=order.order_number, amount=amount), card)]


def refunded(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    order = scene.order(facts["order_number"])
    left = int(facts.get("left") or 0)
    topic = "refunded_partly" if left > 0 else "refunded"
    buttons = [taps.of_order(speaker, "status", order.order_number), taps.plain(speaker, "person")]
    amount = speaker.amount(int(facts["amount"]), order.currency)
    left_said = speaker.amount(left, order.currency)
    return _short_card(topic, order, scene, speaker, buttons, color=flex.BRAND, amount=amount, left=left_said)


def refund_pending(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    order = scene.order(facts["order_number"])
    buttons = [taps.of_order(speaker, "status", order.order_number), taps.plain(speaker, "person")]
    amount = speaker.amount(int(facts["amount"]), order.currency)
    return _short_card("refund_pending", order, scene, speaker, buttons, color=flex.BRAND, amount=amount)
