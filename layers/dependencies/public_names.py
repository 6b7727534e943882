"""What the public names of packages are: asked of a fresh interpreter that sees nothing but one tree.

Reads {"path": [...], "packages": [...]} from standard input and writes {package: {name: [kind, home,
what]}}. It imports the standard library only, because the interpreter that runs it has no other path than
the one it is given.
"""

import importlib
import json
import sys
from types import ModuleType


def main() -> None:
    """Answer one question from standard input."""
    asked = json.load(sys.stdin)
    sys.path[:0] = asked["path"]
    packages = {name: importlib.import_module(name) for name in asked["packages"]}
    found = {name: _names(package) for name, package in packages.items()}
    json.dump(found, sys.stdout)


def _names(package: ModuleType) -> dict[str, list[str]]:
    names = [name for name in dir(package) if not name.startswith("_") or name == "__version__"]
    return {name: _identity(getattr(package, name)) for name in names}


def _identity(value: object) -> list[str]:
    """What a value is, in words that mean the same thing in another process.

    For a class or a function that is its place of birth, and only if the very same object is found there.
    """
    if isinstance(value, ModuleType):
        return ["module", value.__name__, ""]
    home = getattr(value, "__module__", None)
    name = getattr(value, "__qualname__", None)
    if home in sys.modules and name and getattr(sys.modules[home], name, None) is value:
        return ["object", home, name]
    if isinstance(value, str | int | float | tuple):
        return ["value", type(value).__name__, repr(value)]
    raise TypeError(f"{value!r} has no identity that another process could check")


if __name__ == "__main__":
    main()
