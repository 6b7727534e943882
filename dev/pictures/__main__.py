"""Render the demo shop's pictures: `python -m dev.pictures` turns each SVG beside this file into a PNG.

The drawings hold shapes only, no text, so that they look the same on every machine whatever its fonts.
"""

import sys
from pathlib import Path
from typing import Final

import resvg_py

DRAWINGS: Final = Path(__file__).resolve().parent
PICTURES: Final = DRAWINGS.parents[1] / "layers/shared/python/storefront/demo_shop/pictures"
ZOOM: Final = 1.5
"""Products are drawn 600 units wide and rendered 900 pixels wide: sharp at the 300 points of a card."""


def render(drawing: Path, folder: Path) -> Path:
    """Write the PNG of one drawing into `folder`."""
    picture = folder / drawing.with_suffix(".png").name
    rendered = resvg_py.svg_to_bytes(svg_path=str(drawing), zoom=ZOOM, skip_system_fonts=True)
    picture.write_bytes(bytes(rendered))
    return picture


def main() -> int:
    """Render all drawings."""
    PICTURES.mkdir(exist_ok=True)
    for drawing in sorted(DRAWINGS.glob("*.svg")):
        picture = render(drawing, PICTURES)
        print(f"{picture.name}  {picture.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
