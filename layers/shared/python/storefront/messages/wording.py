"""The wording files: one TOML file per language with the same keys and the same `{placeholders}` in each.

A file is read once, when its language is first spoken. Strings that the customer reads stand nowhere else.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from storefront.domain.language import Language


@cache
def wording_of(language: Language) -> Mapping[str, str]:
    """Every string of `language` under its dotted key, such as `quote.title`."""
    name = f"{language.replace('-', '_').lower()}.toml"
    source = files("storefront.messages").joinpath("wording", name).read_text("utf-8")
    return dict(_flattened(tomllib.loads(source), ""))


def _flattened(table: Mapping[str, object], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flattened(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)
