"""The demo shop's pictures: drawn from shapes only, and rendered from the drawings that lie beside the renderer."""

import importlib
import struct
from pathlib import Path

import pytest

from dev.catalogue import DEMO_SHOP
from storefront.contracts.catalogue_file import read_catalogue

pictures = importlib.import_module("dev.pictures.__main__")
DRAWINGS = sorted(Path(pictures.DRAWINGS).glob("*.svg"))


def size_of(picture: Path) -> tuple[int, ...]:
    """Width and height from the header of a PNG."""
    return struct.unpack(">II", picture.read_bytes()[16:24])


def test_every_drawing_has_its_picture_and_every_product_its_drawing() -> None:
    drawn = {drawing.stem for drawing in DRAWINGS}
    assert {picture.stem for picture in Path(pictures.PICTURES).glob("*.png")} == drawn
    products = read_catalogue(DEMO_SHOP.read_bytes()).products
    assert {str(product.picture).removesuffix(".png") for product in products} | {"shop-logo"} == drawn


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda drawing: str(drawing.stem))
def test_a_drawing_needs_no_font_and_nothing_from_elsewhere(drawing: Path) -> None:
    source = drawing.read_text("utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert [word for word in ("<text", "<image", "<script", "http:", "https:") if word in source] == []


def test_a_drawing_is_rendered_in_the_size_of_its_picture(tmp_path: Path) -> None:
    drawing = DRAWINGS[0]
    rendered = pictures.render(drawing, tmp_path)
    assert size_of(rendered) == size_of(Path(pictures.PICTURES) / rendered.name) == (900, 585)
