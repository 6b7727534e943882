"""Draws the rich menus: `python -m dev.rich_menu draw`, after a change of their words.

Unlike the product's pictures these hold words, so drawing needs Debian's fonts-noto-cjk and fonts-thai-tlwg; the
pictures are kept beside this file, so that registering them does not.
"""

from html import escape
from pathlib import Path
from typing import Final

import resvg_py

from dev.rich_menu.menus import HEIGHT, LANGUAGE_WIDTH, WIDTH, Area, areas_of, picture_of
from storefront.domain.language import Language

INK: Final = "#17352a"
GREEN: Final = "#2f6d52"
PAPER: Final = "#fffdf8"
TINT: Final = "#eef4ec"
EDGE: Final = "#d9e3d8"
FONTS: Final = {
    Language.ZH_TW: "Noto Sans CJK TC",
    Language.EN: "Noto Sans CJK TC",
    Language.JA: "Noto Sans CJK JP",
    Language.TH: "Loma",
}
LETTERS: Final = {Language.ZH_TW: 88, Language.EN: 72, Language.JA: 74, Language.TH: 76}

DRAWINGS: Final = {
    # A tea caddy with a leaf.
    "basket": '<path d="M-62-52h124v112a22 22 0 0 1-22 22h-80a22 22 0 0 1-22-22z"/><path d="M-74-84h148v32h-148z"/>'
    '<path d="M-30 42c-6-46 18-70 62-70c2 46-20 72-62 70zM-34 54c8-24 22-42 42-58"/>',
    # A sheet with three lines, the first of them ticked.
    "list": '<path d="M-66-88h132v176h-132z"/><path d="M-40-40l12 12 22-26M14-40h28M-38 6h80M-38 48h56"/>',
    # Two people talking: a bubble before a bubble.
    "person": '<path d="M-92-74h124a20 20 0 0 1 20 20v58a20 20 0 0 1-20 20h-66l-34 32v-32h-24a20 20 0 0 1-20-20v-58'
    'a20 20 0 0 1 20-20z"/><path d="M72-24h8a20 20 0 0 1 20 20v60a20 20 0 0 1-20 20h-16v30l-34-30h-50"/>'
    '<path d="M-60-25h.1M-30-25h.1M0-25h.1" stroke-width="20"/>',
}


def _doing(area: Area, language: Language) -> str:
    middle = area.x + area.width // 2
    size = LETTERS[language]
    edge = (
        f'<path d="M{area.x} 110v{HEIGHT - 220}" stroke="{EDGE}" stroke-width="5" fill="none"/>'
        if area.x
        else ""
    )
    return (
        f'{edge}<circle cx="{middle}" cy="330" r="178" fill="{TINT}"/>'
        f'<g transform="translate({middle} 330)" fill="none" stroke="{GREEN}" stroke-width="13" '
        f'stroke-linecap="round" stroke-linejoin="round">{DRAWINGS[area.drawing]}</g>'
        f'<text x="{middle}" y="{650 + size // 3}" font-size="{size}" font-weight="700" text-anchor="middle" '
        f'fill="{INK}" font-family="{FONTS[language]}">{escape(area.label)}</text>'
    )


def _tongue(area: Area, language: Language) -> str:
    middle = area.x + area.width // 2
    line = f'<path d="M{area.x + 60} {area.y}h{area.width - 120}" stroke="#ffffff55" stroke-width="4"/>'
    return (
        f'{line if area.y else ""}<text x="{middle}" y="{area.y + area.height // 2 + 26}" font-size="76" '
        f'font-weight="700" text-anchor="middle" fill="#ffffff" font-family="{FONTS[language]}">'
        f"{escape(area.label)}</text>"
    )


def drawn(language: Language) -> str:
    """The menu of one language as SVG."""
    areas = areas_of(language)
    others = iter(other for other in Language if other is not language)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>'
        f'<rect x="{WIDTH - LANGUAGE_WIDTH}" width="{LANGUAGE_WIDTH}" height="{HEIGHT}" fill="{GREEN}"/>'
    ]
    parts += [_doing(area, language) if area.drawing else _tongue(area, next(others)) for area in areas]
    return "".join([*parts, "</svg>"])


def draw(language: Language) -> Path:
    """Write the picture of one menu."""
    picture = picture_of(language)
    picture.write_bytes(bytes(resvg_py.svg_to_bytes(svg_string=drawn(language), width=WIDTH)))
    return picture
