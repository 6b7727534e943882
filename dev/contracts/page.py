"""The parts of docs/back-office.md that are made: samples verbatim, fields, statuses, answers and carriers.

A made part stands between `<!-- made: NAME -->` and `<!-- /made -->`; everything else of the page is written by hand.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

from dev.contracts.examples import SAMPLES
from dev.contracts.openapi import BACK_OFFICE_ANSWERS
from dev.contracts.schemas import schema_of
from storefront.domain.language import Language
from storefront.domain.order import DeliveryMethod
from storefront.domain.shipment import NOTICES, RANK, ShipmentStatus
from storefront.messages.carriers import carriers
from storefront.messages.wording import wording_of

type Json = dict[str, Any]

PART: Final = re.compile(r"(<!-- made: (\w+) (\S+) -->\n).*?(<!-- /made -->)", re.DOTALL)
_FIELD_HEAD: Final = ("field of `data`", "", "what")
_ONLY_REFUNDED: Final = frozenset({"`refundedAmount`", "`refundedTotal`", "`reason`"})
FENCES: Final = {".sh": "bash", ".py": "python", ".mjs": "js", ".php": "php", ".json": "json"}


class UnknownPart(ValueError):
    """The page asks for something that nothing makes."""


def with_made_parts(page: str) -> str:
    """The page with every made part made anew."""
    return PART.sub(lambda found: f"{found[1]}{_made(found[2], found[3])}{found[4]}", page)


def _made(what: str, name: str) -> str:
    match what:
        case "sample":
            return _sample(name)
        case "fields":
            return _fields(name)
        case "table" if name == "statuses":
            return _statuses()
        case "table" if name == "answers":
            return _table(("answer", "meaning"), BACK_OFFICE_ANSWERS.items())
        case "table" if name == "refunded":
            return _table(
                _FIELD_HEAD, [row for row in _of_data("order.refunded.v1") if row[0] in _ONLY_REFUNDED]
            )
        case "table" if name == "carriers":
            return _carriers()
        case _:
            raise UnknownPart(f"{what} {name}")


def _sample(name: str) -> str:
    path = SAMPLES / name
    return f"```{FENCES[path.suffix]}\n{path.read_text('utf-8').rstrip()}\n```\n"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _fields(kind: str) -> str:
    """The fields of an event's data, those of an object within it by their path."""
    return _table(_FIELD_HEAD, _of_data(kind))


def _of_data(kind: str) -> Iterable[tuple[str, str, str]]:
    schema = schema_of(kind)
    return _rows(_resolved(schema["properties"]["data"], schema), schema, "")


def _rows(described: Json, schema: Json, prefix: str) -> Iterable[tuple[str, str, str]]:
    for name, field in described["properties"].items():
        needed = "needed" if name in described.get("required", ()) else ""
        yield f"`{prefix}{name}`", needed, _words(field, schema)
        kinds = [_resolved(each, schema) for each in _alternatives(field, schema)]
        inner = [list(_rows(each, schema, f"{prefix}{name}.")) for each in kinds if "properties" in each]
        yield from _merged(inner)


def _merged(kinds: list[list[tuple[str, str, str]]]) -> Iterable[tuple[str, str, str]]:
    """The rows of an object that comes in several kinds; what not every kind has is not needed in general."""
    rows = [row for rows in kinds for row in rows]
    for name in dict.fromkeys(row[0] for row in rows):
        of_name = [row for row in rows if row[0] == name]
        needed = of_name[0][1] if len(of_name) == len(kinds) else ""
        yield name, needed, " or ".join(dict.fromkeys(row[2] for row in of_name))


def _resolved(field: Json, schema: Json) -> Json:
    reference = field.get("$ref")
    return _resolved(schema["$defs"][reference.rpartition("/")[2]], schema) if reference else field


def _alternatives(field: Json, schema: Json) -> list[Json]:
    field = _resolved(field, schema)
    if field.get("type") == "array":
        return [field["items"]]
    return list(field.get("anyOf") or field.get("oneOf") or [field])


def _words(field: Json, schema: Json) -> str:
    """Type, limits and description in a cell."""
    kinds = [_kind(_resolved(each, schema), schema) for each in _alternatives_of_cell(field, schema)]
    kind = " or ".join(dict.fromkeys(each for each in kinds if each))
    told = field.get("description") or ""
    return ". ".join(part.rstrip(".") for part in (kind, told) if part).replace("|", "\\|")


def _alternatives_of_cell(field: Json, schema: Json) -> list[Json]:
    field = _resolved(field, schema)
    return list(field.get("anyOf") or field.get("oneOf") or [field])


def _kind(field: Json, schema: Json) -> str:
    if "const" in field:
        return f"`{field['const']}`" if field["const"] else ""
    if "enum" in field:
        return " ".join(f"`{each}`" for each in field["enum"])
    kind = str(field.get("type", ""))
    if kind == "null":
        return ""
    if kind == "array":
        return f"list of {' or '.join(_kind(_resolved(each, schema), schema) for each in _alternatives(field, schema))}"
    if kind == "string":
        if field.get("format") == "date-time":
            return "time"
        return f"text, {field['maxLength']} at most" if "maxLength" in field else "text"
    if kind == "integer":
        least, most = field.get("minimum"), field.get("maximum")
        return (
            "whole number" + (f" from {least}" if least is not None else "") + (f" to {most}" if most else "")
        )
    return kind


def _statuses() -> str:
    """Every status in the order of its rank: what customers read, and when they are told without asking."""
    rows = []
    for status in sorted(ShipmentStatus, key=lambda each: RANK[each]):
        told = [
            {DeliveryMethod.HOME: "home", DeliveryMethod.STORE: "store"}[method]
            for method, notices in NOTICES.items()
            if status in notices
        ]
        words = [
            wording_of(language)[f"shipment.{status}.word"] for language in (Language.ZH_TW, Language.EN)
        ]
        rows.append((f"`{status}`", *words, ", ".join(told) or "shows when asked"))
    return _table(("status", "zh-TW", "en", "a notice to customers of"), rows)


def _carriers() -> str:
    rows = [
        (
            f"`{carrier.carrier_id}`",
            carrier.name(Language.ZH_TW),
            f"`{carrier.number_hint}`".replace("|", "\\|") if carrier.number_hint else "",
            "the parcel itself" if carrier.link else "a page",
        )
        for carrier in carriers()
    ]
    return _table(("`carrier`", "name", "numbers look like", "the button opens"), rows)
