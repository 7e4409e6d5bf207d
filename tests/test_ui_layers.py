"""What holds for all files of ui/: read from their source, so that nothing has to run."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from test_layers import HEAVY, IMPURE, imported, roots

import ui
from ui.navigation import ENTRIES

PACKAGE = Path(ui.__file__).parent
PYTHON = sorted(PACKAGE.rglob("*.py"))
FRONTEND = sorted((PACKAGE / "frontend").iterdir())
PURE = (
    "inert links exports reading results view reader_view transcripts tables library_view timeline_view search_view "
    "quality_view candidates"
).split()


@pytest.mark.parametrize("name", PURE)
def test_a_pure_module_imports_nothing_that_acts(name: str) -> None:
    assert roots(imported(PACKAGE / f"{name}.py")) & IMPURE <= {"urllib"}


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.stem)
def test_heavy_libraries_load_where_they_are_used(path: Path) -> None:
    assert roots(imported(path, at_load=True)) & (HEAVY - {"streamlit", "sqlite3", "click"}) == set()


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.stem)
def test_nothing_is_let_through_as_html_or_script(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert "unsafe_allow" not in source
    assert not re.search(r"components\.v1|st\.iframe|declare_component", source)


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.stem)
def test_html_is_written_in_one_place(path: Path) -> None:
    if path.stem not in ("styles", "state"):
        assert not re.search(r"\.html\(|\bhtml\.", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FRONTEND, ids=lambda path: path.name)
def test_scripts_make_text_nodes_only(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|DOMParser|setHTML"
    assert not re.search(forbidden, source)


@pytest.mark.parametrize("path", FRONTEND, ids=lambda path: path.name)
def test_nothing_is_fetched_from_elsewhere(path: Path) -> None:
    source = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(
        r"https?://|//cdn|@import|url\(|\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|import\(", source
    )


def test_streamlit_reports_nothing_and_watches_nothing() -> None:
    settings = tomllib.loads((PACKAGE / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["server"]["fileWatcherType"] == "none"
    assert settings["client"]["showErrorDetails"] == "type"
    assert {"light", "dark"} <= set(settings["theme"])


def test_no_folder_is_taken_for_pages_that_run_without_the_gate() -> None:
    assert not (PACKAGE / "pages").exists()


@pytest.mark.parametrize("path", sorted((PACKAGE / "screens").glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_every_page_is_in_the_navigation(path: Path) -> None:
    assert path.stem in {entry.name for entry in ENTRIES}
    assert "def render() -> None:" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["textColor", "primaryColor"])
@pytest.mark.parametrize("behind", ["backgroundColor", "secondaryBackgroundColor"])
def test_colours_can_be_read(theme: str, kind: str, behind: str) -> None:
    settings = tomllib.loads((PACKAGE / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    colours = settings["theme"][theme]
    assert contrast(colours[kind], colours[behind]) >= 4.5


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
