"""One server for all tests of this folder, a new browser profile for each; run by `make browser`.

Without `-m browser` these tests are left out. What they saw is in build/browser/.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from serving import ROOT, build_index, chromium, is_elsewhere, serving, warm
from visitor import WIDE, Arrive, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SEEN = ROOT / "build" / "browser"
HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    ours = [item for item in items if HERE in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.browser)
    if "browser" not in config.option.markexpr:
        config.hook.pytest_deselected(items=ours)
        items[:] = [item for item in items if item not in ours]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    report = yield
    if report.when == "call":
        _keep(item, report.longreprtext if report.failed else "")
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The figures that tests measured, which a generous bound would hide."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, value in getattr(report, "user_properties", ()):
            if report.when == "call":
                terminalreporter.write_line(f"{name}: {value}")


def _keep(item: pytest.Item, problem: str) -> None:
    """A picture of every page as the test left it; of a failed test also the page itself and why."""
    SEEN.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^\w-]+", "-", item.name)
    (SEEN / f"{name}.txt").unlink(missing_ok=True)
    if problem:
        (SEEN / f"{name}.txt").write_text(problem, encoding="utf-8")
    for i, visitor in enumerate(getattr(item, "visitors", [])):
        if not visitor.page.is_closed():
            visitor.page.screenshot(path=SEEN / f"{name}-{i}.png")
        if problem:
            (SEEN / f"{name}-{i}.html").write_text(visitor.page.content(), encoding="utf-8")


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_index(tmp_path_factory.mktemp("corpus") / "index", [ROOT / "corpus"])


@pytest.fixture
def fresh(index: Path, tmp_path: Path) -> Iterator[str]:
    """A server that nobody has asked for anything yet."""
    with serving(index, tmp_path, tmp_path / "log") as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def server(index: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Warm: its models are loaded."""
    folder = tmp_path_factory.mktemp("server")
    with serving(index, folder, folder / "log") as address:
        warm(browser, address)
        yield address


@pytest.fixture
def arrive(browser: Browser, server: str, request: pytest.FixtureRequest) -> Iterator[Arrive]:
    """Makes readers, each in a browser profile of their own. Nothing may have left this machine, no
    dialog opened and no script failed when they leave."""
    visitors: list[Visitor] = []
    request.node.visitors = visitors

    def come(address: str = server, **options: Any) -> Visitor:
        context = browser.new_context(**{"viewport": WIDE, **options})
        visitors.append(Visitor(context, address, is_elsewhere))
        return visitors[-1]

    yield come
    alarms = [alarm for visitor in visitors for alarm in visitor.alarms]
    for visitor in visitors:
        visitor.context.close()
    assert alarms == []


@pytest.fixture
def visitor(arrive: Arrive) -> Visitor:
    """A reader on the Ask page at the width of a laptop."""
    return arrive().enter()
