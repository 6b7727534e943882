"""What the law wants said with every offer and order: who sells, how goods are returned, what shipping costs.

Taiwan's Consumer Protection Act, articles 18 and 19: the seller, a way to complain, and the right to return
within seven days; the exception for perishable food holds only for those who were told of it.
"""

from collections.abc import Iterable, Sequence

from storefront.domain.catalogue import Catalogue, ReturnPolicy
from storefront.domain.conversation import DeliveryDetails, OrderDelivery
from storefront.domain.delivery import HomeDelivery, InvoiceChoice, InvoiceKind
from storefront.domain.language import Language
from storefront.domain.money import Currency
from storefront.domain.order import Order
from storefront.domain.quote import QuoteLine
from storefront.messages import flex
from storefront.messages.flex import Node
from storefront.messages.scene import Shop
from storefront.messages.speaker import Speaker


def seller(shop: Shop, speaker: Speaker) -> Node:
    """Who sells, and how to reach them."""
    named = speaker.say("terms.seller", name=shop.legal_name, number=shop.company_number)
    phone = speaker.say("terms.phone", phone=shop.phone)
    return flex.vertical(
        *(flex.quiet(line) for line in (named, phone, shop.email, shop.address) if line), spacing="xs"
    )


def returns(
    lines: Sequence[QuoteLine], spoken: Language, catalogue: Catalogue, speaker: Speaker
) -> list[Node]:
    """One sentence for each return policy among `lines`; products are named when there is more than one."""
    names_of: dict[ReturnPolicy, list[str]] = {}
    for line in lines:
        names_of.setdefault(line.return_policy, []).append(speaker.line_name(line, spoken, catalogue))
    if len(names_of) == 1:
        return [flex.quiet(speaker.say(f"terms.returns.{policy}")) for policy in names_of]
    return [
        flex.quiet(
            speaker.say(
                "terms.returns.of",
                names=flex.clamped(speaker.listed(names), 200),
                terms=speaker.say(f"terms.returns.{policy}"),
            )
        )
        for policy, names in names_of.items()
    ]


def shipping_rule(shop: Shop, lines: Iterable[QuoteLine], currency: Currency, speaker: Speaker) -> str:
    """`宅配 NT$120、超商取貨 NT$60，滿 NT$1,000 免運`; no store for goods that travel chilled."""
    return speaker.say(
        "terms.shipping_chilled" if shop.sends_chilled(lines) else "terms.shipping",
        home=speaker.amount(shop.shipping_home, currency),
        store=speaker.amount(shop.shipping_store, currency),
        free_from=speaker.amount(shop.free_shipping_from, currency),
    )


def delivery_facts(order: Order, delivery: OrderDelivery | None, speaker: Speaker) -> list[Node]:
    """Where the goods go; only the method once the personal data is erased."""
    if delivery is None:
        if order.delivery_method is None:
            return []
        method = speaker.say(f"terms.method.{order.delivery_method}")
        return [flex.row(speaker.say("terms.delivery"), method)]
    return details_facts(delivery.details, speaker, invoiced=not order.placed_elsewhere)


def details_facts(details: DeliveryDetails, speaker: Speaker, *, invoiced: bool = True) -> list[Node]:
    """Method, recipient, place and invoice of delivery details; the phone number is masked.

    Of an order that was placed elsewhere the invoice is not ours, and not known.
    """
    place = details.destination
    recipient = speaker.say(
        "terms.recipient_value",
        name=flex.one_line(place.recipient.name, 60),
        phone=masked_phone(place.recipient.phone),
    )
    if isinstance(place, HomeDelivery):
        where = flex.one_line(place.address, 200)
    else:
        chain = speaker.say(f"chain.{place.chain}")
        where = speaker.say("terms.store_value", chain=chain, store=flex.one_line(place.store_name, 60))
    facts = [
        flex.row(speaker.say("terms.delivery"), speaker.say(f"terms.method.{details.method}")),
        flex.row(speaker.say("terms.recipient"), recipient),
        flex.row(speaker.say(f"terms.place.{details.method}"), where),
        *([flex.row(speaker.say("terms.invoice"), invoice(details.invoice, speaker))] if invoiced else []),
    ]
    if details.wished_date is not None:
        facts.append(flex.row(speaker.say("terms.wished_date"), wished_day(details.wished_date, speaker)))
    return facts


def wished_day(written: str, speaker: Speaker) -> str:
    """The day that the customer wished for, with its weekday."""
    return speaker.when_written(written) or flex.one_line(written, 40)


def masked_phone(phone: str) -> str:
    """`0912***678`: enough to recognise one's own number by."""
    return f"{phone[:4]}***{phone[-3:]}" if len(phone) >= 9 else "***"


def invoice(choice: InvoiceChoice, speaker: Speaker) -> str:
    """The invoice choice in words."""
    if choice.kind is InvoiceKind.PAPER:
        return speaker.say("terms.invoice_kind.paper")
    value = flex.one_line(choice.value or "", 40)
    if choice.kind is InvoiceKind.COMPANY:
        title = flex.one_line(choice.title or "", 80)
        return speaker.say("terms.invoice_kind.company", value=value, title=title)
    return speaker.say(f"terms.invoice_kind.{choice.kind}", value=value)
