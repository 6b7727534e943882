"""Lazy re-exports on small packages: what is rewritten, what is left alone, and that the proof can fail."""

from pathlib import Path

import pytest

from layers.dependencies.lazy_exports import (
    Export,
    LazyExportsError,
    lazy_source,
    packages_below,
    prove_same_names,
    read_exports,
    record_names,
    rewrite_packages,
)

INIT = '''"""A shop."""
from shop.till import Till, ring as bell
from .shelf import Shelf
from .stock import count
'''


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A package `shop` with a package `shop.deep`, both of which only re-export."""
    files = {
        "shop/__init__.py": INIT,
        "shop/till.py": "class Till:\n    pass\n\n\ndef ring():\n    return 'ding'\n",
        "shop/shelf.py": "class Shelf:\n    pass\n",
        "shop/stock.py": "def count():\n    return 3\n",
        "shop/deep/__init__.py": "from ..till import Till\nfrom .well import Well\n",
        "shop/deep/well.py": "class Well:\n    pass\n",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tmp_path


def number_of_names(names: dict[str, dict[str, list[str]]]) -> int:
    return sum(len(of_package) for of_package in names.values())


def test_reads_absolute_relative_and_renamed_imports() -> None:
    assert read_exports("from ..till import Till\nfrom . import well as hole\n", "shop.deep") == {
        "Till": Export("shop.till", "Till"),
        "hole": Export("shop.deep", "well"),
    }


@pytest.mark.parametrize(
    "statement",
    [
        "import os",
        "from shop.till import *",
        "__all__ = ['Till']",
        "if True:\n    from shop.till import Till",
        "print()",
    ],
)
def test_leaves_an_init_alone_that_does_more_than_re_export(statement: str, tree: Path) -> None:
    source = f'"""A shop."""\nfrom shop.till import Till\n{statement}\n'

    assert read_exports(source, "shop") is None
    assert lazy_source(source, "shop", tree) is None


def test_leaves_a_package_alone_whose_re_export_bears_the_name_of_a_submodule(tree: Path) -> None:
    init = tree / "shop" / "__init__.py"
    init.write_text(INIT + "from shop import deep\n", encoding="utf-8")

    assert rewrite_packages(tree, packages_below(tree, "shop")) == ["shop.deep"]
    assert init.read_text(encoding="utf-8") == INIT + "from shop import deep\n"


def test_a_rewritten_package_gives_the_same_objects_under_the_same_names(tree: Path) -> None:
    packages = packages_below(tree, "shop")
    before = record_names([tree], packages)

    assert rewrite_packages(tree, packages) == ["shop", "shop.deep"]

    after = record_names([tree], packages)
    assert before["shop"]["bell"] == after["shop"]["bell"] == ["object", "shop.till", "ring"]
    assert prove_same_names(before, after, removed=[]) == number_of_names(before)


def test_a_name_whose_module_was_removed_is_gone_and_nothing_else(tree: Path) -> None:
    packages = packages_below(tree, "shop")
    before = record_names([tree], packages)
    (tree / "shop" / "shelf.py").unlink()
    rewrite_packages(tree, packages)
    after = record_names([tree], packages)

    assert before["shop"].keys() - after["shop"].keys() == {"Shelf", "shelf"}
    assert prove_same_names(before, after, removed=["shop.shelf"]) == number_of_names(before) - 2


def test_the_proof_refuses_a_name_that_disappeared(tree: Path) -> None:
    before = record_names([tree], ["shop.deep"])
    (tree / "shop" / "deep" / "__init__.py").write_text("from ..till import Till\n", encoding="utf-8")
    after = record_names([tree], ["shop.deep"])

    with pytest.raises(LazyExportsError, match=r"shop\.deep\.Well was .* and is None"):
        prove_same_names(before, after, removed=[])


def test_the_proof_refuses_a_name_that_became_another_object(tree: Path) -> None:
    before = record_names([tree], ["shop.deep"])
    init = tree / "shop" / "deep" / "__init__.py"
    init.write_text("from ..till import Till as Well\nfrom ..till import Till\n", encoding="utf-8")
    after = record_names([tree], ["shop.deep"])

    with pytest.raises(LazyExportsError, match=r"Well was .* and is \['object', 'shop\.till', 'Till'\]"):
        prove_same_names(before, after, removed=[])


def test_the_proof_refuses_a_new_name_and_one_that_should_be_gone(tree: Path) -> None:
    before = record_names([tree], ["shop.deep"])
    init = tree / "shop" / "deep" / "__init__.py"
    init.write_text(init.read_text(encoding="utf-8") + "from ..shelf import Shelf\n", encoding="utf-8")
    after = record_names([tree], ["shop.deep"])

    with pytest.raises(LazyExportsError) as refused:
        prove_same_names(before, after, removed=["shop.till"])

    assert str(refused.value).splitlines()[1:] == [
        "shop.deep.Till should be gone with its module",
        "shop.deep.Shelf is new",
    ]


def test_a_package_that_cannot_be_imported_is_reported_with_its_reason(tree: Path) -> None:
    (tree / "shop" / "till.py").write_text("import nowhere_to_be_found\n", encoding="utf-8")

    with pytest.raises(LazyExportsError, match="No module named 'nowhere_to_be_found'"):
        record_names([tree], ["shop"])


def test_a_star_import_from_a_lazy_package_still_finds_every_name(tree: Path) -> None:
    rewrite_packages(tree, ["shop"])
    (tree / "visitor").mkdir()
    (tree / "visitor" / "__init__.py").write_text("from shop import *\n", encoding="utf-8")

    assert sorted(record_names([tree], ["visitor"])["visitor"]) == ["Shelf", "Till", "bell", "count"]
