"""Catalogue files: CSV as people save it, read into products, or into a list of what has to be mended.

Spreadsheets write UTF-8 with and without a mark, UTF-16 with tabs, and Big5 on a Taiwanese Windows; they
separate by comma, semicolon or tab. All of these are understood without being asked for.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pydantic import ValidationError

from storefront.contracts.catalogue_errors import RowError
from storefront.contracts.catalogue_row import (
    COLUMN_OF_FIELD,
    COLUMNS,
    REQUIRED_COLUMNS,
    CatalogueRow,
    plain,
)
from storefront.domain.catalogue import Product
from storefront.domain.errors import InvalidProduct

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESSES: Final = ("utf-8", "cp950")
_SEPARATORS: Final = ",;\t"
_LOST: Final = re.compile(r"\?{2,}|\ufffd")


@dataclass(frozen=True)
class CatalogueFile:
    """Products and counted stock by SKU, or errors; never both, so nothing is loaded by half."""

    products: tuple[Product, ...] = ()
    stock: Mapping[str, int] = field(default_factory=dict)
    errors: tuple[RowError, ...] = ()
    ignored_columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Line:
    """One record of the file, with the line that it begins on and its cells by column."""

    number: int
    cells: Mapping[str, str]


class _Unreadable(Exception):
    """The file is not a table with the columns that a catalogue needs."""

    def __init__(self, *errors: RowError) -> None:
        super().__init__(*errors)
        self.errors = errors


def read_catalogue(content: bytes) -> CatalogueFile:
    """Read a catalogue file; all of its mistakes are found at once."""
    try:
        columns, lines = _table_of(_text_of(content))
    except _Unreadable as unreadable:
        return CatalogueFile(errors=unreadable.errors)
    rows: list[tuple[_Line, CatalogueRow, Product]] = []
    errors: list[RowError] = []
    for line in lines:
        parsed = _parse(line)
        if isinstance(parsed, CatalogueRow):
            try:
                rows.append((line, parsed, parsed.to_product()))
            except InvalidProduct as invalid:
                errors.extend(_contradictions(line, invalid))
        else:
            errors.extend(parsed)
    errors.extend(_collisions([(line, product) for line, _, product in rows]))
    if not lines:
        errors.append(RowError(0, "", "empty-file"))
    if errors:
        return CatalogueFile(errors=tuple(sorted(errors, key=lambda error: error.line)))
    return CatalogueFile(
        products=tuple(product for _, _, product in rows),
        stock={row.sku: row.stock for _, row, _ in rows if row.stock is not None},
        ignored_columns=tuple(column for column in columns if column not in COLUMNS),
    )


def _text_of(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _decoded(content, (encoding,))
    if b"\0" in content[:2]:
        return _decoded(content, ("utf-16-le" if content[1:2] == b"\0" else "utf-16-be",))
    return _decoded(content, _GUESSES)


def _decoded(content: bytes, encodings: Sequence[str]) -> str:
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _Unreadable(RowError(0, "", "unknown-encoding"))


def _table_of(text: str) -> tuple[list[str], list[_Line]]:
    """The column names and the records that are not blank."""
    records = list(_records(text))
    if not records:
        raise _Unreadable(RowError(0, "", "empty-file"))
    heading_number, heading = records[0]
    columns = [re.sub(r"[\s-]+", "_", plain(name).lower()) for name in heading]
    named = [column for column in columns if column]
    problems = [
        RowError(heading_number, column, "missing-column", {"value": column})
        for column in REQUIRED_COLUMNS
        if column not in columns
    ]
    problems += [
        RowError(heading_number, column, "repeated-column", {"value": column})
        for column in dict.fromkeys(named)
        if named.count(column) > 1
    ]
    problems += [
        RowError(number, "", "too-many-cells")
        for number, cells in records[1:]
        if any(cell.strip() for cell in cells[len(columns) :])
    ]
    if problems:
        raise _Unreadable(*problems)
    lines = [_Line(number, dict(zip(columns, cells, strict=False))) for number, cells in records[1:]]
    return named, lines


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Records that are not blank, each with the line that it begins on."""
    first = text.partition("\n")[0]
    declared = re.fullmatch(r"sep=(.)\r?", first)
    separator = declared[1] if declared else max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not (declared and begins == 1):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise _Unreadable(RowError(begins, "", "not-csv", {"value": str(error)})) from error


def _parse(line: _Line) -> CatalogueRow | list[RowError]:
    """The row of `line`, or everything that is wrong with its cells."""
    lost = [
        RowError(line.number, column, "lost-characters", {"value": cell})
        for column, cell in line.cells.items()
        if _LOST.search(cell)
    ]
    blank = [
        RowError(line.number, column, "missing")
        for column in REQUIRED_COLUMNS
        if not line.cells.get(column, "").strip()
    ]
    told = {column: cell for column, cell in line.cells.items() if cell.strip()}
    try:
        row = CatalogueRow.model_validate(told)
    except ValidationError as invalid:
        unreadable = [
            RowError(
                line.number,
                str(mistake["loc"][0]),
                mistake["type"],
                {name: str(value) for name, value in mistake.get("ctx", {}).items()},
            )
            for mistake in invalid.errors(include_url=False)
            if str(mistake["loc"][0]) in told
        ]
        return lost + blank + unreadable
    return lost or row


def _contradictions(line: _Line, invalid: InvalidProduct) -> Iterator[RowError]:
    for problem in invalid.problems:
        column = COLUMN_OF_FIELD.get(problem.field, problem.field)
        yield RowError(line.number, column, problem.reason, {"value": line.cells.get(column, "").strip()})


def _collisions(products: Sequence[tuple[_Line, Product]]) -> Iterator[RowError]:
    """SKUs that stand twice, and words that mean two products."""
    first_lines: dict[str, int] = {}
    owners: dict[str, str] = {}
    for line, product in products:
        key = product.sku.lower()
        if key in first_lines:
            yield RowError(
                line.number, "sku", "repeated-sku", {"value": product.sku, "other": str(first_lines[key])}
            )
            continue
        first_lines[key] = line.number
        for column, word in _words_of(product):
            owner = owners.setdefault(" ".join(plain(word).lower().split()), product.sku)
            if owner != product.sku:
                yield RowError(line.number, column, "shared-alias", {"value": word, "other": owner})


def _words_of(product: Product) -> Iterator[tuple[str, str]]:
    for language, name in product.names.items():
        yield f"name_{language.lower().replace('-', '_')}", name
    for alias in product.aliases:
        yield "aliases", alias
