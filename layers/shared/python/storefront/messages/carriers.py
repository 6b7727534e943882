"""Carriers: what they are called and where a parcel can be followed, from a file that a shop may edit."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final
from urllib.parse import quote

from storefront.domain.language import Language

ADDRESS_MOST: Final = 1000
_SAFE_IN_ADDRESSES: Final = ":/?#[]@!$&'()*+,;=%-._~"
_HTTPS: Final = re.compile(r"https://[^\s/?#]+\.[^\s/?#]+(?:[/?#]\S*)?")


@dataclass(frozen=True)
class Carrier:
    """One carrier. `link` holds `{number}`; `page` is where the number is typed; either may be missing."""

    carrier_id: str
    names: dict[str, str]
    number_hint: str = ""
    link: str = ""
    page: str = ""

    def name(self, language: Language) -> str:
        return self.names[language]

    def expects(self, tracking_number: str) -> bool:
        """Whether the number looks like one of this carrier's; a hint only, never a reason to refuse one."""
        return not self.number_hint or re.fullmatch(self.number_hint, tracking_number) is not None


@cache
def _carriers() -> dict[str, Carrier]:
    """Every carrier under its id and each of its names."""
    table = tomllib.loads(files("storefront").joinpath("demo_shop", "carriers.toml").read_text("utf-8"))
    known: dict[str, Carrier] = {}
    for carrier_id, entry in table.items():
        carrier = Carrier(carrier_id=carrier_id, **entry)
        for called in (carrier_id, *carrier.names.values()):
            known.setdefault(called.casefold(), carrier)
    return known


def carrier_called(called: str) -> Carrier | None:
    """The carrier that a back office calls by id or by name."""
    return _carriers().get(called.strip().casefold())


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
        return carrier.link.replace("{number}", quote(number, safe="")), True
    return (carrier.page, False) if carrier.page else None


def _followable(address: str | None) -> str | None:
    """An https address as LINE takes it: percent-encoded ASCII."""
    if address is None or not _HTTPS.fullmatch(address):
        return None
    encoded = quote(address, safe=_SAFE_IN_ADDRESSES)
    return encoded if len(encoded) <= ADDRESS_MOST else None
