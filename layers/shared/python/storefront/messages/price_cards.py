"""What is taken off, and what is said about coupons: lines of the cards that show sums, and answers to a code."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from storefront.domain.coupon import CouponRefusal
from storefront.domain.money import Currency
from storefront.domain.quote import Discount, DiscountKind
from storefront.messages import flex, taps
from storefront.messages.flex import Node
from storefront.messages.greetings import example_order
from storefront.messages.product_facts import SHOP_CURRENCY
from storefront.messages.scene import Scene
from storefront.messages.speaker import Speaker

NEAR: Final = timedelta(days=180)
"""Days nearer than this need no year."""

type Facts = Mapping[str, str]


def reductions(discounts: Sequence[Discount], currency: Currency, speaker: Speaker) -> list[Node]:
    """One row for each thing that is taken off: `折扣碼 TEA100  -NT$100`."""
    rows = [
        flex.row(name_of(discount, currency, speaker), speaker.amount(-discount.amount, currency))
        for discount in discounts
    ]
    if any(discount.capped for discount in discounts):
        rows.append(flex.quiet(speaker.say("reduction.capped"), align="end"))
    return rows


def name_of(discount: Discount, currency: Currency, speaker: Speaker) -> str:
    match discount.kind:
        case DiscountKind.COUPON:
            return speaker.say("reduction.coupon", code=discount.code)
        case DiscountKind.ORDER_TIER:
            reached = int(discount.code.removeprefix("from-"))
            return speaker.say("reduction.order_tier", amount=speaker.amount(reached, currency))
        case _:
            return speaker.say(f"reduction.{discount.kind}")


def last_moment(until: datetime, now: datetime, speaker: Speaker) -> str:
    """The last minute before `until`: what ends with a day ends at 23:59, as people say it. Far off, its day."""
    last = until - timedelta(minutes=1)
    return speaker.moment(last) if abs(last - now) < NEAR else speaker.dated(last)


def coupon_left_out(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """On a quote: why its code takes nothing off, and that nothing has been ordered."""
    if "coupon_refusal" not in facts:
        return []
    said = f"{_why_not(facts, scene, speaker)}\n{speaker.say('coupon.without')}"
    return [flex.notice(said)]


def coupon_refused(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """A code that takes nothing off; whatever was quoted stays."""
    said = f"{_why_not(facts, scene, speaker)}\n{speaker.say('coupon.unchanged')}"
    return [flex.text_message(said, taps.menu(speaker))]


def coupon_noted(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """A good code before there is anything to take it off."""
    said = speaker.say("coupon.noted", code=facts["coupon"], example=example_order(scene, speaker))
    return [flex.text_message(said, taps.menu(speaker))]


def _why_not(facts: Facts, scene: Scene, speaker: Speaker) -> str:
    code, value = flex.one_line(facts["coupon"], 30), facts.get("coupon_value", "")
    refusal = CouponRefusal(facts["coupon_refusal"])
    match refusal:
        case CouponRefusal.NOT_YET:
            return speaker.say("coupon.not_yet", code=code, day=speaker.moment(datetime.fromisoformat(value)))
        case CouponRefusal.OVER:
            ended = last_moment(datetime.fromisoformat(value), scene.now, speaker)
            return speaker.say("coupon.over", code=code, day=ended)
        case CouponRefusal.LEAST_TOTAL:
            amount = speaker.amount(int(value), SHOP_CURRENCY)
            return speaker.say("coupon.least_total", code=code, amount=amount)
        case _:
            return speaker.say(f"coupon.{refusal}", code=code)
