"""The formal quote as a page to read, print and file: A4, no script, nothing from elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from html import escape
from importlib.resources import files
from typing import Final

from storefront.domain.catalogue import ReturnPolicy
from storefront.domain.conversation import DeliveryDetails
from storefront.domain.delivery import InvoiceKind
from storefront.domain.language import Language
from storefront.domain.money import BUSINESS_TAX_PERCENT, included_tax
from storefront.domain.quote import PriceReason, Quote, QuoteLine
from storefront.messages import price_cards, terms
from storefront.messages.greetings import chat_link
from storefront.messages.scene import Shop
from storefront.messages.speaker import TAIPEI, Speaker

REPUBLIC: Final = 1911
"""Years between the common era and the Republic's: 2026 is 民國 115."""


class PageStanding(StrEnum):
    """What the page has to say about the quote that it shows."""

    OPEN = "open"
    ACCEPTED = "accepted"
    SUPERSEDED = "superseded"
    DECLINED = "declined"
    EXPIRED = "expired"


@dataclass(frozen=True)
class QuoteView:
    """A quote as its page may show it; `buyer` are the details that the customer has told, if they have."""

    quote: Quote
    standing: PageStanding
    buyer: DeliveryDetails | None = None


def quote_page(view: QuoteView, shop: Shop) -> str:
    """The whole page, in the language of the quote."""
    quote = view.quote
    speaker = Speaker.of(quote.language)
    title = speaker.say("quote.title_formal")
    content = (
        _head(title, shop, speaker),
        _banner(view, speaker),
        _facts(view, speaker),
        _lines(quote, speaker),
        _terms(quote, shop, speaker),
        _end(view, shop, speaker),
    )
    return _document(quote.language, f"{title} {number_of(quote)} | {shop.legal_name}", "\n".join(content))


def nothing_page(shop: Shop) -> str:
    """The same for every link that opens nothing: it helps nobody to guess."""
    speaker = Speaker.of(Language.ZH_TW)
    said = f"<h1>{_said(speaker, 'quote_page.nothing')}</h1>"
    link = escape(chat_link(shop.official_account))
    said += f'<p><a href="{link}">{_said(speaker, "page.link.label")}</a></p>'
    return _document(Language.ZH_TW, shop.name, said)


def number_of(quote: Quote) -> str:
    """What both sides call this version by."""
    return quote.workflow_name


def _document(language: Language, title: str, content: str) -> str:
    return f"""<!doctype html>
<html lang="{escape(language.value)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{escape(title)}</title>
<style>{_style()}</style>
</head>
<body>
<main>
{content}
</main>
</body>
</html>
"""


@cache
def _style() -> str:
    return files("storefront.messages").joinpath("quote_page.css").read_text("utf-8")


def _said(speaker: Speaker, key: str, **values: object) -> str:
    return escape(speaker.say(key, **values))


# Who offers what to whom, until when ---------------------------------------------------------------------------


def _head(title: str, shop: Shop, speaker: Speaker) -> str:
    company = _said(speaker, "terms.seller", name=shop.legal_name, number=shop.company_number)
    reach = [_said(speaker, "terms.phone", phone=shop.phone), escape(shop.email), escape(shop.address)]
    lines = "<br>".join([company, *(line for line in reach if line)])
    return (
        f"<header><h1>{escape(title)}</h1>"
        f'<div class="shop"><strong>{escape(shop.name)}</strong>{lines}</div></header>'
    )


def _banner(view: QuoteView, speaker: Speaker) -> str:
    if view.standing is PageStanding.OPEN:
        return ""
    good = " good" if view.standing is PageStanding.ACCEPTED else ""
    said = _said(speaker, f"quote_page.standing.{view.standing}", order=view.quote.order_number or "")
    return f'<p class="banner{good}" role="status">{said}</p>'


def _facts(view: QuoteView, speaker: Speaker) -> str:
    quote = view.quote
    facts = [
        ("quote.number", escape(number_of(quote))),
        ("quote_page.version", str(quote.quote_version)),
        ("quote.date", _dated(quote.created_at, speaker)),
        ("quote_page.valid_until", _dated(quote.valid_until, speaker, with_clock=True)),
        ("quote_page.buyer", _buyer(view, speaker)),
    ]
    if quote.wished_date is not None:
        facts.append(("terms.wished_date", escape(terms.wished_day(quote.wished_date, speaker))))
    rows = "".join(f"<dt>{_said(speaker, label)}</dt><dd>{value}</dd>" for label, value in facts if value)
    return f"<dl>{rows}</dl>"


def _dated(at: datetime, speaker: Speaker, *, with_clock: bool = False) -> str:
    """`2026/11/25(三) 14:02（民國 115 年 11 月 25 日）`"""
    day = at.astimezone(TAIPEI).date()
    republic = speaker.say("quote_page.republic", year=day.year - REPUBLIC, month=day.month, day=day.day)
    date = f"{speaker.dated(at)} {speaker.clock(at)}" if with_clock else speaker.dated(at)
    return _said(speaker, "quote_page.both_dates", date=date, republic=republic)


def _buyer(view: QuoteView, speaker: Speaker) -> str:
    if view.buyer is None:
        return ""
    name = escape(view.buyer.destination.recipient.name)
    invoice = view.buyer.invoice
    if invoice.kind is InvoiceKind.COMPANY:
        company = _said(speaker, "terms.seller", name=invoice.title or "", number=invoice.value or "")
        return f"{company}<br>{name}"
    return name


# What it costs and why -----------------------------------------------------------------------------------------


def _lines(quote: Quote, speaker: Speaker) -> str:
    columns = ("item", "quantity", "list_price", "unit_price", "amount")
    labels = {column: _said(speaker, f"quote_page.column.{column}") for column in columns}
    head = "".join(
        f'<th scope="col"{"" if column == "item" else _NUMBER}>{labels[column]}</th>' for column in columns
    )
    rows = "\n".join(_row(line, quote, labels, speaker) for line in quote.lines)
    return f"""<table>
<thead><tr>{head}</tr></thead>
<tbody>
{rows}
</tbody>
<tfoot>{"".join(_sums(quote, speaker))}</tfoot>
</table>"""


_NUMBER: Final = ' class="number"'


def _row(line: QuoteLine, quote: Quote, labels: dict[str, str], speaker: Speaker) -> str:
    amounts = {
        "list_price": speaker.amount(line.list_price, quote.currency),
        "unit_price": speaker.amount(line.unit_price, quote.currency),
        "amount": speaker.amount(line.amount, quote.currency),
    }
    reason = "" if line.price_reason is PriceReason.LIST else _reason(line, speaker)
    cells = f"<td>{escape(line.name)}{reason}</td>"
    counted = escape(speaker.counted(line.quantity, line.unit))
    cells += f'<td class="number" data-label="{labels["quantity"]}">{counted}</td>'
    for column, amount in amounts.items():
        old = " old" if column == "list_price" and line.unit_price < line.list_price else ""
        cells += f'<td class="number{old}" data-label="{labels[column]}">{escape(amount)}</td>'
    return f"<tr>{cells}</tr>"


def _reason(line: QuoteLine, speaker: Speaker) -> str:
    offer = line.offer.name if line.offer is not None else ""
    return (
        f'<span class="reason">{_said(speaker, f"quote_page.reason.{line.price_reason}", offer=offer)}</span>'
    )


def _sums(quote: Quote, speaker: Speaker) -> Iterator[str]:
    def sum_row(label: str, amount: int, kind: str = "") -> str:
        value = escape(speaker.amount(amount, quote.currency))
        return f'<tr{kind}><td colspan="4" class="number">{label}</td><td class="number">{value}</td></tr>'

    if quote.discounts:
        yield sum_row(_said(speaker, "quote.subtotal"), quote.subtotal)
        for discount in quote.discounts:
            named = escape(price_cards.name_of(discount, quote.currency, speaker))
            yield sum_row(named, -discount.amount)
    yield sum_row(_said(speaker, "quote.total"), quote.total, ' class="total"')
    tax = _said(speaker, "quote_page.tax", percent=BUSINESS_TAX_PERCENT)
    yield sum_row(tax, included_tax(quote.total))


# Terms ---------------------------------------------------------------------------------------------------------


def _terms(quote: Quote, shop: Shop, speaker: Speaker) -> str:
    said = [
        _labelled(
            speaker.say("terms.shipping_fee"),
            terms.shipping_rule(shop, quote.lines, quote.currency, speaker),
            speaker,
        ),
        _stock(quote, speaker),
        *_leaving(quote, speaker),
        _said(speaker, "quote_page.payment"),
        *_returning(quote, speaker),
    ]
    if any(line.price_reason is PriceReason.APPROVED for line in quote.lines):
        said.append(_said(speaker, "quote_page.approved"))
    items = "".join(f"<li>{each}</li>" for each in said if each)
    return f"<h2>{_said(speaker, 'quote_page.terms')}</h2><ul>{items}</ul>"


def _labelled(label: str, value: str, speaker: Speaker) -> str:
    return _said(speaker, "form.labelled", label=label, value=value)


def _stock(quote: Quote, speaker: Speaker) -> str:
    if not quote.counted_lines:
        return ""
    return _said(speaker, "quote_page.stock_held" if quote.held_lines else "quote_page.stock_on_acceptance")


def _leaving(quote: Quote, speaker: Speaker) -> Iterator[str]:
    """When each product leaves; one sentence if it is the same for all."""
    days = sorted({line.lead_days for line in quote.lines if line.lead_days > 0})
    for lead_days in days:
        leaves = speaker.say("quote.leaves_value", days=lead_days)
        names = [line.name for line in quote.lines if line.lead_days == lead_days]
        label = speaker.say("quote.leaves") if len(days) == 1 else speaker.listed(names)
        yield _labelled(label, leaves, speaker)


def _returning(quote: Quote, speaker: Speaker) -> Iterator[str]:
    names_of: dict[ReturnPolicy, list[str]] = {}
    for line in quote.lines:
        names_of.setdefault(line.return_policy, []).append(line.name)
    for policy, names in names_of.items():
        yield _said(
            speaker,
            "terms.returns.of",
            names=speaker.listed(names),
            terms=speaker.say(f"terms.returns.{policy}"),
        )


# Signatures and the way to the chat ----------------------------------------------------------------------------


def _end(view: QuoteView, shop: Shop, speaker: Speaker) -> str:
    link = chat_link(shop.official_account)
    code = f"<figure>{_qr_code(link)}<figcaption>{_said(speaker, 'quote_page.chat')}</figcaption></figure>"
    sides = "".join(
        f"<section><div></div><p>{_said(speaker, f'quote_page.signature.{side}')}</p></section>"
        for side in ("seller", "buyer")
    )
    note = _said(speaker, "quote_page.note", number=number_of(view.quote))
    return f'<div class="end"><div class="sign">{sides}</div>{code}</div><footer>{note}</footer>'


@cache
def _qr_code(address: str) -> str:
    """An SVG of a QR code, in the page itself."""
    from segno import make_qr  # noqa: PLC0415 - nobody else who renders messages needs it

    svg: str = make_qr(address, error="m").svg_inline(border=2, dark="#1e2a25", omitsize=True)
    return svg.replace("<svg ", '<svg role="img" aria-label="QR" ', 1)
