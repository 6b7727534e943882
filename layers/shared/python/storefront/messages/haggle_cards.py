"""Prices that are talked about: what was agreed on, who is asked, and what staff read and press in their own chats."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from storefront.domain.approval import Approval, Effect
from storefront.domain.catalogue import Catalogue
from storefront.domain.quote import Quote, QuoteLine
from storefront.messages import flex, taps
from storefront.messages.flex import Node
from storefront.messages.greetings import example_order
from storefront.messages.product_facts import SHOP_CURRENCY
from storefront.messages.scene import Scene
from storefront.messages.speaker import Speaker

SUGGESTED_PERCENT: Final = (5, 8, 12)
"""What the buttons of a counter-offer take off the total; any number may be written instead."""

STAFF_SUGGESTS: Final = (1, 2, 3)
"""Quarters of the way from what was asked for to what stands, for staff's own counter-offer."""

_HAGGLED: Final = frozenset({"met", "countered", "approved", "offered"})

type Facts = Mapping[str, str]


def _named_quote(facts: Facts, scene: Scene) -> Quote:
    return scene.quote(facts["quote_id"], int(facts["quote_version"]))


# On the card of a quote ---------------------------------------------------------------------------


def agreement(facts: Facts, offered: Quote, catalogue: Catalogue, speaker: Speaker) -> list[Node]:
    """What haggling has come to: what is saved, whether it is the last word, what a few more units would make."""
    haggled, saved = facts.get("haggled", ""), int(facts.get("saved") or 0)
    found = []
    if haggled in _HAGGLED and saved > 0:
        said = speaker.say(f"haggled.{haggled}", saved=speaker.amount(saved, offered.currency))
        last = [speaker.say("haggled.last_word")] if facts.get("last_word") == "yes" else []
        found.append(flex.notice("\n".join([said, *last]), color=flex.BRAND, tint=flex.TINT))
    step = _step(facts, offered, catalogue, speaker)
    if step is not None:
        found.append(flex.text(speaker.say("haggled.step", **step), color=flex.ATTENTION, size="xs"))
    return found


def price_buttons(facts: Facts, offered: Quote, catalogue: Catalogue, speaker: Speaker) -> list[Node]:
    """More units for less, and a way to talk about the price; not where the shop has said its last word."""
    buttons = []
    step = _step(facts, offered, catalogue, speaker)
    if step is not None:
        more = taps.more(speaker, offered.quote_id, offered.quote_version, facts["step_sku"], **step)
        buttons.append(flex.button(more))
    if facts.get("last_word") != "yes" and any(_can_give(line, catalogue) for line in offered.lines):
        haggle = taps.of_quote(speaker, "haggle", offered.quote_id, offered.quote_version)
        buttons.append(flex.button(haggle))
    return buttons


def beside_quote(facts: Facts, offered: Quote, speaker: Speaker) -> list[Node]:
    """Behind the card: that somebody is asked, where the same message ordered and wished for less."""
    return [flex.text_message(_referred(facts, offered, speaker))] if "approval_id" in facts else []


def _can_give(line: QuoteLine, catalogue: Catalogue) -> bool:
    product = catalogue.products.get(line.sku)
    return product is not None and product.floor_price < line.unit_price


def _step(facts: Facts, offered: Quote, catalogue: Catalogue, speaker: Speaker) -> dict[str, str] | None:
    product = catalogue.products.get(facts.get("step_sku", ""))
    if product is None:
        return None
    return {
        "counted": speaker.counted(int(facts["step_more"]), product.unit),
        "unit": speaker.unit(product.unit),
        "price": speaker.amount(int(facts["step_price"]), offered.currency),
    }


# What customers hear ------------------------------------------------------------------------------


def price_asked(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """Which price would it be? Any number may be written; three totals are one tap away."""
    current = _named_quote(facts, scene)
    line = current.lines[0]
    said = speaker.say(
        "price_asked.text",
        unit=speaker.unit(line.unit),
        price=line.unit_price * 95 // 100,
        total=current.total * 95 // 100,
    )
    totals = [current.total * (100 - percent) // 100 for percent in SUGGESTED_PERCENT]
    offers = [
        taps.offer(
            speaker,
            current.quote_id,
            current.quote_version,
            total,
            speaker.amount(total, current.currency),
        )
        for total in totals
        if total > 0
    ]
    return [flex.text_message(said, [*offers, taps.plain(speaker, "person")])]


def price_first(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """A price is talked about once it is known what and how many."""
    product = scene.catalogue().find(facts.get("sku", ""))
    if product is None:
        said = speaker.say("price_first.text", example=example_order(scene, speaker))
        return [flex.text_message(said, taps.menu(speaker))]
    name = product.name(speaker.language)
    said = speaker.say("price_first.named", name=name, unit=speaker.unit(product.unit, 2))
    quantities = sorted({1, *product.packs.values(), *(tier.from_quantity for tier in product.tiers)})
    choices = [
        flex.relabelled(
            taps.order_of(speaker, product.sku, units, name, speaker.counted(units, product.unit)),
            speaker.counted_with_pack(units, product, product.unit),
        )
        for units in quantities[:8]
    ]
    return [flex.text_message(said, choices)]


def price_which(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """A price for one, and several products it may be for."""
    amount = int(facts["amount"])
    found = [scene.catalogue().find(sku) for sku in facts["skus"].split(",")]
    choices = [
        flex.relabelled(
            flex.said_as(
                speaker.say(
                    "price_which.said",
                    name=product.name(speaker.language),
                    unit=speaker.unit(product.unit),
                    amount=amount,
                )
            ),
            product.name(speaker.language),
        )
        for product in found
        if product is not None
    ]
    said = speaker.say("price_which.text", amount=speaker.amount(amount, SHOP_CURRENCY))
    return [flex.text_message(said, choices)]


def _standing(current: Quote, speaker: Speaker) -> dict[str, str]:
    return {
        "total": speaker.amount(current.total, current.currency),
        "until": speaker.moment(current.valid_until),
    }


def _said_of_quote(key: str, facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """A sentence about the quote that stands, and what can be done with it."""
    current = _named_quote(facts, scene)
    said = speaker.say(key, **_standing(current, speaker))
    change = taps.of_quote(speaker, "change", current.quote_id, current.quote_version)
    return [flex.text_message(said, [change, taps.plain(speaker, "person")])]


def price_already(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    return _said_of_quote("price_already.text", facts, scene, speaker)


def price_firm(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    return _said_of_quote("price_firm.text", facts, scene, speaker)


def price_delayed(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    return _said_of_quote("price_delayed.text", facts, scene, speaker)


def price_refused(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    return _said_of_quote("price_refused.text", facts, scene, speaker)


def price_referred(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """Somebody is looking, or will when the shop opens; the quote stands meanwhile."""
    current = _named_quote(facts, scene)
    change = taps.of_quote(speaker, "change", current.quote_id, current.quote_version)
    return [flex.text_message(_referred(facts, current, speaker), [change, taps.plain(speaker, "person")])]


def _referred(facts: Facts, current: Quote, speaker: Speaker) -> str:
    standing = _standing(current, speaker)
    if "opens_at" not in facts:
        return speaker.say("price_referred.text", **standing)
    opens = speaker.moment(datetime.fromisoformat(facts["opens_at"]))
    return speaker.say("price_referred.closed", opens=opens, **standing)


# What staff read and press ------------------------------------------------------------------------


def staff_approval(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """The question: which products at which prices, what is asked for, and the three answers."""
    approval = scene.approval(facts["approval_id"])
    quote = scene.quote(approval.quote_id, approval.quote_version)
    catalogue = scene.catalogue()
    reminder = facts.get("reminder") == "yes"
    title = speaker.say("staff_approval.reminder" if reminder else "staff_approval.title")
    asked = _amount(approval, approval.asked, catalogue, speaker)
    card = flex.bubble(
        flex.heading(
            title,
            above=scene.shop.name,
            below=speaker.say("staff_approval.until", until=speaker.moment(quote.valid_until)),
            color=flex.ATTENTION,
        ),
        flex.body(
            *(_in_question(approval, sku, quote, catalogue, speaker) for sku in approval.standing),
            flex.separator(),
            flex.row(
                speaker.say("staff_approval.standing"),
                _amount(approval, approval.standing, catalogue, speaker),
            ),
            flex.row(speaker.say("staff_approval.asked"), asked, bold=True, color=flex.ATTENTION),
            flex.row(
                speaker.say("staff_approval.total"),
                speaker.say(
                    "staff_approval.total_value",
                    standing=speaker.amount(approval.standing_total, quote.currency),
                    asked=speaker.amount(approval.asked_total, quote.currency),
                ),
            ),
            flex.quiet(speaker.say(f"staff_approval.reason.{approval.reason.value}")),
        ),
        flex.footer(
            flex.button(taps.of_approval(speaker, "approval_ok", approval.approval_id, asked), primary=True),
            flex.horizontal(
                flex.button(taps.of_approval(speaker, "approval_counter", approval.approval_id)),
                flex.button(taps.of_approval(speaker, "approval_no", approval.approval_id)),
            ),
        ),
    )
    return [flex.flex_message(speaker.say("staff_approval.summary", title=title, asked=asked), card)]


def _in_question(approval: Approval, sku: str, quote: Quote, catalogue: Catalogue, speaker: Speaker) -> Node:
    """One product: how many, what it costs, what is asked, and the floor under which a name has to stand."""
    line = next(line for line in quote.lines if line.sku == sku)
    product = catalogue.products.get(sku)
    counted = speaker.counted_with_pack(approval.quantities[sku], product, line.unit)
    price = speaker.say(
        "staff_approval.line",
        standing=speaker.amount(approval.standing[sku], quote.currency),
        asked=speaker.amount(approval.asked.get(sku, approval.standing[sku]), quote.currency),
        floor=speaker.amount(product.floor_price if product else 0, quote.currency),
    )
    return flex.vertical(
        flex.text(
            speaker.say(
                "form.named_count", name=speaker.line_name(line, quote.language, catalogue), counted=counted
            ),
            weight="bold",
        ),
        flex.quiet(price),
        spacing="xs",
    )


def _amount(approval: Approval, prices: Mapping[str, int], catalogue: Catalogue, speaker: Speaker) -> str:
    """What is talked about: the price of one unit where one product is in question, else of all."""
    if len(approval.standing) > 1:
        return speaker.amount(approval.total_at(prices), SHOP_CURRENCY)
    ((sku, standing),) = approval.standing.items()
    product = catalogue.products.get(sku)
    price = speaker.amount(prices.get(sku, standing), SHOP_CURRENCY)
    return speaker.say(
        "staff_approval.each", price=price, unit=speaker.unit(product.unit if product else "piece")
    )


def staff_answer(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """What a member of staff hears: which price to write, why it cannot be, what was decided and what came of it."""
    said = facts["said"]
    if said == "unknown":
        return [flex.text_message(speaker.say("staff_answer.unknown"))]
    approval, catalogue = scene.approval(facts["approval_id"]), scene.catalogue()
    match said:
        case "own":
            return [flex.text_message(speaker.say("staff_answer.own"))]
        case "price_wanted" | "price_wrong":
            standing = _amount(approval, approval.standing, catalogue, speaker)
            words = speaker.say(f"staff_answer.{said}", standing=standing)
            return [flex.text_message(words, _suggested(approval, speaker))]
        case _:
            return [flex.text_message(_decided(approval, scene, speaker))]


def _suggested(approval: Approval, speaker: Speaker) -> list[Node]:
    """Prices between what was asked for and what stands."""
    if len(approval.standing) == 1:
        (sku,) = approval.standing
        low, high = approval.asked.get(sku, 1), approval.standing[sku]
    else:
        low, high = approval.asked_total, approval.standing_total
    amounts = dict.fromkeys(low + (high - low) * quarters // 4 for quarters in STAFF_SUGGESTS)
    return [
        taps.approval_price(speaker, approval.approval_id, amount, speaker.amount(amount, SHOP_CURRENCY))
        for amount in amounts
        if low < amount < high
    ]


def _decided(approval: Approval, scene: Scene, speaker: Speaker) -> str:
    """What was decided, by whom and when, and what came of it."""
    me = scene.conversation().customer_id
    by = approval.decided_by or ""
    source, outside, name = by.partition(":")
    if by == me:
        who = speaker.say("staff_answer.you")
    else:
        who = (name or source) if outside else speaker.say("staff_answer.colleague")
    decision = speaker.say(
        f"staff_answer.state.{approval.state.value}",
        price=_amount(approval, approval.granted, scene.catalogue(), speaker),
    )
    when = speaker.moment(approval.decided_at) if approval.decided_at else ""
    effect = approval.effect or Effect.LAPSED
    came_of_it = "pending" if approval.effect is None else effect.value
    quote = scene.quote(approval.quote_id, approval.quote_version)
    about = [
        speaker.say(
            "form.named_count",
            name=speaker.line_name(line, quote.language, scene.catalogue()),
            counted=speaker.counted(approval.quantities[line.sku], line.unit),
        )
        for line in quote.lines
        if line.sku in approval.standing
    ]
    return "\n".join(
        (
            speaker.listed(about),
            speaker.say("staff_answer.decided", decision=decision, who=flex.one_line(who, 60), when=when),
            speaker.say(f"staff_answer.effect.{came_of_it}"),
        )
    )
