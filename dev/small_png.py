"""Makes a screenshot small enough for the repository: 256 colours that it uses most, the others by the nearest of them.

Chromium writes true-colour PNGs in a hurry; a page has few colours besides the edges of its letters, so that this
quarters a picture and nobody sees it. The format is that of the PNG specification (ISO/IEC 15948), chapters 9 and 11.
"""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from itertools import batched
from pathlib import Path
from typing import Final

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
COLOURS: Final = 256
ALIKE: Final = 9 * 7**2  # seven steps of 256 in each channel
CHANNELS: Final = {2: 3, 6: 4}  # colour type: bytes a pixel, at eight bits a channel

Colour = tuple[int, int, int]


class NotAScreenshot(ValueError):
    """No PNG of eight bits a channel, without interlacing, in true colour: nothing that Chromium takes."""


def shrink(picture: Path) -> None:
    """Replaces the file, unless it is the smaller one. Raises NotAScreenshot."""
    before = picture.read_bytes()
    after = shrunk(before)
    if len(after) < len(before):
        picture.write_bytes(after)


def shrunk(png: bytes) -> bytes:
    width, height, pixels = _read(png)
    counted = Counter(pixels)
    palette = _palette([colour for colour, _ in counted.most_common()])
    places = {colour: place for place, colour in enumerate(palette)}
    for colour in counted:
        if colour not in places:
            places[colour] = _nearest(colour, palette)
    indexes = bytes(map(places.__getitem__, pixels))
    rows = b"".join(b"\0" + indexes[at : at + width] for at in range(0, len(indexes), width))
    return b"".join(
        (
            SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", bytes(channel for colour in palette for channel in colour)),
            _chunk(b"IDAT", zlib.compress(rows, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _palette(colours: list[Colour]) -> list[Colour]:
    """Of the colours, the most used first, those that are unlike each other; then more, as long as there is room.

    Else the many greys at the edges of letters would leave no room for the few yellows of a small picture.
    """
    chosen = list[Colour]()
    for colour in colours:
        if len(chosen) == COLOURS:
            return chosen
        if all(_distance(colour, each) > ALIKE for each in chosen):
            chosen.append(colour)
    there = set(chosen)
    rest = [colour for colour in colours if colour not in there]
    return chosen + rest[: COLOURS - len(chosen)]


def _nearest(colour: Colour, palette: list[Colour]) -> int:
    return min(range(len(palette)), key=lambda place: _distance(colour, palette[place]))


def _distance(one: Colour, other: Colour) -> int:
    """The eye sees differences of green best."""
    red, green, blue = one[0] - other[0], one[1] - other[1], one[2] - other[2]
    return 2 * red * red + 4 * green * green + 3 * blue * blue


# Reading ---------------------------------------------------------------------------------------------------


def _read(png: bytes) -> tuple[int, int, list[Colour]]:
    """Width, height and the pixels row by row, without their transparency."""
    if not png.startswith(SIGNATURE):
        raise NotAScreenshot("not a PNG")
    chunks = list(_chunks(png))
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if depth != 8 or kind not in CHANNELS or interlaced:
        raise NotAScreenshot(f"{depth} bits a channel, colour type {kind}, interlacing {interlaced}")
    size = CHANNELS[kind]
    raw = zlib.decompress(b"".join(body for name, body in chunks if name == b"IDAT"))
    length = width * size
    above, pixels = bytes(length), list[Colour]()
    for at in range(0, len(raw), length + 1):
        above = _unfiltered(raw[at], raw[at + 1 : at + 1 + length], above, size)
        pixels += [(red, green, blue) for red, green, blue, *_ in batched(above, size, strict=True)]
    return width, height, pixels


def _unfiltered(kind: int, row: bytes, above: bytes, size: int) -> bytes:
    """A row as it was before its filter (chapter 9.2)."""
    if kind == 0:
        return row
    if kind == 2:
        return bytes((byte + up) & 255 for byte, up in zip(row, above, strict=True))
    done = bytearray(size) + bytearray(row)  # what is left of the first pixel is black
    corners = bytes(size) + above
    for at, up in enumerate(above, start=size):
        left = done[at - size]
        match kind:
            case 1:
                guess = left
            case 3:
                guess = (left + up) >> 1
            case _:
                guess = _paeth(left, up, corners[at - size])
        done[at] = (done[at] + guess) & 255
    return bytes(done[size:])


def _paeth(left: int, up: int, corner: int) -> int:
    to_left, to_up, to_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    if to_left <= to_up and to_left <= to_corner:
        return left
    return up if to_up <= to_corner else corner


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
