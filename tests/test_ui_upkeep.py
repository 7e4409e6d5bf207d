"""What the Library does to an index, one run at a time."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest
from embedders import HashEmbedder
from samples import pdf

from rag import fetching
from rag.config import load_settings
from rag.errors import IndexBusy, RagError
from rag.index import Index
from rag.indexing import IndexProgress, update_index
from rag.types import IndexReport
from ui import runs, upkeep, uploads
from ui.library_view import (
    Outcome,
    Result,
)
from ui.upkeep import Keeping
from ui.uploads import Offered

LIMIT = 1_000_000


WHARF = b"# The wharf of Zembla\n\nThe wharf of Zembla opened on 4 May 1931 with nine cranes.\n"


def taken(
    folder: Path, *files: Offered, pasted: str = "", known: dict[str, str] | None = None
) -> uploads.Batch:
    return uploads.take(files, pasted, folder, known or {}, LIMIT, anywhere=False)


@pytest.fixture
def keeping(hashed_index: Path, hashing: HashEmbedder, tmp_path: Path) -> Keeping:
    """A copy of the index that may be written to."""
    copy = shutil.copytree(hashed_index, tmp_path / "index")
    return Keeping(copy, (tmp_path / "uploads").resolve(), hashing, load_settings())


def quiet(_: IndexProgress) -> None:
    """Nobody watches the run."""


def added(keeping: Keeping, *files: Offered) -> tuple[Outcome, ...]:
    return upkeep.add(keeping, taken(keeping.uploads, *files), quiet)


def held(keeping: Keeping) -> set[str]:
    with Index.open(keeping.index) as index:
        return {document.path for document in index.documents()}


def test_files_are_indexed_beside_what_is_there(keeping: Keeping) -> None:
    before = held(keeping)
    outcomes = added(
        keeping,
        Offered("Wharf of Zembla.md", WHARF),
        Offered("p.pdf", pdf(["Nine cranes stand on the wharf of Zembla."])),
    )
    assert [(one.name, one.result) for one in outcomes] == [
        ("Wharf of Zembla.md", Result.ADDED),
        ("p.pdf", Result.ADDED),
    ]
    assert held(keeping) - before == {one.document for one in outcomes}
    assert before <= held(keeping)


def test_a_file_that_cannot_be_read_is_not_kept(keeping: Keeping) -> None:
    (outcome,) = added(keeping, Offered("broken.pdf", b"%PDF-1.7 and then nothing"))
    assert outcome.result is Result.REFUSED
    assert outcome.said
    assert not list(keeping.uploads.iterdir())


def test_removing_an_added_document_deletes_its_file(keeping: Keeping) -> None:
    (outcome,) = added(keeping, Offered("wharf.md", WHARF))
    assert upkeep.remove(keeping, outcome.document)[0].result is Result.REMOVED
    assert outcome.document not in held(keeping)
    assert not list(keeping.uploads.iterdir())


def test_removing_another_leaves_its_file(keeping: Keeping, library: Path) -> None:
    (outcome,) = upkeep.remove(keeping, "law/ferry-regulation.md")
    assert "reading the sources again brings it back" in outcome.said
    assert (library / "law" / "ferry-regulation.md").is_file()
    assert "law/ferry-regulation.md" not in held(keeping)
    again = upkeep.read_again(keeping, quiet)
    assert [(one.name, one.result) for one in again] == [("law/ferry-regulation.md", Result.ADDED)]


def test_rebuilding_keeps_what_was_added(keeping: Keeping) -> None:
    added(keeping, Offered("wharf.md", WHARF))
    before = held(keeping)
    upkeep.rebuild(keeping, quiet)
    assert held(keeping) == before


def test_one_run_at_a_time() -> None:
    go = Event()

    def work(told: runs.Told) -> tuple[Outcome, ...]:
        told(IndexProgress("a.md", 1, 2))
        go.wait(10)
        return (Outcome("a.md", Result.ADDED),)

    first = runs.start("ana", "Adding", work)
    try:
        with pytest.raises(IndexBusy, match=r"Another run is going on \(Adding\)"):
            runs.start("ivo", "Rebuilding", work)
    finally:
        go.set()
        runs.wait(10)
    done = runs.current()
    assert done
    assert (done.number, done.owner, done.running) == (first.number, "ana", False)
    assert done.progress == IndexProgress("a.md", 1, 2)
    assert done.outcomes == (Outcome("a.md", Result.ADDED),)


def test_a_run_that_fails_says_why() -> None:
    def fails(_: runs.Told) -> tuple[Outcome, ...]:
        raise RagError("The disk is full: make room")

    runs.start("ana", "Adding", fails)
    runs.wait(10)
    done = runs.current()
    assert done
    assert (done.problem, done.running) == ("The disk is full: make room", False)


@pytest.fixture
def site() -> Iterator[str]:
    """A page on this machine's own network."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/tides.md"
    server.shutdown()
    server.server_close()


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/markdown")
        self.end_headers()
        self.wfile.write(b"# Tides\n\nThe tides of Zembla are kept by the Harbour Authority.\n")

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def test_an_address_of_this_network_is_read_for_its_own_people_alone(keeping: Keeping, site: str) -> None:
    batch = uploads.Batch((), (site,), ())
    (refused,) = upkeep.add(keeping, batch, quiet)
    assert (refused.result, site in held(keeping)) == (Result.REFUSED, False)
    assert "not on the public web" in refused.said
    local = replace(keeping, anywhere=True)
    (outcome,) = upkeep.add(local, batch, quiet)
    assert (outcome.result, outcome.document) == (Result.ADDED, site)
    upkeep.read_again(keeping, quiet)
    assert site in held(keeping)  # not read, but kept
    upkeep.rebuild(local, quiet)
    assert site in held(keeping)


def test_a_readers_address_is_judged_by_the_command_too(
    keeping: Keeping, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that was public when it was added may stand for this machine when it is read again."""
    judged = fetching.is_public
    monkeypatch.setattr(fetching, "is_public", lambda _: True)
    (outcome,) = upkeep.add(keeping, uploads.Batch((), (site,), ()), quiet)
    assert outcome.result is Result.ADDED
    monkeypatch.setattr(fetching, "is_public", judged)
    for rebuild in (False, True):
        report = _reread(keeping, rebuild=rebuild)
        (skipped,) = report.skipped
        assert (skipped.path, "not on the public web" in skipped.reason) == (site, True)
    assert not update_index(keeping.index, [site], keeping.embedder, chunk_tokens=25).skipped


def test_an_address_of_the_servers_own_people_is_read_again(keeping: Keeping, site: str) -> None:
    upkeep.add(replace(keeping, anywhere=True), uploads.Batch((), (site,), ()), quiet)
    report = _reread(keeping)
    assert (report.skipped, site in report.unchanged) == ((), True)


def _reread(keeping: Keeping, *, rebuild: bool = False) -> IndexReport:
    """`rag index` without sources."""
    return update_index(keeping.index, (), keeping.embedder, chunk_tokens=25, rebuild=rebuild)


def test_what_a_reader_tries_in_vain_does_not_bind_the_servers_own_people(
    keeping: Keeping, site: str
) -> None:
    upkeep.add(replace(keeping, anywhere=True), uploads.Batch((), (site,), ()), quiet)
    upkeep.add(keeping, uploads.Batch((), (site,), ()), quiet)
    assert not _reread(keeping).skipped
