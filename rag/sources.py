"""Files, folders and addresses as a user names them → where every document is and what it holds now."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from rag.documents import SIDECAR, Limits, find_files, read_url
from rag.errors import DocumentError, UsageError
from rag.fetching import public_only
from rag.types import Document, Skipped
from rag.writing import Location

_PASTED = "pasted-addresses.txt"
"""In the folder of an index: the addresses that its readers added, one a line."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the sources hold now; `fetched` are documents by address, `unreachable` addresses."""

    scopes: tuple[str, ...]
    files: tuple[Location, ...]
    fetched: dict[str, Document]
    unreachable: tuple[Skipped, ...]

    def covers(self, location: Location) -> bool:
        if not location.root or location.place in {skipped.path for skipped in self.unreachable}:
            return False
        return any(
            location.place == scope or (not _is_address(scope) and location.place.startswith(f"{scope}/"))
            for scope in self.scopes
        )


def find_sources(sources: Sequence[str], known: Sequence[Location], limits: Limits, directory: Path) -> Found:
    """What the sources hold now; without sources, what those of the known documents do.

    Files below `directory`, the index, are left out. An address that a reader added and that nobody names
    for this run is fetched from the public web alone. Raises UsageError for a source that is not there.
    """
    guarded = frozenset() if sources else pasted_addresses(directory)
    sources = sources or list(dict.fromkeys(location.root for location in known if location.root))
    check_sources(sources)
    addresses = [source for source in sources if _is_address(source)]
    paths = [_existing(source) for source in sources if not _is_address(source)]
    folders = sorted({k.root for k in known if k.relative}, key=len)
    files = [one for path in paths for one in _locations(path, folders, limits, directory.resolve())]
    fetched, unreachable = _fetch(addresses, limits, guarded)
    files += [Location(a, a, "", document.content_hash) for a, document in fetched.items()]
    return Found(
        scopes=(*(path.as_posix() for path in paths), *addresses),
        files=tuple({location.place: location for location in files}.values()),
        fetched=fetched,
        unreachable=tuple(unreachable),
    )


def check_sources(sources: Sequence[str]) -> None:
    """Raises UsageError for a source that is not there, or if there is none."""
    if not sources:
        raise UsageError("Nothing to index: name files, folders or addresses, `rag index PATH…`.")
    for source in sources:
        if not _is_address(source):
            _existing(source)


def pasted_addresses(directory: Path) -> frozenset[str]:
    """The addresses that readers of the index added, who may not choose what its machine can reach."""
    try:
        return frozenset((directory / _PASTED).read_text(encoding="utf-8", errors="replace").splitlines())
    except FileNotFoundError:
        return frozenset()


def note_pasted(directory: Path, added: Collection[str] = (), trusted: Collection[str] = ()) -> None:
    """Keeps in mind, before they are fetched, which addresses readers added; `trusted` are no longer among
    them. Raises UsageError where it cannot."""
    before = pasted_addresses(directory)
    after = (before - set(trusted)) | set(added)
    if after == before:
        return
    try:
        written = directory / f"{_PASTED}.new"
        written.write_text("".join(f"{one}\n" for one in sorted(after)), encoding="utf-8")
        written.replace(directory / _PASTED)
    except OSError as error:
        raise UsageError(
            f"{directory} cannot be written to ({error.strerror}): give the server the right to."
        ) from error


def _existing(source: str) -> Path:
    path = Path(source).expanduser().resolve()
    if not path.exists():
        raise UsageError(f"No such file or folder: {source}. Check the path, or rebuild without it.")
    return path


def _locations(source: Path, folders: Sequence[str], limits: Limits, index: Path) -> Iterator[Location]:
    """The files of a source. One that lies inside an indexed folder belongs to that folder."""
    root = next((Path(f) for f in folders if source.is_relative_to(f)), source)
    for path in find_files(source) if source.is_dir() else [source]:
        if path.is_relative_to(index):
            continue
        relative = path.relative_to(root).as_posix() if path != root else ""
        yield Location(
            path=relative or path.name,
            root=root.as_posix(),
            relative=relative,
            content_hash=_file_hash(path, limits.max_bytes),
            sidecar_hash=_file_hash(path.with_name(path.name + SIDECAR), limits.max_bytes),
        )


def _fetch(
    addresses: Sequence[str], limits: Limits, guarded: Collection[str]
) -> tuple[dict[str, Document], list[Skipped]]:
    """Documents by address, those of `guarded` from the public web alone. What does not answer today is
    skipped, and kept if it was indexed before."""
    fetched: dict[str, Document] = {}
    unreachable: list[Skipped] = []
    for address in dict.fromkeys(addresses):
        try:
            with public_only() if address in guarded else nullcontext():
                fetched[address] = read_url(address, limits)
        except DocumentError as error:
            unreachable.append(Skipped(address, str(error)))
    return fetched, unreachable


def _file_hash(path: Path, max_bytes: int) -> str:
    """SHA-256 in hex; "" for a file that is not there, cannot be opened or is larger than allowed."""
    try:
        if path.stat().st_size > max_bytes:
            return ""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def exists(root: str) -> bool:
    return _is_address(root) or Path(root).exists()


def _is_address(source: str) -> bool:
    return source.startswith(("http://", "https://"))
