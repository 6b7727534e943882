"""From acceptance to a complete order: where the goods go, to whom, and which invoice is wanted."""

from collections.abc import Mapping
from typing import Final

from storefront.domain.order import Order, OrderState
from storefront.messages import flex, taps, terms
from storefront.messages.flex import Node
from storefront.messages.scene import Scene
from storefront.messages.speaker import Speaker

EXPLAINED: Final = frozenset(
    {
        ("address", "no_city"),
        ("address", "no_street"),
        ("address", "chilled"),
        ("method", "chilled"),
        ("company_number", "checksum"),
    }
)
"""Reasons that have a sentence of their own; for the others it is enough to show how a right detail looks."""

INVOICE_FIELDS: Final = frozenset({"mobile_barcode", "company_number", "company_title", "donation_code"})

type Facts = Mapping[str, str]


def ask_delivery(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """One message can answer it all; when some of it is known already, only the rest is asked for."""
    order = scene.order(facts["order_number"])
    missing = [name for name in facts.get("missing", "").split(",") if name]
    chilled = scene.shop.sends_chilled(order.lines)
    method = "home" if chilled else facts.get("method", "")
    methods = (
        []
        if chilled
        else [
            taps.of_order(speaker, verb, order.order_number)
            for chosen, verb in (("home", "deliver_home"), ("store", "deliver_store"))
            if chosen != method
        ]
    )
    # Once it is paid, the invoice and the price are settled.
    settled = order.state is OrderState.PAID
    others = ("status",) if settled else ("invoice", "cancel")
    quick = [*methods, *(taps.of_order(speaker, verb, order.order_number) for verb in others)]
    if missing:
        return [flex.text_message(_asked(missing, speaker), quick)]
    example_home = speaker.say("ask_delivery.example.home")
    example_store = speaker.say("ask_delivery.example.store")
    card = flex.bubble(
        flex.heading(speaker.say("ask_delivery.title"), above=scene.shop.name),
        flex.body(
            flex.text(speaker.say("ask_delivery.text")),
            *([_example("home", example_home, speaker)] if method != "store" else []),
            *([_example("store", example_store, speaker)] if method != "home" else []),
            *([flex.text(speaker.say("ask_delivery.chilled"))] if chilled else []),
            *(
                []
                if settled
                else [_fee(scene, order, speaker), flex.quiet(speaker.say("ask_delivery.invoice"))]
            ),
            flex.quiet(speaker.say("ask_delivery.privacy", shop=scene.shop.name)),
        ),
        flex.footer(flex.horizontal(*(flex.button(tap) for tap in methods))) if methods else None,
    )
    summary = speaker.say(
        "ask_delivery.summary", example=example_store if method == "store" else example_home
    )
    return [flex.flex_message(summary, card, quick)]


def _asked(missing: list[str], speaker: Speaker) -> str:
    """`還需要：電話、地址` with one line that shows how."""
    wanted = speaker.listed([speaker.say(f"ask_delivery.field.{name}") for name in missing])
    if "method" in missing:
        examples = [speaker.say(f"ask_delivery.example.{each}") for each in ("home", "store")]
        example = "\n".join(speaker.say("form.bullet", text=each) for each in examples)
        return speaker.say("ask_delivery.missing_method", wanted=wanted, example=example)
    parts = [speaker.say(f"ask_delivery.part.{name}") for name in missing]
    return speaker.say("ask_delivery.missing", wanted=wanted, example=" ".join(parts))


def _example(method: str, example: str, speaker: Speaker) -> Node:
    return flex.vertical(
        flex.quiet(speaker.say(f"terms.method.{method}")),
        flex.text(example, weight="bold"),
        backgroundColor=flex.TINT,
        cornerRadius="8px",
        paddingAll="10px",
        spacing="xs",
    )


def _fee(scene: Scene, order: Order, speaker: Speaker) -> Node:
    rule = terms.shipping_rule(scene.shop, order.lines, order.currency, speaker)
    return flex.row(speaker.say("terms.shipping_fee"), rule)


def confirm_delivery(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """The details on file again in one tap; the question in full when they are gone."""
    on_file = scene.conversation().on_file
    if on_file is None:
        return ask_delivery(facts, scene, speaker)
    order = scene.order(facts["order_number"])
    card = flex.bubble(
        flex.heading(speaker.say("confirm_delivery.title"), above=scene.shop.name),
        flex.body(
            flex.text(speaker.say("confirm_delivery.text")),
            *terms.details_facts(on_file, speaker),
            flex.separator(),
            _fee(scene, order, speaker),
            flex.quiet(speaker.say("confirm_delivery.hint")),
        ),
        flex.footer(
            flex.button(
                taps.of_order(speaker, "deliver_same", order.order_number), primary=True, height="md"
            ),
            flex.button(taps.of_order(speaker, "deliver_new", order.order_number)),
        ),
    )
    return [flex.flex_message(speaker.say("confirm_delivery.summary"), card)]


def ask_invoice(facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    ways = [
        flex.fact(speaker.say(f"ask_invoice.{kind}"), speaker.say(f"ask_invoice.{kind}_example"))
        for kind in ("mobile_barcode", "company", "donation", "paper")
    ]
    card = flex.bubble(
        flex.heading(speaker.say("ask_invoice.title")),
        flex.body(flex.text(speaker.say("ask_invoice.text")), *ways),
        flex.footer(flex.button(taps.paper_invoice(speaker, facts["order_number"]))),
    )
    return [flex.flex_message(speaker.say("ask_invoice.summary"), card)]


def detail_refused(facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    """What is wrong with one detail, and how a right one looks."""
    field = facts["field"]
    reason = facts["reason"] if (field, facts["reason"]) in EXPLAINED else "any"
    wrong = speaker.say(f"detail_refused.{field}.{reason}")
    example = speaker.say(f"detail_refused.{field}.example")
    number = facts["order_number"]
    again = (
        taps.of_order(speaker, "invoice", number)
        if field in INVOICE_FIELDS
        else taps.of_order(speaker, "deliver_new", number, worded="deliver_change")
    )
    quick = [again, taps.plain(speaker, "person")]
    return [flex.text_message(f"{wrong}\n{example}", quick)]


def delivery_changed(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    order = scene.order(facts["order_number"])
    said = speaker.say("delivery_changed.text", order=order.order_number)
    card = flex.bubble(
        flex.heading(speaker.say("delivery_changed.title"), above=scene.shop.name, below=order.order_number),
        flex.body(flex.text(said), *terms.delivery_facts(order, scene.delivery(order.order_number), speaker)),
        flex.footer(flex.button(taps.of_order(speaker, "status", order.order_number))),
    )
    return [flex.flex_message(said, card)]


def delivery_cannot_change(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """Why the delivery stays as it is, and the way to a person who may find another."""
    order = scene.order(facts["order_number"])
    said = speaker.say(f"delivery_cannot_change.{facts['reason']}", order=order.order_number)
    quick = [taps.plain(speaker, "person"), taps.of_order(speaker, "status", order.order_number)]
    return [flex.text_message(said, quick)]
