"""Orders as the customer looks them up: the list, and one order's way so far and what comes next."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from storefront.domain.after_sales import Verdict, verdict_of
from storefront.domain.order import DeliveryMethod, Order
from storefront.domain.shipment import AT_A_STORE, Parcel
from storefront.domain.silence import last_news_at
from storefront.messages import flex, taps, terms
from storefront.messages.flex import Node
from storefront.messages.product_facts import labelled
from storefront.messages.scene import Scene
from storefront.messages.shipment_cards import ICONS as PARCEL_ICONS
from storefront.messages.shipment_cards import carrier_facts, deadline_of, deadline_row, tracking_taps
from storefront.messages.speaker import TAIPEI, Speaker
from storefront.messages.standing import ENDED, HERE, ICONS, UNPAID, Standing, colour_of, standing_of

ORDERS_MOST: Final = 10
LINES_MOST: Final = 6
PARCELS_MOST: Final = 4
STEPS_MOST: Final = 8
STEPS_OF_SEVERAL: Final = 3

type Facts = Mapping[str, str]


def _word(standing: Standing, speaker: Speaker) -> str:
    return speaker.say("form.icon", icon=ICONS[standing], text=speaker.say(f"standing.{standing}.word"))


def orders(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """The latest orders, newest first."""
    recent = sorted(scene.recent_orders(), key=lambda order: order.created_at, reverse=True)[:ORDERS_MOST]
    if not recent:
        return no_orders(facts, scene, speaker)
    cards = flex.carousel([_order_card(order, scene, speaker) for order in recent])
    latest = recent[0]
    standing = standing_of(latest, scene.parcels(latest.order_number))
    summary = speaker.say(
        "orders.summary",
        count=len(recent),
        order=latest.order_number,
        word=speaker.say(f"standing.{standing}.word"),
    )
    return [
        flex.flex_message(summary, cards, [taps.plain(speaker, "catalogue"), taps.plain(speaker, "person")])
    ]


def _order_card(order: Order, scene: Scene, speaker: Speaker) -> Node:
    standing = standing_of(order, scene.parcels(order.order_number))
    return flex.bubble(
        flex.heading(
            order.order_number,
            above=speaker.dated(order.created_at),
            below=_word(standing, speaker),
            color=colour_of(standing),
        ),
        flex.body(
            *_lines(order, scene, speaker, 3),
            flex.total(
                speaker.say("quote.total"),
                speaker.amount(order.total, order.currency),
                speaker.say("order_status.elsewhere") if order.placed_elsewhere else "",
            ),
        ),
        flex.footer(flex.button(taps.of_order(speaker, "status", order.order_number))),
        size="kilo",
    )


def _lines(order: Order, scene: Scene, speaker: Speaker, most: int) -> list[Node]:
    catalogue = scene.catalogue()
    shown = [
        flex.text(
            speaker.say(
                "form.named_count",
                name=speaker.line_name(line, order.language, catalogue),
                counted=speaker.counted(line.quantity, line.unit),
            )
        )
        for line in order.lines[:most]
    ]
    left = len(order.lines) - most
    return [*shown, flex.quiet(speaker.say("orders.more_lines", count=left))] if left > 0 else shown


def no_orders(_facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    quick = [taps.plain(speaker, "catalogue"), taps.plain(speaker, "link_order")]
    return [flex.text_message(speaker.say("no_orders.text"), quick)]


def order_unknown(_facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    """The same for a slip, an order that never was and one that is somebody else's; it names nothing (X4).

    What is most likely wrong is said to all of them: a hint for slips alone would tell numbers that exist from others.
    """
    quick = [taps.plain(speaker, "orders"), taps.plain(speaker, "link_order"), taps.plain(speaker, "person")]
    return [flex.text_message(speaker.say("order_unknown.text"), quick)]


# One order ----------------------------------------------------------------------------------------


def order_status(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """Everything that is known of one order at one moment, what comes next, and what can be done."""
    order = scene.order(facts["order_number"])
    parcels = sorted(scene.parcels(order.order_number), key=lambda parcel: parcel.shipment_id)
    standing = standing_of(order, parcels)
    as_of = speaker.say("order_status.as_of", time=_last_news(order, parcels, facts, speaker))
    word = speaker.say(f"standing.{standing}.word")
    card = flex.bubble(
        flex.heading(
            _word(standing, speaker),
            above=speaker.say("order_status.above", shop=scene.shop.name, as_of=as_of),
            below=speaker.say("order.number", order=order.order_number),
            color=colour_of(standing),
        ),
        flex.body(
            flex.text(_next(standing, order, parcels, speaker), size="md"),
            *_silence(facts, speaker),
            *_steps(order, _BEFORE_PARCELS, speaker),
            *_parcels(parcels, speaker),
            *_steps(order, _AFTER_PARCELS, speaker),
            flex.separator(),
            *_lines(order, scene, speaker, LINES_MOST),
            flex.total(
                speaker.say("quote.total"),
                speaker.amount(order.total, order.currency),
                _refund_line(order, speaker),
            ),
            *_origin(order, speaker),
            *terms.delivery_facts(order, scene.delivery(order.order_number), speaker),
            flex.quiet(speaker.say("order_status.commands")),
        ),
        flex.footer(
            *_buttons(order, standing, parcels, _after_delivery(order, facts, scene, speaker), speaker)
        ),
    )
    summary = speaker.say("order_status.summary", order=order.order_number, word=word, as_of=as_of)
    return [flex.flex_message(summary, card)]


def _origin(order: Order, speaker: Speaker) -> list[Node]:
    """That it was placed elsewhere, and by which number it is known there."""
    if order.origin is None:
        return []
    number = speaker.say("order_status.elsewhere_number", number=order.origin.number)
    return [flex.row(speaker.say("order_status.elsewhere"), number)]


def _last_news(order: Order, parcels: Sequence[Parcel], facts: Facts, speaker: Speaker) -> str:
    """When something was last heard; the time alone if that was on the day of the question."""
    asked, last = datetime.fromisoformat(facts["as_of"]), last_news_at(order, parcels)
    today = last.astimezone(TAIPEI).date() == asked.astimezone(TAIPEI).date()
    return speaker.clock(last) if today else speaker.moment(last)


def _silence(facts: Facts, speaker: Speaker) -> list[Node]:
    """That nothing has been heard for too long, and that somebody was asked."""
    if "silent_since" not in facts:
        return []
    since = speaker.moment(datetime.fromisoformat(facts["silent_since"]))
    return [flex.notice(speaker.say("order_status.silent", since=since))]


def _next(standing: Standing, order: Order, parcels: Sequence[Parcel], speaker: Speaker) -> str:
    """What happens now, who has to do something, and what comes next."""
    lead_days = max((line.lead_days for line in order.lines), default=0)
    name = "next"
    stop = next((parcel.store for parcel in parcels if parcel.status in AT_A_STORE and parcel.store), None)
    deadline = deadline_of(stop, speaker)
    if standing is Standing.READY_FOR_PICKUP and stop is not None:
        name = "next_until" if deadline is not None else "next_at"
    elif standing is Standing.SHIPPED and order.delivery_method is DeliveryMethod.STORE:
        name = "next_to_store"
    elif standing is Standing.PREPARING and lead_days > 0 and not any(each.has_left for each in parcels):
        name = "next_days"
    return speaker.say(
        f"standing.{standing}.{name}",
        until=speaker.moment(order.hold_until),
        days=lead_days,
        store=flex.one_line(stop.name, 60) if stop is not None else "",
        deadline=deadline or "",
    )


def _refund_line(order: Order, speaker: Speaker) -> str:
    if order.refunded == 0:
        return ""
    return speaker.say("order_status.refunded", amount=speaker.amount(order.refunded, order.currency))


_BEFORE_PARCELS: Final = frozenset({"ordered", "paid", "cancelled", "expired"})
_AFTER_PARCELS: Final = frozenset({"refunded"})


def _steps(order: Order, names: frozenset[str], speaker: Speaker) -> list[Node]:
    """The order's own steps of these names with their times."""
    taken = [("ordered", order.created_at), *((step.state.value, step.at) for step in order.history)]
    return [
        _step("●", speaker.say(f"order_status.step.{name}"), at, speaker)
        for name, at in taken
        if name in names
    ][:STEPS_MOST]


def _step(icon: str, said: str, at: datetime, speaker: Speaker) -> Node:
    return flex.horizontal(
        flex.vertical(flex.text(icon, color=flex.BRAND, align="center"), width="22px"),
        flex.text(said, flex=4),
        flex.quiet(speaker.moment(at), flex=4, align="end", gravity="center"),
        spacing="md",
    )


def _parcels(parcels: Sequence[Parcel], speaker: Speaker) -> list[Node]:
    """Each parcel: its number, its carrier, where it waits, and its latest steps."""
    told: list[Node] = []
    steps = STEPS_MOST if len(parcels) == 1 else STEPS_OF_SEVERAL
    for number, parcel in enumerate(parcels[:PARCELS_MOST], 1):
        if len(parcels) > 1:
            title = speaker.say("shipment.parcel_of", number=number, count=len(parcels))
            told += [flex.separator(), flex.text(title, weight="bold")]
        told += [
            _step(PARCEL_ICONS[event.status], speaker.say(f"shipment.{event.status}.word"), event.at, speaker)
            for event in parcel.events[-steps:]
        ]
        told += carrier_facts(parcel, speaker)
        if parcel.store is not None:
            told.append(flex.row(speaker.say("shipment.store"), flex.one_line(parcel.store.name, 60)))
            deadline = deadline_of(parcel.store, speaker)
            if deadline is not None and not parcel.is_final:
                told.append(deadline_row(deadline, speaker))
    if len(parcels) > PARCELS_MOST:
        told.append(flex.quiet(speaker.say("order_status.more_parcels", count=len(parcels) - PARCELS_MOST)))
    return told


def _after_delivery(order: Order, facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """What can be done with goods that have come: send them back in time, report them, read how they are used."""
    number, asked = order.order_number, datetime.fromisoformat(facts["as_of"])
    products = [scene.catalogue().find(line.sku) for line in order.lines]
    told = any(each is not None and labelled(each, "usage", speaker.language) for each in products)
    may_return = verdict_of(order, asked, scene.shop.return_days) is Verdict.OPEN
    return [
        *([taps.of_order(speaker, "return", number)] if may_return else []),
        taps.of_order(speaker, "problem", number),
        *([taps.of_order(speaker, "usage", number)] if told else []),
    ]


def _buttons(
    order: Order,
    standing: Standing,
    parcels: Sequence[Parcel],
    after_delivery: list[Node],
    speaker: Speaker,
) -> list[Node]:
    """What can be done with an order that stands here."""
    number = order.order_number
    taps_here: list[Node] = []
    if standing is Standing.AWAITING_DETAILS:
        taps_here.append(taps.of_order(speaker, "deliver_new", number, worded="deliver_first"))
    if standing is Standing.AWAITING_PAYMENT:
        taps_here.append(taps.of_order(speaker, "pay_again", number))
    if len(parcels) == 1 and not parcels[0].is_final:
        taps_here += tracking_taps(parcels[0], speaker)
    if standing in ENDED | HERE:
        taps_here.append(taps.of_order(speaker, "reorder", number))
    if standing in HERE:
        taps_here += after_delivery
    if standing is Standing.PREPARING and not order.labelled and not order.placed_elsewhere:
        taps_here.append(taps.of_order(speaker, "deliver_new", number, worded="deliver_change"))
    called_off = standing is Standing.PREPARING and not order.labelled and not parcels
    if standing in UNPAID or (called_off and not order.placed_elsewhere):
        taps_here.append(taps.of_order(speaker, "cancel", number))
    taps_here.append(taps.plain(speaker, "person"))
    return [
        flex.button(tap, primary=place == 0 and len(taps_here) > 1) for place, tap in enumerate(taps_here)
    ]
