"""Make a vendored package's re-exports lazy, and prove that nobody can tell but the clock.

`linebot.v3.messaging` imports some 250 modules so that one may write `from linebot.v3.messaging import
FlexMessage`. A module-level `__getattr__` (PEP 562) gives the same name from the same module when it is
first asked for. Only an `__init__` that holds nothing but a docstring and `from … import …` is rewritten:
there, when the imports happen is all that changes. The proof compares every public name of every package
before and after.
"""

import ast
import json
import subprocess
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from layers.dependencies import public_names

# The proof asks a fresh interpreter; one that hangs must not hold a build up for ever.
PROOF_SECONDS = 120

type Names = dict[str, dict[str, list[str]]]

_LAZY_INIT = """\
{docstring}

# Rewritten when the layer was built: each name is imported from its module when it is first asked for.
from importlib import import_module as _import_module

_EXPORTS = {{
{exports}}}
_SUBMODULES = frozenset({submodules})
__all__ = [*_EXPORTS]


def __getattr__(name):
    if name in _EXPORTS:
        module, attribute = _EXPORTS[name]
        found = getattr(_import_module(module), attribute)
    elif name in _SUBMODULES:
        found = _import_module(f"{{__name__}}.{{name}}")
    else:
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
    globals()[name] = found
    return found


def __dir__():
    return sorted({{*globals(), *_EXPORTS, *_SUBMODULES}})
"""


class LazyExportsError(Exception):
    """A package's public names are not what they were, or cannot be proven to be."""


@dataclass(frozen=True)
class Export:
    """One re-exported name: where it comes from and what it is called there."""

    module: str
    attribute: str


def packages_below(tree: Path, root: str) -> list[str]:
    """The dotted names of `root` and of all packages in it, sorted."""
    inits = sorted((tree / root).rglob("__init__.py"))
    return sorted(".".join(init.parent.relative_to(tree).parts) for init in inits)


def rewrite_packages(tree: Path, packages: Iterable[str]) -> list[str]:
    """Rewrite every package that allows it; the names of those that were rewritten.

    A re-export whose module is not in the tree any more is left out: asking for it is an AttributeError.
    """
    rewritten = []
    for package in packages:
        init = tree.joinpath(*package.split("."), "__init__.py")
        lazy = lazy_source(init.read_text(encoding="utf-8"), package, tree)
        if lazy is not None:
            init.write_text(lazy, encoding="utf-8")
            rewritten.append(package)
    return rewritten


def lazy_source(source: str, package: str, tree: Path) -> str | None:
    """The lazy form of a package's `__init__`, or None when it does more than re-export."""
    exports = read_exports(source, package)
    submodules = _submodules(tree.joinpath(*package.split(".")))
    if not exports or not submodules.isdisjoint(exports):
        # A name that is also a submodule's would turn into the module as soon as anybody imports that.
        return None
    present = {name: export for name, export in exports.items() if _has_module(tree, export.module)}
    lines = [
        f"    {name!r}: ({export.module!r}, {export.attribute!r}),\n"
        for name, export in sorted(present.items())
    ]
    docstring = ast.get_docstring(ast.parse(source), clean=False) or f"{package} package."
    return _LAZY_INIT.format(
        docstring=f"{docstring!r}", exports="".join(lines), submodules=repr(sorted(submodules))
    )


def read_exports(source: str, package: str) -> dict[str, Export] | None:
    """What an `__init__` re-exports; None when it holds anything but a docstring and imports."""
    exports: dict[str, Export] = {}
    for position, statement in enumerate(ast.parse(source).body):
        if isinstance(statement, ast.ImportFrom):
            if any(alias.name == "*" for alias in statement.names):
                return None
            module = _absolute_module(statement, package)
            for alias in statement.names:
                exports[alias.asname or alias.name] = Export(module, alias.name)
        elif not _is_docstring(statement, position):
            return None
    return exports


def record_names(path: Sequence[Path], packages: Collection[str]) -> Names:
    """What each public name of each package is, as a fresh interpreter with this import path sees it."""
    command = [sys.executable, "-I", "-S", "-B", "-W", "ignore", str(Path(public_names.__file__))]
    asked = json.dumps({"path": [str(entry) for entry in path], "packages": sorted(packages)})
    finished = subprocess.run(  # noqa: S603
        command, input=asked, capture_output=True, text=True, timeout=PROOF_SECONDS, check=False
    )
    if finished.returncode:
        raise LazyExportsError(f"The packages cannot be imported:\n{finished.stderr}")
    names: Names = json.loads(finished.stdout)
    return names


def prove_same_names(before: Names, after: Names, removed: Collection[str]) -> int:
    """Hold every public name of every package against what it was; the number of names that are the same.

    `removed` are the modules that the build took out on purpose: a name from one of them must be gone.
    """
    faults: list[str] = []
    same = 0
    for package, names in before.items():
        found = after.get(package, {})
        for name, identity in names.items():
            if _comes_from(identity, removed):
                if name in found:
                    faults.append(f"{package}.{name} should be gone with its module")
            elif found.get(name) != identity:
                faults.append(f"{package}.{name} was {identity} and is {found.get(name)}")
            else:
                same += 1
        # A submodule that nobody had imported is now there when asked for; anything else would be a surprise.
        appeared = sorted(name for name in found.keys() - names.keys() if found[name][0] != "module")
        faults += [f"{package}.{name} is new" for name in appeared]
    if faults:
        raise LazyExportsError("The lazy packages are not what they were:\n" + "\n".join(faults))
    return same


def _comes_from(identity: Sequence[str], removed: Collection[str]) -> bool:
    home = identity[1]
    return any(home == module or home.startswith(f"{module}.") for module in removed)


def _absolute_module(statement: ast.ImportFrom, package: str) -> str:
    if not statement.level:
        return statement.module or ""
    parts = package.split(".")
    base = parts[: len(parts) - (statement.level - 1)]
    return ".".join([*base, statement.module] if statement.module else base)


def _is_docstring(statement: ast.stmt, position: int) -> bool:
    return (
        position == 0
        and isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _submodules(folder: Path) -> frozenset[str]:
    files = {path.stem for path in folder.glob("*.py")} - {"__init__", "__main__"}
    return frozenset(files | {path.parent.name for path in folder.glob("*/__init__.py")})


def _has_module(tree: Path, module: str) -> bool:
    path = tree.joinpath(*module.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def summary(before: Mapping[str, Mapping[str, Sequence[str]]], same: int) -> str:
    """One line for the build's log: how many names were compared and what came out."""
    total = sum(len(names) for names in before.values())
    return (
        f"{same} public names are the same objects; {total - same} went with the modules that nothing needs"
    )
