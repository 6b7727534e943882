"""What a button says when it is pressed: `verb?field=value&…`.

A pointer that the receiver must check, never a proof: customers can forward and forge it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import quote, unquote

MAX_CHARACTERS = 300
"""LINE's limit of a postback's `data`."""

UNKNOWN = "unknown"

_VERB = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,15}")
_ESCAPED = re.compile(r"(?:[A-Za-z0-9_.~:,/@-]|%[0-9A-Fa-f]{2})*")
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Postback:
    """A pressed button: what is asked (`unknown` when the data is not ours) and about what."""

    verb: str
    fields: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


def encode(verb: str, **fields: str | int) -> str:
    """The data of a button. Raises ValueError for what `decode` would not give back."""
    pairs = "&".join(f"{name}={quote(str(value), safe=':,/@')}" for name, value in fields.items())
    text = f"{verb}?{pairs}" if pairs else verb
    if (
        decode(text) != Postback(verb, {name: str(value) for name, value in fields.items()})
        or verb == UNKNOWN
    ):
        raise ValueError(f"not a postback: {verb} with {sorted(fields)}")
    return text


def decode(text: object) -> Postback:
    """The verb and fields of a button's data; the verb `unknown` for anything that `encode` never made."""
    if not isinstance(text, str) or len(text) > MAX_CHARACTERS:
        return Postback(UNKNOWN)
    verb, mark, rest = text.partition("?")
    if not _VERB.fullmatch(verb) or (mark and not rest):
        return Postback(UNKNOWN)
    fields: dict[str, str] = {}
    for pair in rest.split("&") if rest else ():
        name, equals, escaped = pair.partition("=")
        if not equals or not _FIELD.fullmatch(name) or name in fields or not _ESCAPED.fullmatch(escaped):
            return Postback(UNKNOWN)
        try:
            fields[name] = unquote(escaped, errors="strict")
        except UnicodeDecodeError:
            return Postback(UNKNOWN)
    return Postback(verb, MappingProxyType(fields))
