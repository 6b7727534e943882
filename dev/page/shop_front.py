"""What the page shows of the shop before anybody has said a word: its name, its products, its pictures."""

import csv
import tomllib
from dataclasses import dataclass
from pathlib import Path

# What the catalogue's pictures are called in public; the page shows these from the shop's folder, and no others.
PUBLIC_PICTURES = "https://demo-shop.example/pictures/"
PICTURE_TYPES = {".png", ".jpg", ".jpeg"}
LOGO = "shop-logo.png"


@dataclass(frozen=True)
class ShopFront:
    """A shop's folder: `shop.toml`, `catalogue.csv` (unless another one is named) and `pictures/`."""

    folder: Path
    catalogue: Path | None = None

    def name(self) -> str:
        return str(tomllib.loads((self.folder / "shop.toml").read_text("utf-8"))["name"])

    def products(self) -> list[dict[str, str]]:
        """Those that can be counted in a stock level: `sku` and the name in Traditional Chinese."""
        file = self.catalogue or self.folder / "catalogue.csv"
        with file.open(encoding="utf-8-sig", newline="") as rows:
            return [
                {"sku": row["sku"], "name": row["name_zh_tw"]} for row in csv.DictReader(rows) if row["stock"]
            ]

    def pictures(self) -> list[str]:
        """The names of the pictures that are there; there may be none yet."""
        folder = self.folder / "pictures"
        if not folder.is_dir():
            return []
        return sorted(path.name for path in folder.iterdir() if path.suffix in PICTURE_TYPES)

    def picture(self, name: str) -> Path | None:
        return self.folder / "pictures" / name if name in self.pictures() else None
