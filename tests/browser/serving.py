"""A real server on an index, a real browser on the server: for the tests and for the screenshots."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rag.documents import Limits
from rag.embedding import load_embedder
from rag.indexing import update_index
from ui.launch import command

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_START, _LOADS = 60.0, 200_000.0
_LOOPBACK = ("127.0.0.1", "localhost")


def build_index(directory: Path, sources: Sequence[Path]) -> Path:
    """With the bundled model, as `rag index` builds it."""
    report = update_index(directory, [str(source) for source in sources], load_embedder(), Limits(), 200)
    if report.skipped:
        raise AssertionError(report.skipped)
    return directory


@contextmanager
def serving(
    index: Path, data: Path, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The address of a server on that index, which keeps its conversations in `data`."""
    with started(index, data, log, environment) as (address, _):
        yield address


@contextmanager
def started(
    index: Path, data: Path, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[str, int]]:
    """The same, with the id of the server's process."""
    port = _free_port()
    given = {"RAG_INDEX": str(index), "RAG_UI_DATA": str(data), **(environment or {})}
    with log.open("ab") as output:
        process = subprocess.Popen(
            command(port, "127.0.0.1"), cwd=ROOT, env={**os.environ, **given}, stdout=output, stderr=output
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(process, f"{address}/_stcore/health", log)
            yield address, process.pid
        finally:
            _end(process)


@contextmanager
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def warm(browser: Browser, address: str) -> None:
    """Wait until a server has loaded its models, which it does for its first reader."""
    page = browser.new_page()
    page.goto(address)
    page.get_by_placeholder("Ask the documents").wait_for(timeout=_LOADS)
    page.close()


def is_elsewhere(address: str) -> bool:
    """Whether a request leaves this machine."""
    parts = urlsplit(address)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in _LOOPBACK


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")


if __name__ == "__main__":
    sys.exit("Run tests/browser/screenshots.py, or the tests: make browser")
