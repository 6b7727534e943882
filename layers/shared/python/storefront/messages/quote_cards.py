"""The quote and everything around it: questions on the way to it, and what becomes of it without an order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from storefront.domain.catalogue import Catalogue, Product
from storefront.domain.money import included_tax
from storefront.domain.quote import DeclineReason, PriceReason, Quote, QuoteLine
from storefront.messages import flex, haggle_cards, price_cards, taps, terms, wished_days
from storefront.messages.flex import Node
from storefront.messages.greetings import example_order
from storefront.messages.product_facts import SHOP_CURRENCY
from storefront.messages.scene import Scene, Shop
from storefront.messages.speaker import Speaker

HINTS_MOST: Final = 3
CANDIDATES_MOST: Final = 12
REASONS: Final = frozenset({"zero", "negative", "fraction", "too_many", "approximate", "not_a_number"})
"""Why a quantity cannot be quoted, each with a sentence of its own."""

type Facts = Mapping[str, str]


def _named_quote(facts: Facts, scene: Scene) -> Quote:
    return scene.quote(facts["quote_id"], int(facts["quote_version"]))


@dataclass(frozen=True)
class Step:
    """What a line lacks to its next price tier, and what every unit would cost less."""

    missing: int
    saving: int
    product: Product
    line: QuoteLine

    @property
    def target(self) -> int:
        return self.line.quantity + self.missing

    @property
    def is_close(self) -> bool:
        """Whether it asks for no more than twice of what is quoted."""
        return self.missing <= self.line.quantity


# The quote ----------------------------------------------------------------------------------------


def quote(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """All that an inquiry leads to, in one card: lines, total, terms, and the button that makes the order."""
    offered = _named_quote(facts, scene)
    shop, catalogue = scene.shop, scene.catalogue()
    formal = is_formal(offered, shop)
    title = speaker.say("quote.title_formal" if formal else "quote.title")
    amount = speaker.amount(offered.total, offered.currency)
    until = speaker.moment(offered.valid_until)
    card = flex.bubble(
        flex.heading(title, above=shop.name, below=_validity(offered, speaker)),
        flex.body(
            *(_formal_facts(offered, shop, speaker) if formal else ()),
            *price_cards.coupon_left_out(facts, scene, speaker),
            *(_line(line, offered, catalogue, speaker) for line in offered.lines),
            *_reductions(offered, speaker),
            _total(offered, shop, speaker),
            *haggle_cards.agreement(facts, offered, catalogue, speaker),
            *_hints(offered, catalogue, speaker),
            flex.separator(),
            *_promises(offered, shop, speaker),
            *wished_days.gone(facts, speaker),
            *terms.returns(offered.lines, offered.language, catalogue, speaker),
            flex.quiet(speaker.say("quote.how_to_change")),
        ),
        flex.footer(
            flex.button(
                taps.accept(speaker, offered.quote_id, offered.quote_version, formal=formal),
                primary=True,
                height="md",
            ),
            *_up_to_next_tier(offered, catalogue, speaker),
            flex.button(wished_days.picker(offered, speaker)),
            *(flex.button(tap) for tap in (taps.page_of(speaker, offered, shop) if formal else ())),
            flex.horizontal(
                flex.button(taps.of_quote(speaker, "change", offered.quote_id, offered.quote_version)),
                flex.button(taps.plain(speaker, "person")),
            ),
            *haggle_cards.price_buttons(facts, offered, catalogue, speaker),
        ),
    )
    summary = speaker.say("quote.summary", title=title, amount=amount, until=until)
    return [flex.flex_message(summary, card), *haggle_cards.beside_quote(facts, offered, speaker)]


def is_formal(offered: Quote, shop: Shop) -> bool:
    """Whether a quote is one for a buyer's file: asked for as such, or large."""
    return offered.formal or offered.total >= shop.formal_quote_from


def _validity(offered: Quote, speaker: Speaker) -> str:
    """Until when the price stands, and whether the stock does."""
    key = "quote.valid_until_only" if _holds_nothing(offered) else "quote.valid_until"
    return speaker.say(key, until=speaker.moment(offered.valid_until))


def _holds_nothing(offered: Quote) -> bool:
    """Whether stock is taken on acceptance only."""
    return bool(offered.counted_lines) and not offered.held_lines


def _formal_facts(offered: Quote, shop: Shop, speaker: Speaker) -> Sequence[Node]:
    number = f"{offered.quote_id}-{offered.quote_version}"
    return (
        flex.row(speaker.say("quote.number"), number),
        flex.row(speaker.say("quote.date"), speaker.dated(offered.created_at)),
        terms.seller(shop, speaker),
        flex.separator(),
    )


def _line(line: QuoteLine, offered: Quote, catalogue: Catalogue, speaker: Speaker) -> Node:
    product = catalogue.products.get(line.sku)
    price = speaker.amount(line.unit_price, offered.currency)
    counted = speaker.counted_with_pack(line.quantity, product, line.unit)
    details = [flex.quiet(speaker.say("quote.line", price=price, counted=counted))]
    if line.unit_price < line.list_price:
        details.append(flex.text(_why_lower(line, offered, speaker), color=flex.BRAND, size="xs"))
    return flex.vertical(
        flex.horizontal(
            flex.text(speaker.line_name(line, offered.language, catalogue), weight="bold", flex=3),
            flex.text(
                speaker.amount(line.amount, offered.currency), weight="bold", flex=2, align="end", wrap=False
            ),
            spacing="md",
        ),
        *details,
        spacing="xs",
    )


def _why_lower(line: QuoteLine, offered: Quote, speaker: Speaker) -> str:
    """Why a line costs less than its list price: the quantity, an offer with its end, or what was agreed on."""
    list_price = speaker.amount(line.list_price, offered.currency)
    if line.offer is not None:
        until = price_cards.last_moment(line.offer.until, offered.created_at, speaker)
        return speaker.say(
            "quote.offer_price", offer=flex.one_line(line.offer.name, 60), until=until, list_price=list_price
        )
    if line.price_reason in {PriceReason.AGREED, PriceReason.APPROVED}:
        return speaker.say("quote.agreed_price", list_price=list_price)
    return speaker.say("quote.list_price", list_price=list_price)


def _reductions(offered: Quote, speaker: Speaker) -> list[Node]:
    """What is taken off the lines as a whole, if anything is."""
    if not offered.discounts:
        return []
    subtotal = flex.row(speaker.say("quote.subtotal"), speaker.amount(offered.subtotal, offered.currency))
    return [subtotal, *price_cards.reductions(offered.discounts, offered.currency, speaker)]


def _total(offered: Quote, shop: Shop, speaker: Speaker) -> Node:
    tax = speaker.amount(included_tax(offered.total), offered.currency)
    free = offered.total >= shop.free_shipping_from
    below = speaker.say("quote.tax_free_shipping" if free else "quote.tax_plus_shipping", tax=tax)
    return flex.total(speaker.say("quote.total"), speaker.amount(offered.total, offered.currency), below)


def _steps(offered: Quote, catalogue: Catalogue) -> list[Step]:
    """Next price tiers worth a word: of the lines that are close to theirs, else the closest one."""
    steps: list[Step] = []
    for line in offered.lines:
        product = catalogue.find(line.sku)
        tier = product.next_tier(line.quantity) if product else None
        if product is not None and tier is not None and tier.unit_price < line.unit_price:
            saving = line.unit_price - tier.unit_price
            steps.append(Step(tier.from_quantity - line.quantity, saving, product, line))
    steps.sort(key=lambda step: step.missing)
    return [step for step in steps if step.is_close][:HINTS_MOST] or steps[:1]


def _hints(offered: Quote, catalogue: Catalogue, speaker: Speaker) -> list[Node]:
    """What a few more units would save."""
    return [
        flex.text(
            speaker.say(
                "quote.next_tier",
                name=speaker.line_name(step.line, offered.language, catalogue),
                counted=speaker.counted(step.missing, step.product.unit),
                unit=speaker.unit(step.product.unit),
                saving=speaker.amount(step.saving, offered.currency),
            ),
            color=flex.ATTENTION,
            size="xs",
        )
        for step in _steps(offered, catalogue)
    ]


def _up_to_next_tier(offered: Quote, catalogue: Catalogue, speaker: Speaker) -> list[Node]:
    """One tap that raises the closest line to its next tier: it makes another quote and no order."""
    return [
        flex.button(
            taps.next_tier(
                speaker,
                step.line.sku,
                step.target,
                speaker.line_name(step.line, offered.language, catalogue),
                speaker.counted(step.missing, step.product.unit),
                speaker.counted(step.target, step.product.unit),
            )
        )
        for step in _steps(offered, catalogue)[:1]
        if step.is_close
    ]


def _promises(offered: Quote, shop: Shop, speaker: Speaker) -> list[Node]:
    """When the goods are wished for and when they leave, and what shipping costs."""
    rows = wished_days.rows(offered, speaker)
    lead_days = wished_days.lead_days(offered)
    if lead_days > 0:
        rows.append(flex.row(speaker.say("quote.leaves"), speaker.say("quote.leaves_value", days=lead_days)))
    rule = terms.shipping_rule(shop, offered.lines, offered.currency, speaker)
    rows.append(flex.row(speaker.say("terms.shipping_fee"), rule))
    if _holds_nothing(offered):
        rows.append(flex.text(speaker.say("quote.stock_on_acceptance"), color=flex.ATTENTION, size="xs"))
    missing = shop.free_shipping_from - offered.total
    if missing > 0:
        more = speaker.say("quote.until_free_shipping", amount=speaker.amount(missing, offered.currency))
        rows.append(flex.quiet(more, align="end"))
    return rows


# What is asked before there can be a quote --------------------------------------------------------


def _products(skus: str, scene: Scene) -> list[Product]:
    catalogue = scene.catalogue()
    found = (catalogue.find(sku) for sku in skus.split(","))
    return [product for product in found if product is not None]


def question_product(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """Which of these? With a known quantity one tap makes the quote, else the tap names the product."""
    candidates = _products(facts.get("candidates", ""), scene)[:CANDIDATES_MOST]
    quantity = int(facts.get("quantity") or 0)
    names = [product.name(speaker.language) for product in candidates]
    asked = "line" if facts.get("of") == "quote" else "one" if len(candidates) == 1 else "text"
    said = speaker.say(
        f"question_product.{asked}",
        phrase=flex.one_line(facts.get("phrase", ""), 60),
        names="\n".join(speaker.say("form.bullet", text=name) for name in names),
    )
    choices = [
        flex.relabelled(
            taps.order_of(speaker, product.sku, quantity, name, speaker.counted(quantity, product.unit)), name
        )
        if quantity > 0
        else flex.said_as(name)
        for product, name in zip(candidates, names, strict=True)
    ]
    others = [taps.plain(speaker, "catalogue")] if asked == "one" else []
    return [flex.text_message(said, [*choices, *others, taps.plain(speaker, "person")])]


def question_quantity(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """How many? A unit, a pack and the price tiers are one tap away."""
    product = scene.catalogue().find(facts["sku"])
    if product is None:
        return [flex.text_message(speaker.say("question_quantity.gone"), taps.menu(speaker))]
    name = product.name(speaker.language)
    packs = {size: speaker.counted(1, pack) for pack, size in product.packs.items()}
    quantities = sorted({1, *packs, *(tier.from_quantity for tier in product.tiers)})
    said = speaker.say(
        "question_quantity.text",
        name=name,
        unit=speaker.unit(product.unit),
        example=speaker.say("form.named_count", name=name, counted=speaker.counted(5, product.unit)),
    )
    choices = [
        flex.relabelled(
            taps.order_of(speaker, product.sku, units, name, speaker.counted(units, product.unit)),
            speaker.counted_with_pack(units, product, product.unit),
        )
        for units in quantities[:8]
    ]
    return [flex.text_message(said, choices)]


def quantity_refused(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    reason = facts.get("reason", "")
    reason = reason if reason in REASONS else "not_a_number"
    phrase = flex.one_line(facts.get("phrase", ""), 60)
    said = speaker.say(f"quantity_refused.{reason}", phrase=phrase)
    hint = speaker.say("quantity_refused.hint", example=example_order(scene, speaker))
    return [flex.text_message(f"{said}\n{hint}", taps.menu(speaker))]


def out_of_stock(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """What there is now, when the rest could come, and what is like it; nothing here makes an order."""
    catalogue = scene.catalogue()
    product = catalogue.products[facts["sku"]]
    name = product.name(speaker.language)
    wanted, available = int(facts["wanted"]), int(facts["available"])
    wanted_said = speaker.counted(wanted, product.unit)
    available_said = speaker.counted(available, product.unit)
    key = "out_of_stock.some" if available > 0 else "out_of_stock.none"
    now_there = speaker.say(key, name=name, wanted=wanted_said, available=available_said)
    missing = speaker.counted(wanted - available, product.unit)
    day = speaker.when_written(facts["rest_on"]) if "rest_on" in facts else None
    rest = (
        speaker.say("out_of_stock.rest", counted=missing, day=day, days=int(facts["lead_days"]))
        if day is not None
        else speaker.say("out_of_stock.rest_unknown", counted=missing)
    )
    buttons = []
    if available > 0:
        buttons.append(
            flex.button(taps.order_of(speaker, product.sku, available, name, available_said), primary=True)
        )
    similar = _products(facts.get("similar", ""), scene)[:3]
    for other in similar:
        other_name, one = other.name(speaker.language), speaker.counted(1, other.unit)
        buttons.append(flex.button(taps.order_of(speaker, other.sku, 1, other_name, one)))
    buttons.append(flex.button(taps.plain(speaker, "person")))
    card = flex.bubble(
        flex.heading(speaker.say("out_of_stock.title"), above=scene.shop.name, color=flex.ATTENTION),
        flex.body(
            flex.text(now_there, size="md", weight="bold"),
            flex.text(rest),
            *([_similar(similar, speaker)] if similar else []),
        ),
        flex.footer(*buttons),
    )
    return [flex.flex_message(now_there, card)]


def _similar(products: Sequence[Product], speaker: Speaker) -> Node:
    priced = [
        speaker.say(
            "out_of_stock.similar_line",
            name=product.name(speaker.language),
            amount=speaker.amount(product.price, SHOP_CURRENCY),
            unit=speaker.unit(product.unit),
        )
        for product in products
    ]
    return flex.vertical(
        flex.quiet(speaker.say("out_of_stock.similar")), *(flex.text(line) for line in priced), spacing="xs"
    )


# What became of a quote ---------------------------------------------------------------------------


def quote_superseded(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """The old card was tapped: nothing was ordered, and here is the current one."""
    current = _named_quote(facts, scene)
    said = speaker.say(
        "quote_superseded.text",
        amount=speaker.amount(current.total, current.currency),
        until=speaker.moment(current.valid_until),
    )
    return [flex.text_message(said), *quote(facts, scene, speaker)]


def quote_expired(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """The price is no longer promised; one tap asks for today's."""
    old = _named_quote(facts, scene)
    ended = speaker.say("quote_expired.text", until=speaker.moment(old.valid_until))
    card = flex.bubble(
        flex.heading(speaker.say("quote_expired.title"), above=scene.shop.name, color=flex.ATTENTION),
        flex.body(
            flex.text(ended),
            *counted_lines(old.lines, old, scene.catalogue(), speaker),
            flex.quiet(speaker.say("quote_expired.hint")),
        ),
        flex.footer(
            flex.button(taps.of_quote(speaker, "renew", old.quote_id, old.quote_version), primary=True),
            flex.button(taps.plain(speaker, "person")),
        ),
    )
    return [flex.flex_message(ended, card)]


def counted_lines(
    lines: Sequence[QuoteLine], old: Quote, catalogue: Catalogue, speaker: Speaker
) -> list[Node]:
    """What a quote was about, without prices."""
    return [
        flex.text(
            speaker.say(
                "form.named_count",
                name=speaker.line_name(line, old.language, catalogue),
                counted=speaker.counted(line.quantity, line.unit),
            )
        )
        for line in lines
    ]


def quote_declined(facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    """Let go; who declined a quote is asked why, and may as well not say."""
    if "quote_id" not in facts:
        return [flex.text_message(speaker.say("quote_declined.text"), taps.menu(speaker))]
    number, version = facts["quote_id"], int(facts["quote_version"])
    reasons = [taps.why_declined(speaker, number, version, reason) for reason in DeclineReason]
    said = speaker.say("quote_declined.why")
    return [flex.text_message(said, [*reasons, taps.plain(speaker, "catalogue")])]


def decline_reason(facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    """Thanks for the reason, and what may help: another price can be asked for with a new quote."""
    reason = DeclineReason(facts["reason"])
    said = speaker.say(f"decline_reason.{reason}")
    if reason is DeclineReason.OTHER:
        return [flex.text_message(said)]
    renew = taps.of_quote(speaker, "renew", facts["quote_id"], int(facts["quote_version"]))
    return [flex.text_message(said, [renew, *taps.menu(speaker)])]


def decline_noted(_facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    return [flex.text_message(speaker.say("decline_noted.text"), taps.menu(speaker))]


def slow_down(_facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    """Said once; what comes after it in such a hurry is not answered."""
    return [flex.text_message(speaker.say("slow_down.text"))]


def links_used_up(_facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    return [flex.text_message(speaker.say("links_used_up.text"), taps.menu(speaker))]


def quote_unknown(_facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    """The same for a quote that never was and one that is somebody else's."""
    return [flex.text_message(speaker.say("quote_unknown.text"), taps.menu(speaker))]


def holds_used_up(facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    """Too much is on hold for one customer: what has to come first. The quote stays as it is."""
    said = speaker.say(f"holds_used_up.{facts['reason']}")
    return [flex.text_message(said, [taps.plain(speaker, "orders"), taps.plain(speaker, "person")])]


def ask_change(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """How to change a quote in words; the card stays good until a new one replaces it."""
    current = _named_quote(facts, scene)
    line = current.lines[0]
    name = speaker.line_name(line, current.language, scene.catalogue())
    said = speaker.say("ask_change.text", name=name, counted=speaker.counted(line.quantity + 1, line.unit))
    decline = taps.of_quote(speaker, "decline", current.quote_id, current.quote_version)
    return [
        flex.text_message(said, [taps.plain(speaker, "catalogue"), decline, taps.plain(speaker, "person")])
    ]
