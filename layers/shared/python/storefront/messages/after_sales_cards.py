"""After delivery: scores and comments, returns and exchanges, reports of a problem; and what staff see of them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from storefront.domain.after_sales import Problem, ReturnReason, Verdict, Wants, may_go_back, returnable
from storefront.domain.order import Order
from storefront.domain.quote import QuoteLine
from storefront.language.after_sales import AfterSale
from storefront.language.postbacks import encode
from storefront.messages import flex, taps
from storefront.messages.flex import Node
from storefront.messages.product_cards import opens
from storefront.messages.scene import Scene
from storefront.messages.speaker import TAIPEI, Speaker

LINES_MOST: Final = 8
"""Lines that can be chosen by button; more are a person's."""

REPORTABLE: Final = frozenset({Verdict.NOT_RECEIVED, Verdict.NOTHING, Verdict.TOO_LATE})

type Facts = Mapping[str, str]


# Scores and comments --------------------------------------------------------------------------------


def satisfaction_thanks(facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    """Thanks for a score, and the question why; a low one offers a person. A score that stays says so."""
    number = facts["order_number"]
    if facts.get("kept") == "yes":
        label = speaker.say(f"tap.rate.label{facts['score']}")
        said = speaker.say("satisfaction_thanks.kept", label=label)
        return [flex.text_message(said, [taps.plain(speaker, "person")])]
    if int(facts["score"]) <= 2:
        quick = [taps.of_order(speaker, "problem", number), taps.plain(speaker, "person")]
        return [flex.text_message(speaker.say("satisfaction_thanks.low"), quick)]
    quick = [taps.plain(speaker, "no_comment"), taps.plain(speaker, "catalogue")]
    return [flex.text_message(speaker.say("satisfaction_thanks.high"), quick)]


def comment_noted(facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    said = speaker.say("comment_noted.text" if facts["comment"] == "yes" else "comment_noted.none")
    return [flex.text_message(said, [taps.plain(speaker, "catalogue"), taps.plain(speaker, "orders")])]


# Which order ----------------------------------------------------------------------------------------


def which_order(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """One button for each order that may be meant; its number is what the customer knows it by."""
    about = AfterSale(facts["about"])
    verb = encode_return if about is AfterSale.RETURN else encode_problem
    quick = [
        flex.postback(number, verb(number, about), speaker.say("tap.chosen_order.said", order=number))
        for number in facts["orders"].split(",")
    ]
    kind = "return" if about is AfterSale.RETURN else "problem"
    lines = [
        speaker.say(
            "which_order.line",
            order=number,
            day=speaker.day(scene.order(number).created_at.astimezone(TAIPEI).date()),
            name=_names(scene.order(number), scene, speaker),
        )
        for number in facts["orders"].split(",")
    ]
    said = "\n".join([speaker.say(f"which_order.{kind}"), *lines])
    return [flex.text_message(said, [*quick, taps.plain(speaker, "person")])]


def encode_return(order_number: str, _about: AfterSale) -> str:
    return encode("return", o=order_number)


def encode_problem(order_number: str, about: AfterSale) -> str:
    return encode("problem_of", o=order_number, k=about.value)


def _names(order: Order, scene: Scene, speaker: Speaker) -> str:
    names = [speaker.line_name(line, order.language, scene.catalogue()) for line in order.lines[:2]]
    return flex.clamped(speaker.listed(names), 60)


# Returns and exchanges ------------------------------------------------------------------------------


def return_items(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """What goes back, chosen line by line; once something is chosen, money or other goods."""
    order = scene.order(facts["order_number"])
    chosen = _places(facts)
    rows = [
        flex.row(_mark(place, line, chosen, speaker), _named(line, order, scene, speaker))
        for place, line in enumerate(order.lines)
    ]
    left_out = [line for line in order.lines if not may_go_back(line)]
    card = flex.bubble(
        flex.heading(
            speaker.say("return_items.title"),
            above=scene.shop.name,
            below=speaker.say("order.number", order=order.order_number),
        ),
        flex.body(
            flex.text(speaker.say("return_items.text", day=_last_day(facts, speaker)), size="md"),
            *rows,
            *([flex.quiet(speaker.say("return_items.left_out"))] if left_out else []),
            spacing="sm",
        ),
        flex.footer(
            *(
                flex.button(tap, primary=bool(chosen) and place < 2)
                for place, tap in enumerate(_choices(order, chosen, scene, speaker))
            )
        ),
    )
    summary = speaker.say("return_items.summary", order=order.order_number)
    return [flex.flex_message(summary, card, [taps.plain(speaker, "person")])]


def _choices(order: Order, chosen: tuple[int, ...], scene: Scene, speaker: Speaker) -> list[Node]:
    """The way on first, then each line that may be put in or out."""
    may_go = list(returnable(order))
    onward = [
        _tap(speaker, f"return_{wants}", encode("return_why", **_carried(order, chosen), w=wants.value))
        for wants in Wants
        if chosen
    ]
    if len(may_go) == 1:
        return onward
    everything = tuple(may_go) != chosen
    whole = _tap(speaker, "return_all", encode("return_items", **_carried(order, tuple(may_go))))
    toggles = [_toggle(order, place, chosen, scene, speaker) for place in may_go[:LINES_MOST]]
    return [*onward, *([whole] if everything else []), *toggles]


def _toggle(order: Order, place: int, chosen: tuple[int, ...], scene: Scene, speaker: Speaker) -> Node:
    name = speaker.line_name(order.lines[place], order.language, scene.catalogue())
    after = tuple(sorted({*chosen} ^ {place}))
    worded = "return_without" if place in chosen else "return_with"
    data = (
        encode("return_items", **_carried(order, after)) if after else encode("return", o=order.order_number)
    )
    return _tap(speaker, worded, data, name=flex.clamped(name, 14))


def _carried(order: Order, chosen: tuple[int, ...]) -> dict[str, str]:
    return {"o": order.order_number, "i": ",".join(map(str, chosen))}


def _mark(place: int, line: QuoteLine, chosen: tuple[int, ...], speaker: Speaker) -> str:
    if not may_go_back(line):
        return speaker.say("return_items.cannot")
    return speaker.say("return_items.chosen" if place in chosen else "return_items.open")


def _named(line: QuoteLine, order: Order, scene: Scene, speaker: Speaker) -> str:
    return speaker.say(
        "form.named_count",
        name=speaker.line_name(line, order.language, scene.catalogue()),
        counted=speaker.counted(line.quantity, line.unit),
    )


def return_reason(facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    """Why, by quick reply; nobody has to have a reason."""
    quick = [
        _tap(
            speaker,
            f"reason_{reason}",
            encode(
                "return_send", o=facts["order_number"], i=facts["items"], w=facts["wants"], r=reason.value
            ),
        )
        for reason in ReturnReason
    ]
    return [flex.text_message(speaker.say(f"return_reason.{Wants(facts['wants'])}"), quick)]


def return_refused(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """A kind no with why, and what can be done instead."""
    verdict, number = Verdict(facts["verdict"]), facts["order_number"]
    said = speaker.say(
        f"return_refused.{verdict}",
        order=number,
        day=_last_day(facts, speaker),
        days=scene.shop.return_days,
    )
    quick = [
        *([taps.of_order(speaker, "problem", number)] if verdict in REPORTABLE else []),
        taps.plain(speaker, "person"),
        taps.of_order(speaker, "status", number),
    ]
    return [flex.text_message(said, quick)]


def return_taken(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """What was asked for, and what happens next."""
    order = scene.order(facts["order_number"])
    names = [_named(order.lines[place], order, scene, speaker) for place in _places(facts)]
    wants = Wants(facts["wants"])
    said = [
        speaker.say(f"return_taken.{wants}", order=order.order_number, names=speaker.listed(names)),
        speaker.say(f"return_taken.next_{_way_back(order, wants)}"),
        *opens(facts, speaker),
        speaker.say("return_taken.photo"),
    ]
    quick = [taps.of_order(speaker, "status", order.order_number), taps.plain(speaker, "person")]
    return [flex.text_message("\n".join(said), quick)]


def _way_back(order: Order, wants: Wants) -> str:
    """How it goes on: money goes back the way it came, which is not ours for what was placed elsewhere."""
    return "elsewhere" if order.placed_elsewhere and wants is Wants.REFUND else wants.value


def _places(facts: Facts) -> tuple[int, ...]:
    return tuple(int(place) for place in facts.get("items", "").split(",") if place)


def _last_day(facts: Facts, speaker: Speaker) -> str:
    """The last day on which goods may be sent back, in Taiwan."""
    if "ends" not in facts:
        return ""
    ends = datetime.fromisoformat(facts["ends"]).astimezone(TAIPEI)
    return speaker.day((ends - timedelta(seconds=1)).date())


# Problems -------------------------------------------------------------------------------------------


def problem_taken(facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    """Sorry, who looks at it, and how a photo helps."""
    number = facts["order_number"]
    said = [
        speaker.say("problem_taken.text", order=number),
        *opens(facts, speaker),
        speaker.say("problem_taken.with_photo" if facts["photo"] == "yes" else "problem_taken.photo"),
    ]
    quick = [taps.of_order(speaker, "status", number), taps.plain(speaker, "person")]
    return [flex.text_message("\n".join(said), quick)]


def photo_taken(facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    number = facts["order_number"]
    quick = [taps.of_order(speaker, "status", number), taps.plain(speaker, "person")]
    return [flex.text_message(speaker.say("photo_taken.text", order=number), quick)]


# The staff ------------------------------------------------------------------------------------------


def staff_rows(facts: Facts, scene: Scene, speaker: Speaker) -> list[tuple[str, str]]:
    """What staff see of a request, a report or a score, besides the order."""
    rows: list[tuple[str, str]] = []
    if "score" in facts:
        rows.append(("score", speaker.say(f"tap.rate.label{facts['score']}")))
    if "problem" in facts:
        rows.append(("problem", speaker.say(f"problem.{Problem(facts['problem'])}")))
    if "wants" in facts:
        wants = speaker.say(f"tap.return_{Wants(facts['wants'])}.label")
        reason = speaker.say(f"tap.reason_{ReturnReason(facts['reason'])}.label")
        catalogue = scene.catalogue()
        items = [each.split(":") for each in facts["items"].split(",")]
        named = [
            speaker.say(
                "staff_customer.pieces",
                name=catalogue.products[sku].name(speaker.language) if sku in catalogue.products else sku,
                count=count,
            )
            for sku, count in items
        ]
        rows += [("wants", wants), ("items", flex.clamped("\n".join(named), 300)), ("reason", reason)]
    return rows


def _tap(speaker: Speaker, wording: str, data: str, **values: str) -> Node:
    return flex.postback(
        speaker.say(f"tap.{wording}.label", **values), data, speaker.say(f"tap.{wording}.said", **values)
    )
