"""Every property of a Flex component, measured on the page: places and sizes in pixels, colours as drawn."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from dev.standins.line_platform import message_problems
from tests.browser import components, gallery
from tests.browser.components import BORDERS, IMAGE_SIZES, JUSTIFIED, SPACES
from tests.browser.conftest import Shop

Opened = Callable[..., Page]
Card = Callable[[str], Locator]
BASELINE = """node => {
    const mark = document.createElement('span');
    mark.style.setProperty('display', 'inline-block');
    node.append(mark);
    const bottom = mark.getBoundingClientRect().bottom;
    mark.remove();
    return bottom;
}"""
GREEN, PALE, LIGHT, RED = "rgb(6, 108, 60)", "rgb(143, 199, 166)", "rgb(220, 239, 228)", "rgb(180, 35, 24)"


@pytest.fixture
def card(shop: Shop, open_page: Opened) -> Card:
    """Draw one of the messages; its bubble (or the row of bubbles)."""

    def drawn(name: str) -> Locator:
        shop.push(shop.customer(), components.MORE[name]())
        page = open_page()
        expect(page.locator(".entry-shop")).to_have_count(1)
        assert page.locator(".problems").count() == 0
        return page.locator(".entry-shop .drawn > *").first

    return drawn


def place(node: Locator, within: Locator | None = None) -> tuple[float, float, float, float]:
    """Left, top, width and height in pixels, from the corner of `within`."""
    found, corner = node.bounding_box(), within.bounding_box() if within else None
    assert found is not None
    left, top = (corner["x"], corner["y"]) if corner else (0.0, 0.0)
    return tuple(
        round(each, 1) for each in (found["x"] - left, found["y"] - top, found["width"], found["height"])
    )  # type: ignore[return-value]


def style(node: Locator, name: str) -> str:
    return str(node.evaluate("(node, name) => getComputedStyle(node).getPropertyValue(name)", name))


def colours(*nodes: Locator) -> list[str]:
    return [style(node, "background-color") for node in nodes]


def rows(bubble: Locator, block: str = "body") -> list[Locator]:
    """The components of a block, from top to bottom."""
    return bubble.locator(f".fx-{block} > .fx-box > *").all()


def inside(node: Locator) -> list[Locator]:
    return node.locator("> *").all()


def test_the_page_knows_all_that_is_in_the_messages(shop: Shop, open_page: Opened) -> None:
    shop.push(shop.customer(), *(message() for message in components.MORE.values()))
    page = open_page()
    expect(page.locator(".entry-shop")).to_have_count(len(components.MORE))
    assert page.locator(".problems li").all_inner_texts() == []


@pytest.mark.parametrize("name", components.MORE)
def test_line_would_take_each_message(name: str) -> None:
    assert message_problems([components.MORE[name]()]) == []


@pytest.mark.parametrize("name", [*gallery.known_good(), *gallery.templates()])
def test_line_would_take_the_gallery_too(name: str) -> None:
    message = {**gallery.known_good(), **gallery.templates()}[name]
    problems = message_problems([message])
    # One row of all sizes is for the eye; LINE wants one size in a carousel.
    assert [each.message for each in problems] == (
        ["all bubbles must have the same size"] if name == "sizes" else []
    )


def test_children_are_spread_over_the_main_axis(card: Card) -> None:
    bubble = card("justified")
    lefts = {
        each: [place(child, row)[0] for child in inside(row)]
        for each, row in zip(JUSTIFIED, rows(bubble), strict=True)
    }
    # 260 px less three blocks of 40 px leave 140 px.
    assert lefts == {
        "flex-start": [0, 40, 80],
        "center": [70, 110, 150],
        "flex-end": [140, 180, 220],
        "space-between": [0, 110, 220],
        "space-around": [
            pytest.approx(23.3, abs=0.2),
            pytest.approx(110, abs=0.2),
            pytest.approx(196.7, abs=0.2),
        ],
        "space-evenly": [35, 110, 185],
    }


def test_children_are_aligned_on_the_cross_axis(card: Card) -> None:
    *columns, row = rows(card("aligned"))
    assert [place(inside(column)[0], column)[0] for column in columns] == [0, 110, 220]
    words = [place(inside(column)[1], column) for column in columns]
    assert words[0][0] == 0
    assert words[1][0] + words[1][2] / 2 == pytest.approx(130, abs=0.2)
    assert words[2][0] + words[2][2] == pytest.approx(260, abs=0.2)
    assert [place(child, row)[1] for child in inside(row)] == [0, 20]


def test_gravity_moves_text_picture_and_button_up_and_down(card: Card) -> None:
    found = []
    for row in rows(card("gravities")):
        words, frame, tap = row.locator("p"), row.locator(".fx-frame"), row.locator(".fx-button")
        _, top, _, height = place(words, row)
        found.append((round(top + height / 2), place(frame, row)[1], place(tap, row)[1]))
    line = 14 * 1.4
    assert found == [(round(line / 2), 0, 0), (45, 30, 25), (round(90 - line / 2), 60, 50)]


def test_borders_and_corners_have_lines_widths(card: Card) -> None:
    *bordered, corners = rows(card("borders"))
    widths = dict(zip(BORDERS, (style(each, "border-top-width") for each in bordered), strict=True))
    assert {**widths, "light": "?"} == {
        "none": "0px",
        "light": "?",
        "normal": "1px",
        "medium": "2px",
        "semi-bold": "3px",
        "bold": "4px",
        "6px": "6px",
    }
    assert widths["light"] in {"0.5px", "1px"}  # half a pixel where the screen has one
    assert {style(each, "border-top-color") for each in bordered} == {GREEN}
    radii = [style(each, "border-top-left-radius") for each in inside(corners)]
    assert dict(zip(SPACES, radii, strict=True)) == {
        "none": "0px",
        "xs": "2px",
        "sm": "4px",
        "md": "8px",
        "lg": "12px",
        "xl": "16px",
        "xxl": "20px",
    }


def test_boxes_have_the_size_they_are_given(card: Card) -> None:
    half, narrow, low, mixed = rows(card("measured"))
    assert place(half)[2:] == (130, 24)
    assert place(narrow)[2] == 120
    assert place(low)[2:] == (260, 50)
    assert [place(child, mixed)[::2] for child in inside(mixed)] == [(0, 78), (78, 80), (158, 102)]


def test_paddings_are_counted_in_pixels_percent_and_keywords(card: Card) -> None:
    bubble = card("padded")
    assert style(bubble.locator(".fx-body > .fx-box"), "padding") == "30px"
    where = [(*place(inside(row)[0], row)[:2], place(row)[3]) for row in rows(bubble)]
    # 240 px wide, so that a tenth is 24 px; each block is 20 px high.
    assert where == [(20, 20, 60), (10, 0, 30), (50, 0, 32), (24, 24, 68), (0, 4, 24)]
    assert style(rows(bubble)[4], "padding-right") == "96px"


def test_offsets_move_what_is_relative_and_place_what_is_absolute(card: Card) -> None:
    bubble = card("moved")
    body = bubble.locator(".fx-body > .fx-box")
    one, two, frame = rows(bubble)
    assert place(one, body)[:2] == (40, 19)
    assert place(two, body)[:2] == (20, 19 + 20 - 10)
    corner, middle, strip = inside(frame)
    assert place(corner, frame) == (210, 90, 40, 20)
    assert place(middle, frame) == (65, 60, 40, 20)
    assert place(strip, frame) == (0, 0, 260, 8)
    assert colours(corner, middle, strip) == [GREEN, RED, PALE]


def test_blocks_have_their_own_ground_and_lines_between(card: Card) -> None:
    bubble = card("styled blocks")
    header, hero, body, footer = (
        bubble.locator(f".fx-{name}") for name in ("header", "hero", "body", "footer")
    )
    assert colours(header, body, footer) == ["rgb(255, 244, 214)", LIGHT, "rgb(242, 244, 247)"]
    assert place(hero)[2:] == (300, 100)
    lines = bubble.locator(".fx-block-line").all()
    assert colours(*lines) == [RED, "rgb(212, 214, 218)", GREEN]
    assert [place(line)[2:] for line in lines] == [(300, 1)] * 3


def test_pictures_have_the_sizes_of_line(card: Card) -> None:
    *sized, shapes = rows(card("pictured"))
    widths = [place(each.locator(".fx-frame"))[2:] for each in sized]
    assert dict(zip(IMAGE_SIZES, widths, strict=True)) == {
        name: (pixels, pixels)
        for name, pixels in zip(
            IMAGE_SIZES, (40, 60, 80, 100, 120, 140, 160, 180, 200, 220, 260, 65, 90), strict=True
        )
    }
    frames = shapes.locator(".fx-frame").all()
    assert [place(each)[2:] for each in frames] == [(60, 33.8), (60, 180), (60, 60)]
    third = 260 / 3
    lefts = [place(each, shapes)[0] for each in frames]
    assert lefts == [0, pytest.approx(third + (third - 60) / 2, abs=0.2), pytest.approx(200, abs=0.2)]
    assert place(frames[2], shapes)[1] == 120
    assert colours(frames[0]) == ["rgb(255, 226, 222)"]
    assert [style(each.locator("img"), "object-fit") for each in frames] == ["contain", "cover", "contain"]


def test_icons_stand_on_the_line_of_the_letters(card: Card) -> None:
    first, second, third = rows(card("in line"))
    icon = first.locator(".fx-glyph")
    assert place(icon)[2:] == (14, 14)
    lines = [words.evaluate(BASELINE) for words in first.locator("p").all()]
    _, top, _, height = place(icon)
    assert lines[0] == pytest.approx(lines[1], abs=0.6)
    assert top + height == pytest.approx(lines[0], abs=0.6)
    glyphs = [place(each, second) for each in second.locator(".fx-glyph").all()]
    assert [each[::2] for each in glyphs] == [(0, 22), (30, 66), (106, 24)]
    widths = [place(each, third)[2] for each in inside(third)]
    assert widths == pytest.approx([260 / 3, 130, 260 / 6], abs=0.2)


def test_buttons_have_style_height_colour_and_weight(card: Card) -> None:
    bubble = card("buttons")
    main, second, link, brand, tinted, shrunk = bubble.locator(".fx-body .fx-button").all()
    assert [place(each)[3] for each in (main, second, link, brand, tinted, shrunk)] == [
        52,
        40,
        40,
        40,
        40,
        40,
    ]
    assert colours(main, second, link, brand, tinted) == [
        "rgb(8, 122, 58)",
        "rgb(220, 223, 229)",
        "rgba(0, 0, 0, 0)",
        "rgb(23, 54, 93)",
        "rgb(255, 233, 184)",
    ]
    assert [style(each, "color") for each in (link, brand, tinted)] == [
        RED,
        "rgb(255, 255, 255)",
        "rgb(17, 17, 17)",
    ]
    words = shrunk.locator("span")
    assert words.evaluate("node => node.scrollWidth <= node.clientWidth")
    assert float(style(words, "font-size").removesuffix("px")) < 16
    feet = [place(each)[2] for each in bubble.locator(".fx-footer .fx-button").all()]
    # 280 px between the footer's paddings, less 8 px, in three parts.
    assert feet == pytest.approx([272 / 3, 2 * 272 / 3], abs=0.2)


def test_gradients_run_from_start_over_centre_to_end(card: Card) -> None:
    upward, slanted, sideways, pictured = rows(card("shaded"))
    assert [style(each, "background-image") for each in (upward, slanted, sideways)] == [
        f"linear-gradient(0deg, rgb(255, 255, 255), {GREEN})",
        f"linear-gradient(45deg, rgb(255, 255, 255), rgb(255, 217, 102) 10%, {GREEN})",
        f"linear-gradient(90deg, rgb(255, 255, 255), rgb(255, 217, 102) 50%, {GREEN})",
    ]
    veil = inside(pictured)[1]
    assert colours(veil) == ["rgba(6, 108, 60, 0.7)"]
    _, top, width, height = place(veil, pictured)
    assert (round(top + height), width) == (round(place(pictured)[3]), 260)


def test_letters_are_set_as_the_card_says(card: Card) -> None:
    left, middle, right, under, through, spaced, wrapped, clamped, spans = rows(card("lettered"))
    assert [style(each.locator("p"), "text-align") for each in (left, middle, right)] == [
        "left",
        "center",
        "right",
    ]
    assert (style(middle, "font-weight"), style(right, "font-style")) == ("700", "italic")
    lines = [style(each, "text-decoration-line") for each in (under, through)]
    assert lines == ["underline", "line-through"]
    # Three lines of 14 px with 20 px between them, and none around them.
    assert place(spaced)[3] == pytest.approx(3 * 14 * 1.4 + 2 * 20, abs=0.3)
    assert place(wrapped)[2] == 260
    assert wrapped.locator("p").evaluate("node => node.scrollWidth <= node.clientWidth")
    assert place(clamped)[3] == pytest.approx(2 * 14 * 1.4, abs=0.5)
    inherited, small, bold, italic, struck, broken = spans.locator("span").all()
    assert (style(inherited, "font-size"), style(inherited, "color")) == ("19px", GREEN)
    assert (style(small, "font-size"), style(small, "color")) == ("11px", "rgb(118, 118, 118)")
    assert (style(bold, "font-weight"), style(italic, "font-style")) == ("700", "italic")
    assert style(struck, "text-decoration-line") == "line-through"
    assert broken.inner_text() == "\n換行後"


def test_a_bubble_from_right_to_left_is_mirrored(card: Card) -> None:
    order, prices, padded, frame = rows(card("mirrored"))
    assert [(place(each, order)[0], *colours(each)) for each in inside(order)] == [(220, GREEN), (172, PALE)]
    name, price = (each.locator("p") for each in inside(prices))
    assert [style(each, "text-align") for each in (name, price)] == ["right", "left"]
    assert place(price, prices)[0] == 0
    assert place(inside(padded)[0], padded)[0] == 260 - 40 - 40
    assert place(inside(frame)[0], frame)[:2] == (260 - 10 - 40, 10)


def test_lines_spaces_and_weights_divide_a_box(card: Card) -> None:
    halves, line, stripes, thirds, stacked = rows(card("divided"))
    left, upright, right = (place(each, halves) for each in inside(halves))
    assert (left[2], upright[2], right[2]) == (129.5, 1, 129.5)
    assert upright[3] == place(halves)[3]
    assert (place(line)[3], *colours(line)) == (1, RED)
    assert [place(each, stripes)[1] for each in inside(stripes)] == [0, 30, 60]
    assert [place(each)[2] for each in inside(thirds)] == [65, 130, 65]
    low, high = (place(each)[3] for each in inside(stacked))
    assert low + high == 120
    assert high > low


def test_a_hero_may_be_a_box_and_a_bubble_one_large_button(card: Card) -> None:
    bubble = card("overlaid")
    label = bubble.get_by_text("特價").locator("xpath=ancestor::div[contains(@class,'fx-box')][1]")
    assert place(label, bubble) == (12, 12, 48, 24)
    assert place(bubble.locator(".fx-hero"), bubble)[2:] == (260, 130)
    assert bubble.get_attribute("role") == "link"
    assert bubble.get_attribute("tabindex") == "0"


def test_cards_of_a_row_are_of_one_height_with_their_buttons_at_the_foot(card: Card) -> None:
    bubbles = card("even cards").locator(".fx-bubble").all()
    assert len({place(each)[3] for each in bubbles}) == 1
    feet = {round(place(each.locator(".fx-button"), each)[1]) for each in bubbles}
    assert len(feet) == 1
    assert [place(each)[2] for each in bubbles] == [160, 160, 160]


def test_messages_are_the_same_width_by_night(shop: Shop, open_page: Opened) -> None:
    """A bubble is light in a dark theme too, as in LINE: its colours are the shop's to choose."""
    shop.push(shop.customer(), components.MORE["buttons"](), {"type": "text", "text": "好"})
    page: Any = open_page()
    page.emulate_media(color_scheme="dark")
    assert colours(page.locator(".fx-bubble")) == ["rgb(255, 255, 255)"]
    assert colours(page.locator(".entry-shop .bubble")) != ["rgb(255, 255, 255)"]
