"""Carriers: what they are called and where a parcel can be followed, from a file that a shop may edit.

Most Taiwanese carriers hide their tracking behind a form, so a link to the parcel itself is the exception.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final
from urllib.parse import quote

from storefront.domain.language import Language

ADDRESS_MOST: Final = 1000
_SAFE_IN_ADDRESSES: Final = ":/?#[]@!$&'()*+,;=%-._~"
_HTTPS: Final = re.compile(r"https://[^\s/?#]+\.[^\s/?#]+(?:[/?#]\S*)?")


_GAPS: Final = re.compile(r"[\s-]+")


@dataclass(frozen=True)
class Carrier:
    """One carrier. `link` holds `{number}`; `page` is where the number is typed; either may be missing."""

    carrier_id: str
    names: dict[str, str]
    number_hint: str = ""
    link: str = ""
    page: str = ""
    help: dict[str, str] = field(default_factory=dict)

    def name(self, language: Language) -> str:
        return self.names[language]

    def expects(self, tracking_number: str) -> bool:
        """Whether the number looks like one of this carrier's; a hint only, never a reason to refuse one."""
        return not self.number_hint or re.fullmatch(self.number_hint, _plain(tracking_number)) is not None


def _plain(number: str) -> str:
    """A tracking number in ordinary digits, without the gaps that make it readable."""
    return _GAPS.sub("", unicodedata.normalize("NFKC", number))


@cache
def carriers() -> tuple[Carrier, ...]:
    """Every carrier, in the order of the file."""
    table = tomllib.loads(files("storefront").joinpath("demo_shop", "carriers.toml").read_text("utf-8"))
    return tuple(Carrier(carrier_id=carrier_id, **entry) for carrier_id, entry in table.items())


@cache
def _by_what_they_are_called() -> dict[str, Carrier]:
    """Every carrier under its id and each of its names."""
    known: dict[str, Carrier] = {}
    for carrier in carriers():
        for called in (carrier.carrier_id, *carrier.names.values()):
            known.setdefault(called.casefold(), carrier)
    return known


def carrier_called(called: str) -> Carrier | None:
    """The carrier that a back office calls by id or by name."""
    return _by_what_they_are_called().get(called.strip().casefold())


def is_odd_number(called: str | None, number: str | None) -> bool:
    """Whether a known carrier has no numbers like this one: a slip of the back office, or a hint that is too narrow."""
    carrier = carrier_called(called) if called else None
    return carrier is not None and bool(number) and not carrier.expects(number or "")


def tracking_address(
    called: str | None, number: str | None, own_address: str | None
) -> tuple[str, bool] | None:
    """Where to follow a parcel, and whether the address holds the number already.

    The back office's own address comes first if it is https, then the carrier's link, then its page.
    """
    own = _followable(own_address)
    if own is not None:
        return own, True
    carrier = carrier_called(called) if called else None
    if carrier is None:
        return None
    if carrier.link and number and carrier.expects(number):
        return carrier.link.replace("{number}", quote(_plain(number), safe="")), True
    return (carrier.page, False) if carrier.page else None


def _followable(address: str | None) -> str | None:
    """An https address as LINE takes it: percent-encoded ASCII."""
    if address is None or not _HTTPS.fullmatch(address):
        return None
    encoded = quote(address, safe=_SAFE_IN_ADDRESSES)
    return encoded if len(encoded) <= ADDRESS_MOST else None
