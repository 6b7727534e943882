"""The address of a quote's page: the quote's number, its version, and a signature that only this quote can make.

The signing key is random (160 bits), made with the quote, kept in its row and nowhere else: there is no secret of the
stack that could open every page, and a row without its key closes one.
"""

import hashlib
import hmac
import re
from base64 import b32encode
from typing import Final, NamedTuple

from storefront.domain.quote import Quote

_SHAPE: Final = re.compile(r"([0-9a-z]{1,40})-([1-9][0-9]{0,3})-([a-z2-7]{32})")


class LinkParts(NamedTuple):
    """What a link says: nothing of it is proven yet."""

    quote_id: str
    quote_version: int
    signature: str


def link_key(quote: Quote) -> str | None:
    """The last part of the address of this version's page; None for a quote that has none."""
    return None if quote.page_key is None else f"{quote.workflow_name}-{_signature(quote, quote.page_key)}"


def parts_of(key: str) -> LinkParts | None:
    """The parts of a well-formed key."""
    found = _SHAPE.fullmatch(key)
    return None if found is None else LinkParts(found[1], int(found[2]), found[3])


def is_signed_for(quote: Quote, signature: str) -> bool:
    """Whether the signature was made for this version of this quote."""
    if quote.page_key is None:
        return False
    return hmac.compare_digest(_signature(quote, quote.page_key), signature)


def _signature(quote: Quote, page_key: str) -> str:
    digest = hmac.digest(page_key.encode(), f"quote-page:{quote.workflow_name}".encode(), hashlib.sha256)
    return b32encode(digest[:20]).decode().lower()
