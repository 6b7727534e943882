"""Shipping notices: one card for each milestone and each exception of a parcel, in one message object."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from storefront.domain.order import DeliveryMethod, Order
from storefront.domain.shipment import RECEIVED, Parcel, ShipmentEvent, ShipmentStatus, StoreStop
from storefront.messages import flex, taps
from storefront.messages.carriers import carrier_called, tracking_address
from storefront.messages.flex import Node
from storefront.messages.scene import Scene
from storefront.messages.speaker import Speaker

type Facts = Mapping[str, str]

_S = ShipmentStatus

ICONS: Final = {
    _S.PREPARING: "📦",
    _S.LABEL_CREATED: "🏷️",
    _S.SHIPPED: "🚚",
    _S.OUT_FOR_DELIVERY: "🛵",
    _S.READY_FOR_PICKUP: "🏪",
    _S.PICKUP_REMINDER: "⏰",
    _S.DELIVERY_ATTEMPTED: "🔔",
    _S.STORE_CLOSED: "⚠️",
    _S.DELAYED: "⚠️",
    _S.DELIVERED: "✅",
    _S.PICKED_UP: "✅",
    _S.RETURNING: "↩️",
    _S.RETURNED: "↩️",
    _S.LOST: "⚠️",
}
TROUBLE: Final = frozenset(
    {
        _S.PICKUP_REMINDER,
        _S.DELIVERY_ATTEMPTED,
        _S.STORE_CLOSED,
        _S.DELAYED,
        _S.RETURNING,
        _S.RETURNED,
        _S.LOST,
    }
)
WAITS_IN_STORE: Final = frozenset({_S.READY_FOR_PICKUP, _S.PICKUP_REMINDER, _S.STORE_CLOSED})
CHILLED_NEWS: Final = {
    _S.SHIPPED: "arriving",
    _S.OUT_FOR_DELIVERY: "arriving",
    _S.DELIVERED: "arrived",
    _S.DELIVERY_ATTEMPTED: "waiting",
}
"""What has to be said of a parcel that must stay cold."""
MOVING: Final = frozenset(_S) - RECEIVED - {_S.RETURNED, _S.LOST}


@dataclass(frozen=True)
class _News:
    """One milestone or exception of one parcel, which a look-up that lags behind may not hold yet."""

    order: Order
    status: ShipmentStatus
    parcels: Sequence[Parcel]
    parcel: Parcel | None
    event: ShipmentEvent | None
    speaker: Speaker
    more_to_come: bool

    @classmethod
    def of(cls, facts: Facts, scene: Scene, speaker: Speaker) -> "_News":
        order = scene.order(facts["order_number"])
        status = ShipmentStatus(facts["status"])
        parcels = scene.parcels(order.order_number)
        parcel = next((each for each in parcels if each.shipment_id == facts["shipment_id"]), None)
        events = reversed(parcel.events) if parcel is not None else ()
        event = next((each for each in events if each.status is status), None)
        return cls(order, status, parcels, parcel, event, speaker, facts.get("more") == "yes")

    @property
    def word(self) -> str:
        return self.speaker.say(f"shipment.{self.status}.word")

    @property
    def store(self) -> StoreStop | None:
        """Where the parcel waits or was taken, if that is what the news is about."""
        if self.status not in WAITS_IN_STORE | {_S.PICKED_UP}:
            return None
        if self.event is not None and self.event.store is not None:
            return self.event.store
        return self.parcel.store if self.parcel is not None else None

    @property
    def deadline(self) -> str | None:
        return deadline_of(self.store, self.speaker) if self.status in WAITS_IN_STORE else None


def shipment(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """What happened to a parcel, what to do next, and everything needed to do it."""
    news = _News.of(facts, scene, speaker)
    number = news.order.order_number
    card = flex.bubble(
        flex.heading(
            speaker.say("form.icon", icon=ICONS[news.status], text=news.word),
            above=scene.shop.name,
            below=speaker.say("order.number", order=number),
            color=flex.ATTENTION if news.status in TROUBLE else flex.BRAND,
        ),
        flex.body(
            flex.text(_what_now(news), size="md"),
            *_keep_cold(news, scene),
            *_store_facts(news),
            *(carrier_facts(news.parcel, speaker) if news.parcel else ()),
            *_how_to_follow(news),
            *_parcel_number(news),
            *_contents(news, scene),
            *_note(news.event),
        ),
        flex.footer(*(flex.button(tap, primary=place == 0) for place, tap in enumerate(_taps(news)))),
    )
    # Only the last parcel asks how it was; until then more is on its way.
    scores = (5, 4, 3, 2, 1) if news.status in RECEIVED and not news.more_to_come else ()
    quick = [taps.rate(speaker, number, score) for score in scores]
    return [flex.flex_message(_summary(news), card, quick)]


def deadline_of(store: StoreStop | None, speaker: Speaker) -> str | None:
    """Until when a parcel waits: as this customer reads it if it is ISO 8601, else as it was written."""
    if store is None or not store.deadline:
        return None
    return speaker.when_written(store.deadline.strip()) or flex.one_line(store.deadline, 40)


def _what_now(news: _News) -> str:
    if news.deadline is not None:
        return news.speaker.say(f"shipment.{news.status}.until", deadline=news.deadline)
    if news.status is _S.SHIPPED and news.order.delivery_method is DeliveryMethod.STORE:
        return news.speaker.say("shipment.shipped.to_store")
    if news.status in RECEIVED and news.more_to_come:
        return news.speaker.say(f"shipment.{news.status}.more")
    return news.speaker.say(f"shipment.{news.status}.text")


def _summary(news: _News) -> str:
    """The fact for the notification: `訂單 A7K3Q-9XM2T 已到店、府後門市、請於 11/30(一) 前取件`."""
    speaker, parcel = news.speaker, news.parcel
    parts = [speaker.say("shipment.summary", order=news.order.order_number, word=news.word)]
    if news.store is not None:
        parts.append(flex.one_line(news.store.name, 60))
    if news.deadline is not None:
        parts.append(speaker.say("shipment.deadline_value", deadline=news.deadline))
    if news.status is _S.SHIPPED and parcel is not None and parcel.tracking_number:
        number = flex.one_line(parcel.tracking_number, 60)
        parts.append(f"{carrier_name(parcel, speaker)} {number}".strip())
    return speaker.listed(parts)


def _store_facts(news: _News) -> list[Node]:
    store, speaker = news.store, news.speaker
    if store is None:
        return []
    facts = [flex.row(speaker.say("shipment.store"), flex.one_line(store.name, 60), bold=True)]
    if store.address:
        facts.append(flex.row(speaker.say("shipment.store_address"), flex.one_line(store.address, 120)))
    if news.deadline is not None:
        facts.append(deadline_row(news.deadline, speaker))
    return facts


def deadline_row(deadline: str, speaker: Speaker) -> Node:
    value = speaker.say("shipment.deadline_value", deadline=deadline)
    return flex.row(speaker.say("shipment.deadline"), value, bold=True, color=flex.ATTENTION)


def carrier_name(parcel: Parcel, speaker: Speaker) -> str:
    """The carrier as the customer calls it; one that the table does not know keeps the back office's word."""
    if not parcel.carrier:
        return ""
    known = carrier_called(parcel.carrier)
    return known.name(speaker.language) if known else flex.one_line(parcel.carrier, 40)


def carrier_facts(parcel: Parcel, speaker: Speaker) -> list[Node]:
    """Who carries a parcel, and its tracking number."""
    facts = []
    name = carrier_name(parcel, speaker)
    if name:
        facts.append(flex.row(speaker.say("shipment.carrier"), name))
    if parcel.tracking_number:
        number = flex.one_line(parcel.tracking_number, 60)
        facts.append(flex.row(speaker.say("shipment.tracking_number"), number, bold=True))
    return facts


def tracking_taps(parcel: Parcel, speaker: Speaker) -> list[Node]:
    """Follow the parcel, or copy its number and open the page where it has to be typed."""
    made = []
    address = tracking_address(parcel.carrier, parcel.tracking_number, parcel.tracking_url)
    if address is not None:
        key = "tap.track.label" if address[1] else "tap.track_page.label"
        made.append(flex.link(speaker.say(key), address[0]))
    if parcel.tracking_number:
        made.append(
            flex.copied(speaker.say("tap.copy_number.label"), flex.one_line(parcel.tracking_number, 60))
        )
    return made


def _how_to_follow(news: _News) -> list[Node]:
    """What to do on the carrier's page, where the button cannot lead to the parcel itself."""
    parcel = news.parcel
    if parcel is None or news.status not in MOVING or not parcel.carrier or not parcel.tracking_number:
        return []
    address = tracking_address(parcel.carrier, parcel.tracking_number, parcel.tracking_url)
    carrier = carrier_called(parcel.carrier)
    if address is None or address[1] or carrier is None or not carrier.help:
        return []
    return [flex.quiet(carrier.help[news.speaker.language])]


def _parcel_number(news: _News) -> list[Node]:
    """`第 1 個包裹，共 2 個`, when there is more than one."""
    if news.parcel is None or len(news.parcels) < 2:
        return []
    known = sorted(each.shipment_id for each in news.parcels)
    number = known.index(news.parcel.shipment_id) + 1
    return [flex.quiet(news.speaker.say("shipment.parcel_of", number=number, count=len(known)))]


def _keep_cold(news: _News, scene: Scene) -> list[Node]:
    word = CHILLED_NEWS.get(news.status)
    if word is None or not scene.shop.sends_chilled(news.order.lines):
        return []
    return [flex.text(news.speaker.say(f"shipment.chilled.{word}"), color=flex.ATTENTION)]


def _contents(news: _News, scene: Scene) -> list[Node]:
    """What is in this parcel, if the back office said so."""
    packed = news.parcel.items if news.parcel is not None else {}
    lines = [line for line in news.order.lines if packed.get(line.sku, 0) > 0]
    if not lines:
        return []
    speaker, catalogue = news.speaker, scene.catalogue()
    named = [
        speaker.say(
            "form.named_count",
            name=speaker.line_name(line, news.order.language, catalogue),
            counted=speaker.counted(packed[line.sku], line.unit),
        )
        for line in lines
    ]
    return [flex.row(speaker.say("shipment.contents"), speaker.listed(named))]


def _note(event: ShipmentEvent | None) -> list[Node]:
    return [flex.quiet(flex.one_line(event.note, 200))] if event is not None and event.note else []


def _taps(news: _News) -> list[Node]:
    """Follow the parcel while it moves; then the order, and what helps with this news."""
    speaker, number = news.speaker, news.order.order_number
    parcel = news.parcel if news.status in MOVING else None
    made = tracking_taps(parcel, speaker) if parcel is not None else []
    made.append(taps.of_order(speaker, "status", number))
    if news.status in RECEIVED:
        made.append(taps.of_order(speaker, "reorder", number))
    if news.status in TROUBLE:
        made.append(taps.plain(speaker, "person"))
    return made
