"""The buttons: each tap's verb and fields, its label, and what it says in the customer's name.

Both strings of a tap stand in the wording files under `tap.<name>`; `said` may differ from the label.
"""

from storefront.domain.language import Language
from storefront.domain.quote import DeclineReason, Quote
from storefront.domain.quote_link import link_key
from storefront.language.postbacks import encode
from storefront.messages import flex
from storefront.messages.flex import Node, link, postback
from storefront.messages.scene import Shop
from storefront.messages.speaker import Speaker


def _tap(speaker: Speaker, wording: str, data: str, **values: str) -> Node:
    return postback(
        speaker.say(f"tap.{wording}.label", **values), data, speaker.say(f"tap.{wording}.said", **values)
    )


def accept(speaker: Speaker, quote_id: str, version: int, *, formal: bool) -> Node:
    """The one button that makes an order; no other label or card says its words."""
    name = "accept_formal" if formal else "accept"
    return _tap(speaker, name, encode("accept", q=quote_id, v=version))


def of_quote(speaker: Speaker, verb: str, quote_id: str, version: int) -> Node:
    """`change`, `decline`, `renew` or `haggle` of one quote version."""
    return _tap(speaker, verb, encode(verb, q=quote_id, v=version))


def wish_date(speaker: Speaker, quote_id: str, version: int, *, first: str, chosen: str | None) -> Node:
    """The day to have the goods of a quote by, from a calendar."""
    label = speaker.say("quote.change_date" if chosen else "quote.choose_date")
    data = encode("wish_date", q=quote_id, v=version)
    return flex.date_picker(label, data, first=first, chosen=chosen)


def why_declined(speaker: Speaker, quote_id: str, version: int, reason: DeclineReason) -> Node:
    """One of the answers to the question why."""
    return _tap(speaker, f"why_{reason}", encode("why", q=quote_id, v=version, r=reason.value))


def page_of(speaker: Speaker, quote: Quote, shop: Shop) -> list[Node]:
    """The way to a quote's page, where it has one."""
    key = link_key(quote)
    if key is None or not shop.public_base_url:
        return []
    return [link(speaker.say("tap.page.label"), f"{shop.public_base_url}/quotes/{key}")]


def of_order(speaker: Speaker, verb: str, order_number: str, worded: str = "") -> Node:
    """A verb about one order, such as `status` or `deliver_home`; `worded` says it in other words."""
    return _tap(speaker, worded or verb, encode(verb, o=order_number), order=order_number)


def paper_invoice(speaker: Speaker, order_number: str) -> Node:
    return _tap(speaker, "paper_invoice", encode("invoice_set", o=order_number, kind="paper"))


def plain(speaker: Speaker, verb: str) -> Node:
    """A verb about nothing in particular: `person`, `orders`, `catalogue`."""
    return _tap(speaker, verb, encode(verb))


def order_of(speaker: Speaker, sku: str, units: int, name: str, counted: str) -> Node:
    """Put `units` of a product into the cart."""
    return _tap(speaker, "order_of", encode("order_of", sku=sku, n=units), name=name, counted=counted)


def next_tier(speaker: Speaker, sku: str, units: int, name: str, counted: str, target: str) -> Node:
    """Raise a line to `units`, its next price tier; `counted` is what that adds, `target` what it makes."""
    return _tap(
        speaker, "next_tier", encode("order_of", sku=sku, n=units), name=name, counted=counted, target=target
    )


def offer(speaker: Speaker, quote_id: str, version: int, total: int, amount: str) -> Node:
    """A counter-offer for the whole quote; a wish like a written one."""
    return _tap(speaker, "offer", encode("offer", q=quote_id, v=version, t=total), amount=amount)


def more(speaker: Speaker, quote_id: str, version: int, sku: str, **said: str) -> Node:
    """A few more units of a product at a better price; which price is looked up when it is pressed."""
    return _tap(speaker, "more", encode("more", q=quote_id, v=version, sku=sku), **said)


def of_approval(speaker: Speaker, verb: str, approval_id: str, price: str = "") -> Node:
    """`approval_ok`, `approval_counter` or `approval_no`: only members of staff may press them."""
    return _tap(speaker, verb, encode(verb, a=approval_id), price=price)


def approval_price(speaker: Speaker, approval_id: str, amount: int, price: str) -> Node:
    """A price that a member of staff allows instead."""
    data = encode("approval_price", a=approval_id, p=amount)
    return _tap(speaker, "approval_price", data, price=price)


def of_product(speaker: Speaker, verb: str, sku: str, name: str) -> Node:
    """A verb about one product: `about` shows all of it, `want` asks how many."""
    return _tap(speaker, f"{verb}_product", encode(verb, sku=sku), name=name)


def question(speaker: Speaker, kind: str, sku: str, name: str, topic: str) -> Node:
    """A question about one product; `topic` is what it is about, in a word."""
    return _tap(speaker, "ask", encode("ask", sku=sku, k=kind), name=name, topic=topic)


def of_customer(speaker: Speaker, verb: str, customer_id: str, called: str) -> Node:
    """A button of the shop's own people: `take_over` or `hand_back` a customer."""
    return _tap(speaker, verb, encode(verb, c=customer_id), called=called)


def rate(speaker: Speaker, order_number: str, score: int) -> Node:
    """One of the five answers to the satisfaction question."""
    label = speaker.say(f"tap.rate.label{score}")
    return postback(
        label, encode("rate", o=order_number, score=score), speaker.say("tap.rate.said", label=label)
    )


def languages(speaker: Speaker) -> list[Node]:
    """The other languages, each called by its own name."""
    names = {other: speaker.say(f"language.{other}") for other in Language if other is not speaker.language}
    return [postback(name, encode("language", l=other.value), name) for other, name in names.items()]


def menu(speaker: Speaker) -> list[Node]:
    """What one can always do next."""
    return [plain(speaker, "catalogue"), plain(speaker, "orders"), plain(speaker, "person")]
