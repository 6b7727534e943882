"""A small PNG shows what the large one showed."""

import struct
import zlib
from pathlib import Path

import pytest
import resvg_py

from dev.small_png import SIGNATURE, NotAScreenshot, _chunk, _read, shrink, shrunk

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40"><rect width="60" height="40" fill="#8fb0db"/>'
    '<rect x="5" y="5" width="30" height="20" rx="6" fill="#fff"/><circle cx="45" cy="25" r="9" fill="#0b6b3a"/></svg>'
)


def indexes_and_palette(png: bytes) -> tuple[bytes, bytes]:
    parts, at = dict[bytes, bytes](), len(SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        parts[png[at + 4 : at + 8]] = png[at + 8 : at + 8 + length]
        at += length + 12
    return zlib.decompress(parts[b"IDAT"]), parts[b"PLTE"]


def test_few_colours_stay_exactly_as_they_are() -> None:
    png = bytes(resvg_py.svg_to_bytes(svg_string=DRAWING, width=240))
    width, _, pixels = _read(png)
    rows, palette = indexes_and_palette(shrunk(png))
    shown = [
        tuple(palette[3 * index : 3 * index + 3])
        for at in range(0, len(rows), width + 1)
        for index in rows[at + 1 : at + 1 + width]
    ]
    assert len(set(pixels)) <= 256
    assert shown == pixels


@pytest.mark.parametrize("kind", range(5))
def test_every_filter_of_the_format_is_undone(kind: int) -> None:
    """Rows that this test filtered by the book's formulas read as before."""
    width, rows = 3, [bytes([10, 20, 30, 40, 50, 60, 70, 80, 90]), bytes([5, 250, 9, 200, 1, 60, 7, 8, 255])]
    filtered, above = b"", bytes(9)
    for row in rows:
        out = bytearray([kind])
        for at, byte in enumerate(row):
            left, up, corner = row[at - 3] if at > 2 else 0, above[at], above[at - 3] if at > 2 else 0
            nearest = min((left, up, corner), key=lambda each: abs(left + up - corner - each))
            guess = [0, left, up, (left + up) // 2, nearest][kind]
            out.append((byte - guess) % 256)
        filtered, above = filtered + bytes(out), row
    header = struct.pack(">IIBBBBB", width, 2, 8, 2, 0, 0, 0)
    png = (
        SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(filtered)) + _chunk(b"IEND", b"")
    )
    assert _read(png)[2] == [tuple(row[at : at + 3]) for row in rows for at in (0, 3, 6)]


def test_a_file_is_replaced_by_a_smaller_one_only(tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(bytes(resvg_py.svg_to_bytes(svg_string=DRAWING, width=600)))
    before = picture.stat().st_size
    shrink(picture)
    after = picture.stat().st_size
    assert after < before
    with pytest.raises(NotAScreenshot):
        shrink(picture)  # it has a palette now
    assert picture.stat().st_size == after


def test_what_is_no_picture_is_said_to_be_none() -> None:
    with pytest.raises(NotAScreenshot, match="not a PNG"):
        shrunk(b"GIF89a")
