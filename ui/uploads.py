"""Files and addresses that a reader hands in: what may be added, under which name, and where it is kept.

A file that was handed in keeps nothing of its name but letters, digits, dots, hyphens and underscores.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from rag.errors import RagError
from rag.fetching import host_is_public
from rag.formats import SUPPORTED, unsupported
from ui.inert import file_name, safe_address, shortened
from ui.library_view import Outcome, Result

AT_ONCE = 20
KEPT = 2_000
"""Files and addresses that are taken together, and files that are kept in all."""
_UNREAD = frozenset({"readme.md"})
"""The indexer takes this name at the top of a folder for a description of the folder."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A file as a browser sends it: the name is whatever the sender wrote."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Saved:
    """A file that is kept: `name` as its sender knows it."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be indexed together, and what was refused before."""

    files: tuple[Saved, ...]
    addresses: tuple[str, ...]
    refused: tuple[Outcome, ...]


def uploads_folder(index: Path, data: Path) -> Path:
    """Where files that were handed in are kept: with the conversations, but beside the index and not in
    it, since an index never reads its own folder and may be deleted to build it anew."""
    index, data = index.resolve(), data.resolve()
    if data.is_relative_to(index):
        return index.with_name(f"{index.name}-uploads")
    return data / "uploads"


def take(
    files: Sequence[Offered],
    pasted: str,
    folder: Path,
    known: Mapping[str, str],
    max_bytes: int,
    *,
    anywhere: bool,
) -> Batch:
    """Checks and keeps what was handed in. `known` holds documents' paths by their content hash.

    `anywhere` allows addresses of the server's own network. Raises RagError where nothing can be kept.
    """
    addresses, refused = read_addresses(pasted, anywhere=anywhere)
    if len(files) + len(addresses) > AT_ONCE:
        raise RagError(
            f"{len(files) + len(addresses)} at once are too many: add {AT_ONCE} files and addresses at a time, "
            "or index their folder with `rag index`."
        )
    saved: list[Saved] = []
    seen = dict(known)
    for one in files:
        digest = hashlib.sha256(one.content).hexdigest()
        problem = problem_of(one.name, len(one.content), max_bytes)
        if problem:
            refused.append(Outcome(shown_name(one.name), Result.REFUSED, problem))
        elif digest in seen:
            refused.append(_same(one.name, seen[digest]))
        else:
            saved.append(keep(one, folder))
            seen[digest] = ""
    return Batch(tuple(saved), tuple(addresses), tuple(refused))


def problem_of(name: str, size: int, max_bytes: int) -> str:
    """Why a file cannot be added, "" if it may be tried."""
    suffix = PurePosixPath(clean_name(name)).suffix.lower()
    if suffix not in SUPPORTED:
        return unsupported(suffix)
    if size > max_bytes:
        return f"has {size / 1e6:.1f} MB, more than the limit of {max_bytes / 1e6:g} MB: split it, or raise RAG_MAX_FILE_MB"
    return "" if size else "is empty: put text in it"


def clean_name(name: str, taken: Container[str] = ()) -> str:
    """A name for the file that is safe on disk and not taken; names are compared in lower case."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    stem, dot, suffix = last.rpartition(".")
    ending = f".{file_name(suffix, '').lower()}" if dot and suffix else ""
    stem = file_name(stem if dot else last, "").removesuffix(".meta")
    wished = (stem + ("" if n == 1 else f"-{n}") + ending for n in count(1))
    return next(one for one in wished if one.lower() not in taken and one.lower() not in _UNREAD)


def shown_name(name: str) -> str:
    """The sender's own name for a file, without folders and short enough to be shown."""
    return shortened(name.replace("\\", "/").rsplit("/", 1)[-1] or name, 80)


def keep(file: Offered, folder: Path) -> Saved:
    """Raises RagError where it cannot be written, or too many are kept already."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = {path.name.lower() for path in folder.iterdir()}
        if len(taken) >= KEPT:
            raise RagError(
                f"{KEPT} added files are kept in {folder}, the most there can be: remove some first."
            )
        path = folder / clean_name(file.name, taken)
        with path.open("xb") as opened:
            opened.write(file.content)
        return Saved(shown_name(file.name), path)
    except OSError as error:
        raise RagError(
            f"{folder} cannot be written to ({error.strerror}): set RAG_UI_DATA to a folder that can."
        ) from error


def discard(paths: Iterable[Path]) -> None:
    """Raises RagError for a file that cannot be deleted."""
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise RagError(f"{path} cannot be deleted ({error.strerror}): delete it by hand.") from error


def read_addresses(pasted: str, *, anywhere: bool) -> tuple[list[str], list[Outcome]]:
    """The addresses, a line each, and what is wrong with the others."""
    good: list[str] = []
    refused: list[Outcome] = []
    for line in dict.fromkeys(line.strip() for line in pasted.splitlines() if line.strip()):
        problem = address_problem(line, anywhere=anywhere)
        if problem:
            refused.append(Outcome(shortened(line, 80), Result.REFUSED, problem))
        else:
            good.append(line)
    return good, refused


def address_problem(address: str, *, anywhere: bool) -> str:
    """Why an address is not fetched, "" if it may be; rag.fetching judges it again, and where it leads."""
    if safe_address(address) is None:
        return "is no http or https address: paste one a line"
    parts = urlsplit(address)
    if parts.username is not None or parts.password is not None:
        return "holds a name or password: documents behind a sign-in are added as files"
    if not anywhere and not host_is_public(parts.hostname or ""):
        return "is not on the public web: only a browser on the server's own machine may add it"
    return ""


def _same(name: str, document: str) -> Outcome:
    said = f"The same bytes as {document}." if document else "The same bytes as another of these files."
    return Outcome(shown_name(name), Result.SAME, said, document)
