"""Answers about the shop itself, from its own files: when it is open, where it is, how to pay, which invoices."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

from storefront.language.shop_questions import ShopQuestion
from storefront.messages import flex, taps
from storefront.messages.flex import Node
from storefront.messages.scene import Scene, Shop
from storefront.messages.speaker import Speaker

WEEK: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

type Facts = Mapping[str, str]


def shop_answer(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """Everything that was asked, in one text."""
    answers = [_answer(ShopQuestion(asked), scene.shop, speaker) for asked in facts["asks"].split(",")]
    quick = [taps.plain(speaker, "catalogue"), taps.plain(speaker, "person")]
    return [flex.text_message("\n\n".join(answers), quick)]


def _answer(asked: ShopQuestion, shop: Shop, speaker: Speaker) -> str:
    match asked:
        case ShopQuestion.HOURS:
            return speaker.say("shop_answer.hours", week="\n".join(week_lines(shop.weekly, speaker)))
        case ShopQuestion.PLACE:
            return speaker.say(
                "shop_answer.place",
                name=shop.legal_name,
                address=shop.address,
                phone=shop.phone,
                email=shop.email,
            )
        case ShopQuestion.PAYMENT:
            return speaker.say("shop_answer.payment")
        case ShopQuestion.INVOICE:
            return speaker.say("shop_answer.invoice")


def week_lines(weekly: Mapping[str, Sequence[str]], speaker: Speaker) -> list[str]:
    """`週一～週五 09:00–18:30`: neighbouring days that are alike share a line."""
    names = speaker.say("shop_answer.weekdays").split()
    lines = []
    for openings, group in groupby(range(len(WEEK)), key=lambda day: tuple(weekly.get(WEEK[day], ()))):
        days = list(group)
        first, last = names[days[0]], names[days[-1]]
        called = first if len(days) == 1 else speaker.say("shop_answer.days", first=first, last=last)
        times = speaker.listed([each.replace("-", "–") for each in openings])
        lines.append(
            speaker.say("shop_answer.line", days=called, times=times or speaker.say("shop_answer.closed"))
        )
    return lines
