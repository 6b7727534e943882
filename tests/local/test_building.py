"""The stamp of a build: the same for the same sources, another for any change that a build could notice."""

from pathlib import Path

import pytest

from dev.local.building import content_stamp, last_lines

SOURCES = ("template.yaml", "functions")


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    (tmp_path / "functions" / "door").mkdir(parents=True)
    (tmp_path / "functions" / "door" / "handler.py").write_text("one", encoding="utf-8")
    (tmp_path / "template.yaml").write_text("two", encoding="utf-8")
    return tmp_path


def test_byte_code_and_files_outside_the_sources_do_not_matter(sources: Path) -> None:
    before = content_stamp(sources, SOURCES)

    (sources / "functions" / "door" / "__pycache__").mkdir()
    (sources / "functions" / "door" / "__pycache__" / "handler.pyc").write_bytes(b"\0")
    (sources / "README.md").write_text("three", encoding="utf-8")

    assert content_stamp(sources, SOURCES) == before


@pytest.mark.parametrize("change", ["content", "name", "permission", "new", "architecture"])
def test_every_change_that_a_build_could_notice_makes_another_stamp(sources: Path, change: str) -> None:
    before = content_stamp(sources, SOURCES, "arm64")
    handler = sources / "functions" / "door" / "handler.py"

    if change == "content":
        handler.write_text("four", encoding="utf-8")
    elif change == "name":
        handler.rename(handler.with_name("index.py"))
    elif change == "permission":
        handler.chmod(0o755)
    elif change == "new":
        handler.with_name("more.py").touch()

    assert content_stamp(sources, SOURCES, "x86_64" if change == "architecture" else "arm64") != before


def test_the_last_lines_of_a_long_output_are_shown() -> None:
    assert last_lines("a\nb\nc\n", 2) == "    b\n    c"
