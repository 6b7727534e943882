"""Where an order goes and what invoice it gets, with Taiwan's own rules for names, numbers and addresses.

The functions take what a customer wrote and give back the one form that is stored, or raise
InvalidDetail with the field and a reason that the wording files know. The dataclasses hold what has
been through them (`given`).
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from storefront.domain.errors import InvalidDetail

MISSING = "missing"
TOO_SHORT = "too_short"
TOO_LONG = "too_long"
CHARACTERS = "characters"
FORMAT = "format"
CHECKSUM = "checksum"
NO_CITY = "no_city"
NO_STREET = "no_street"
UNKNOWN_CHAIN = "unknown_chain"

_LONGEST_INPUT = 300
_LONGEST_ADDRESS = 120
_MAX_MARKS = 3

CITIES = (
    "臺北市 新北市 桃園市 臺中市 臺南市 高雄市 基隆市 新竹市 嘉義市 新竹縣 苗栗縣 彰化縣 南投縣 "
    "雲林縣 嘉義縣 屏東縣 宜蘭縣 花蓮縣 臺東縣 澎湖縣 金門縣 連江縣"
)
"""The 22 cities and counties of Taiwan."""

_ROMANISED_CITIES = (
    "taipei taoyuan taichung tainan kaohsiung keelung hsinchu miaoli changhua nantou yunlin chiayi "
    "pingtung yilan hualien taitung penghu kinmen lienchiang matsu"
)
_SHORT_CITY = "|".join(sorted({city[:2] for city in CITIES.split()}))
# 台 is how most people write 臺; simplified forms are what some keyboards give.
_TO_OFFICIAL = str.maketrans("台东县区园云莲兰义门连栋楼号", "臺東縣區園雲蓮蘭義門連棟樓號")
# The short form counts only where something of an address follows, so that 高雄 alone is no address.
_CITY = re.compile(rf"(?:{_SHORT_CITY})[市縣]?(?=[^市縣])|(?:{'|'.join(CITIES.split())})")
_ROMANISED_CITY = re.compile(rf"\b(?:new )?(?:{'|'.join(_ROMANISED_CITIES.split())})\b")
# 澎湖, 金門 and 連江 (Matsu) as a whole; of the counties on the main island 琉球, 綠島 and 蘭嶼. Cities of the main
# island have streets that are named after them (台北市金門街).
_OUTLYING_ISLAND = re.compile(
    "(?:澎湖|金門|連江|馬祖|屏東縣?琉球|琉球鄉|小琉球|綠島|蘭嶼)(?![一二三四五六七八九十0-9]{0,2}[路街巷]|新村)"
    r"|\b(?:penghu|kinmen|lienchiang|matsu|(?:xiao)?(?:liuqiu|liouciou)|lyudao|ludao|green island|lanyu"
    r"|orchid island)\b(?! (?:\d+(?:st|nd|rd|th) )?(?:rd|road|st|street|lane|ln|ave|avenue|alley)\b)"
)
_ISLAND_FORMS = str.maketrans("门连马乡郷绿緑岛屿兰东県县", "門連馬鄉鄉綠綠島嶼蘭東縣縣")
_GAP_BETWEEN_SIGNS = re.compile(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")
_STREET = re.compile(r"[路街道巷弄段村里鄰號庄莊]|\d|\b(?:rd|road|st|street|lane|ln|ave|avenue|alley|no)\b")

_NAME_EXTRAS = frozenset(" '’-.·・‧")
_NOT_A_NAME = re.compile(r"https?|www|\.com|\.tw|^line$", re.IGNORECASE)
_MOBILE = re.compile(r"(?:(?:\+|00)?886-?0?|0)(9[0-9]{8})")
_PHONE_GAPS = re.compile(r"[\s().\-]")
_MOBILE_BARCODE = re.compile(r"/[0-9A-Z.+\-]{7}")
_COMPANY_WEIGHTS = (1, 2, 1, 2, 1, 2, 4, 1)


class StoreChain(StrEnum):
    """The convenience stores where a parcel can be picked up."""

    SEVEN = "seven"
    FAMILY = "family"
    HILIFE = "hilife"
    OKMART = "okmart"


class InvoiceKind(StrEnum):
    """What becomes of the invoice: a carrier on the phone, a company's, a gift to charity, or paper."""

    MOBILE_BARCODE = "mobile_barcode"
    COMPANY = "company"
    DONATION = "donation"
    PAPER = "paper"


@dataclass(frozen=True)
class Recipient:
    """Who takes the parcel; carriers call this mobile number (`09` and eight digits)."""

    name: str
    phone: str

    @classmethod
    def given(cls, name: str, phone: str) -> "Recipient":
        """A recipient as a customer wrote it; raises InvalidDetail."""
        return cls(recipient_name(name), mobile_phone(phone))


@dataclass(frozen=True)
class HomeDelivery:
    """A parcel to an address in Taiwan."""

    recipient: Recipient
    address: str

    @classmethod
    def given(cls, recipient: Recipient, address: str) -> "HomeDelivery":
        """A home delivery as a customer wrote it; raises InvalidDetail."""
        return cls(recipient, street_address(address))

    @property
    def is_on_an_outlying_island(self) -> bool:
        """Whether the address lies off the main island (離島), where carriers take days and no chilled parcel."""
        written = unicodedata.normalize("NFKC", self.address).lower().translate(_ISLAND_FORMS)
        return _OUTLYING_ISLAND.search(_GAP_BETWEEN_SIGNS.sub("", written)) is not None


@dataclass(frozen=True)
class StorePickup:
    """A parcel to a convenience store, to be taken there with the name and the phone number."""

    recipient: Recipient
    chain: StoreChain
    store_name: str

    @classmethod
    def given(cls, recipient: Recipient, chain: str, store_name: str) -> "StorePickup":
        """A store pick-up as a customer wrote it, the chain by its id; raises InvalidDetail."""
        return cls(recipient, store_chain(chain), pickup_store_name(store_name))


type Delivery = HomeDelivery | StorePickup


@dataclass(frozen=True)
class InvoiceChoice:
    """The invoice that a customer asked for: `value` is the barcode, company number or donation code."""

    kind: InvoiceKind
    value: str | None = None
    title: str | None = None

    @classmethod
    def given(cls, kind: InvoiceKind, value: str | None = None, title: str | None = None) -> "InvoiceChoice":
        """An invoice choice as a customer wrote it; raises InvalidDetail.

        A donation cannot carry a company number and a paper invoice nothing at all, so what does not
        belong to the kind is left out rather than sent on.
        """
        match kind:
            case InvoiceKind.MOBILE_BARCODE:
                return cls(kind, mobile_barcode(value or ""))
            case InvoiceKind.COMPANY:
                return cls(kind, company_number(value or ""), company_title(title) if title else None)
            case InvoiceKind.DONATION:
                return cls(kind, donation_code(value or ""))
            case InvoiceKind.PAPER:
                return cls(kind)


def recipient_name(text: str) -> str:
    """A name of 2 to 20 characters: letters of any script, no digits, emoji or links."""
    name = _plain(text)
    _check_length("name", name, 2, 20)
    letters = sum(character.isalpha() for character in name)
    proper = all(
        character.isalpha() or character in _NAME_EXTRAS or unicodedata.category(character) in {"Mn", "Mc"}
        for character in name
    )
    if not proper or letters < 2 or _NOT_A_NAME.search(name) or not name[0].isalpha():
        raise InvalidDetail("name", CHARACTERS)
    return name


def mobile_phone(text: str) -> str:
    """A Taiwanese mobile number as `09XXXXXXXX`, from any of the ways in which people write it."""
    plain = _plain(text)
    if not plain:
        raise InvalidDetail("phone", MISSING)
    match = _MOBILE.fullmatch(_PHONE_GAPS.sub("", plain))
    if match is None:
        raise InvalidDetail("phone", FORMAT)
    return "0" + match[1]


def street_address(text: str) -> str:
    """An address as written, if it names a Taiwanese city or county and something of a street."""
    address = _plain(text)
    _check_length("address", address, 6, _LONGEST_ADDRESS)
    place = city_in(address)
    if place is None:
        raise InvalidDetail("address", NO_CITY)
    rest = official_form(address)
    if not _STREET.search(rest[: place[0]] + " " + rest[place[1] :]):
        raise InvalidDetail("address", NO_STREET)
    return address


def city_in(address: str) -> tuple[int, int] | None:
    """Where a Taiwanese city or county stands in an address (start and end), or None."""
    folded = official_form(address)
    match = _CITY.search(folded) or _ROMANISED_CITY.search(folded)
    return match.span() if match else None


def official_form(address: str) -> str:
    """An address for comparing: 臺 for 台, small letters, as long as the text that went in."""
    lowered = "".join(low if len(low := letter.lower()) == 1 else letter for letter in address)
    return lowered.translate(_TO_OFFICIAL)


def store_chain(text: str) -> StoreChain:
    """The chain with this id."""
    try:
        return StoreChain(text)
    except ValueError as error:
        raise InvalidDetail("chain", UNKNOWN_CHAIN if text else MISSING) from error


def pickup_store_name(text: str) -> str:
    """The name of a convenience store's branch, as on its map."""
    name = _plain(text)
    _check_length("store_name", name, 2, 30)
    if not any(character.isalpha() for character in name) or not all(
        character.isalnum() or character in _NAME_EXTRAS or unicodedata.category(character) in {"Mn", "Mc"}
        for character in name
    ):
        raise InvalidDetail("store_name", CHARACTERS)
    return name


def mobile_barcode(text: str) -> str:
    """The 手機條碼 of the Ministry of Finance: a slash and seven of digits, capitals, dot, plus and minus."""
    plain = _plain(text).replace(" ", "").upper()
    if not plain:
        raise InvalidDetail("mobile_barcode", MISSING)
    if not _MOBILE_BARCODE.fullmatch(plain):
        raise InvalidDetail("mobile_barcode", FORMAT)
    return plain


def company_number(text: str) -> str:
    """The 統一編號 of a company: eight digits with the check of April 2023.

    Since then the sum need only divide by 5, no longer by 10. The seventh digit weighs 4; a 7 there
    makes 28, whose digits may be counted as 10 or as 1, hence `+ 1`.
    """
    plain = re.sub(r"[\s-]", "", _plain(text))
    if not plain:
        raise InvalidDetail("company_number", MISSING)
    if not re.fullmatch(r"[0-9]{8}", plain) or plain == "00000000":
        raise InvalidDetail("company_number", FORMAT)
    products = [int(digit) * weight for digit, weight in zip(plain, _COMPANY_WEIGHTS, strict=True)]
    total = sum(product // 10 + product % 10 for product in products)
    if total % 5 and not (plain[6] == "7" and (total + 1) % 5 == 0):
        raise InvalidDetail("company_number", CHECKSUM)
    return plain


def company_title(text: str) -> str:
    """The company's name on its invoice, up to 60 characters."""
    title = _plain(text)
    _check_length("company_title", title, 2, 60)
    if not any(character.isalpha() for character in title):
        raise InvalidDetail("company_title", CHARACTERS)
    return title


def donation_code(text: str) -> str:
    """The 捐贈碼 of a charity: three to seven digits."""
    plain = _plain(text).replace(" ", "")
    if not plain:
        raise InvalidDetail("donation_code", MISSING)
    if not re.fullmatch(r"[0-9]{3,7}", plain):
        raise InvalidDetail("donation_code", FORMAT)
    return plain


def _check_length(field: str, text: str, least: int, most: int) -> None:
    if not text:
        raise InvalidDetail(field, MISSING)
    if len(text) < least:
        raise InvalidDetail(field, TOO_SHORT)
    if len(text) > most:
        raise InvalidDetail(field, TOO_LONG)


def _plain(text: str) -> str:
    """One line in normal form, without what cannot be seen: full-width digits become digits here."""
    kept: list[str] = []
    marks = 0
    for character in text[:_LONGEST_INPUT]:
        category = unicodedata.category(character)
        marks = marks + 1 if category == "Mn" else 0
        if category in {"Cf", "Cs", "Co"} or marks > _MAX_MARKS:
            continue
        kept.append(" " if category in {"Cc", "Zl", "Zp"} else character)
    # Thai sara am has a normal form of two characters; a name must come back as it was written.
    pieces = ("".join(kept)).split("\u0e33")
    return " ".join("\u0e33".join(unicodedata.normalize("NFKC", piece) for piece in pieces).split())
