"""`make contracts`: what back offices are told, made from the code.

    python -m dev.contracts

writes docs/api/ (a JSON Schema for each event, and the OpenAPI document), docs/samples/from_shop/ (examples of
what we send), and the made parts of docs/back-office.md. A test holds what is committed against what this makes.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final

from dev.contracts.examples import sent_examples
from dev.contracts.openapi import document
from dev.contracts.page import with_made_parts
from dev.contracts.schemas import kinds, schema_of
from dev.local.settings import ROOT

PAGE: Final = "docs/back-office.md"
MADE_WHOLE: Final = ("docs/api", "docs/samples/from_shop")
"""Folders in which nothing is written by hand."""


def made(root: Path = ROOT) -> dict[str, str]:
    """Every file that is made, by its path in the project."""
    files = {f"docs/api/events/{kind}.json": _json(schema_of(kind)) for kind in kinds()}
    files["docs/api/openapi.json"] = _json(document())
    files |= {f"docs/samples/from_shop/{name}.json": _json(event) for name, event in sent_examples().items()}
    files[PAGE] = with_made_parts((root / PAGE).read_text("utf-8"))
    return files


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def main() -> int:
    files = made()
    for folder in MADE_WHOLE:
        for path in (ROOT / folder).rglob("*.json"):
            if str(path.relative_to(ROOT)) not in files:
                path.unlink()
    for name, content in files.items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text("utf-8") != content:
            path.write_text(content, "utf-8")
            print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
