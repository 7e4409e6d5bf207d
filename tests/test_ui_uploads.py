"""What a reader may hand in, and under which name it is kept."""

from __future__ import annotations

import hashlib
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import RagError
from ui import uploads
from ui.library_view import (
    Outcome,
    Result,
)
from ui.uploads import Offered

LIMIT = 1_000_000


WHARF = b"# The wharf of Zembla\n\nThe wharf of Zembla opened on 4 May 1931 with nine cranes.\n"


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd.md", "passwd.md"),
        ("C:\\temp\\Treaty (final).PDF", "Treaty-final.pdf"),
        ("README.md", "README-2.md"),
        ("a.meta.yaml", "a.yaml"),
        ("<img src=x onerror=alert(1)>.txt", "img-src-x-onerror-alert-1.txt"),
    ],
)
def test_names_are_made_safe(given_name: str, kept: str) -> None:
    assert uploads.clean_name(given_name) == kept


@given(st.text(max_size=300), st.sets(st.text("ab-2.md", max_size=6), max_size=4))
def test_any_name_becomes_one_plain_name_of_its_own(name: str, taken: set[str]) -> None:
    kept = uploads.clean_name(name, {one.lower() for one in taken})
    assert kept.lower() not in {one.lower() for one in taken}
    assert Path(kept).name == kept
    assert kept not in ("", ".", "..")
    assert not kept.startswith(".")
    assert all(character.isalnum() or character in "._-" for character in kept)
    assert len(kept.encode()) < 250


def taken(
    folder: Path, *files: Offered, pasted: str = "", known: dict[str, str] | None = None
) -> uploads.Batch:
    return uploads.take(files, pasted, folder, known or {}, LIMIT, anywhere=False)


def test_what_may_not_be_added_is_said_and_not_kept(tmp_path: Path) -> None:
    batch = taken(
        tmp_path,
        Offered("good.md", WHARF),
        Offered("again.md", WHARF),
        Offered("big.md", b"x" * (LIMIT + 1)),
        Offered("empty.md", b""),
        Offered("run.exe", b"MZ"),
    )
    assert [saved.name for saved in batch.files] == ["good.md"]
    assert [path.name for path in tmp_path.iterdir()] == ["good.md"]
    told = {one.name: one for one in batch.refused}
    assert told["again.md"].result is Result.SAME
    assert "more than the limit of 1 MB" in told["big.md"].said
    assert "is empty" in told["empty.md"].said
    assert ".exe" in told["run.exe"].said


def test_a_document_that_is_there_already_is_named(tmp_path: Path) -> None:
    batch = taken(tmp_path, Offered("w.md", WHARF), known={hashlib.sha256(WHARF).hexdigest(): "wharf.md"})
    assert batch.refused == (Outcome("w.md", Result.SAME, "The same bytes as wharf.md.", "wharf.md"),)
    assert not list(tmp_path.iterdir())


def test_too_many_at_once_are_refused_whole(tmp_path: Path) -> None:
    files = [Offered(f"{i}.md", b"%d" % i) for i in range(uploads.AT_ONCE)]
    with pytest.raises(RagError, match="21 at once are too many"):
        uploads.take(files, "https://example.org/a", tmp_path, {}, LIMIT, anywhere=True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("ftp://example.org/a.pdf", "is no http or https address"),
        ("javascript:alert(1)", "is no http or https address"),
        ("https://me:secret@example.org/a", "holds a name or password"),
        ("http://127.0.0.1:9000/admin", "is not on the public web"),
        ("http://169.254.169.254/latest/meta-data", "is not on the public web"),
        ("http://[::1]/", "is not on the public web"),
        ("http://10.0.0.8/", "is not on the public web"),
    ],
)
def test_addresses_that_are_not_fetched(address: str, problem: str) -> None:
    assert problem in uploads.address_problem(address, anywhere=False)


def test_a_public_name_that_stands_for_this_machine_is_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [(socket.AF_INET, 1, 6, "", (n, 0)) for n in ("93.184.216.34", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: numbers)
    assert "is not on the public web" in uploads.address_problem("https://example.org/", anywhere=False)
    assert uploads.address_problem("https://example.org/", anywhere=True) == ""


def test_uploads_lie_beside_the_index_never_in_it(tmp_path: Path) -> None:
    index = tmp_path / "index"
    assert uploads.uploads_folder(index, index) == tmp_path / "index-uploads"
    assert uploads.uploads_folder(index, tmp_path / "data") == tmp_path / "data" / "uploads"
