"""Files found now + documents known from before → what an indexing run has to do; pure.

A file is known by its place (root and path below it) and by the hash of its bytes. The same bytes are
one document however many files hold them: the first keeps it, the others are copies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from pathlib import PurePosixPath

from rag.writing import Location


class Change(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class Task:
    """A document to read and store at `location.path`, in place of the one at the path `replaces`."""

    location: Location
    change: Change
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """`copies` are all that there are, as (copy, path of the document with the same bytes); those of
    other roots than the ones looked at are among them, unless they must take over."""

    unchanged: tuple[str, ...]
    tasks: tuple[Task, ...]
    dropped: tuple[str, ...]
    copies: tuple[tuple[Location, str], ...]


def plan(
    found: Sequence[Location],
    known: Sequence[Location],
    copies: Sequence[Location],
    covered: Callable[[Location], bool],
) -> Plan:
    """`found` carry the path they would like to have, and no hash if they cannot be opened.

    `covered` tells whether a place belongs to what was looked at: only there does a missing file
    mean that its document goes.
    """
    named = _named(found, [*known, *copies])
    known = [k for k in known if k.root]
    at = {k.place: k for k in known}
    others = [c for c in copies if not covered(c) and c.place not in at]
    owners = {k.content_hash: k.path for k in known if not covered(k)}
    stays = [
        f for f in named if f.content_hash and f.place in at and at[f.place].content_hash == f.content_hash
    ]
    owners |= {f.content_hash: f.path for f in stays}
    same = [_same(f, at[f.place]) for f in stays]
    done, places = set(stays), {f.place for f in named}
    rest = [f for f in [*named, *others] if f not in done]
    moves = {k.content_hash: k for k in known if covered(k) and k.place not in places}

    tasks = [task for task in same if task]
    duplicates: list[tuple[Location, str]] = []
    for f in rest:
        if f.content_hash and f.content_hash in owners:
            duplicates.append((f, owners[f.content_hash]))
            continue
        tasks.append(_task(f, at, moves))
        owners[f.content_hash] = f.path
    unchanged = [f.path for f, task in zip(stays, same, strict=True) if task is None]
    kept = {*unchanged, *(task.replaces for task in tasks)}
    dropped = [k.path for k in known if covered(k) and k.path not in kept]
    return Plan(tuple(unchanged), tuple(tasks), tuple(dropped), tuple(duplicates))


def moved_roots(
    found: Sequence[Location], known: Sequence[Location], exists: Callable[[str], bool]
) -> list[tuple[str, str]]:
    """Roots that were indexed elsewhere, as (old, new).

    A root has moved if it is gone, and at least half of its documents are found below a new root at
    the same relative path, one of them at least with the same bytes.
    """
    moved = []
    for old in dict.fromkeys(k.root for k in known if k.root):
        if exists(old):
            continue
        before = {k.relative: k.content_hash for k in known if k.root == old}
        for new in dict.fromkeys(f.root for f in found if f.root != old):
            now = {f.relative: f.content_hash for f in found if f.root == new}
            same_place = before.keys() & now.keys()
            if 2 * len(same_place) >= len(before) and any(before[r] == now[r] for r in same_place):
                moved.append((old, new))
                break
    return moved


def _same(found: Location, known: Location) -> Task | None:
    """The task for a file whose bytes are as before: none, unless its path or its sidecar changed."""
    if found.path != known.path:
        return Task(found, Change.RENAMED, known.path)
    if found.sidecar_hash != known.sidecar_hash:
        return Task(found, Change.CHANGED, known.path)
    return None


def _task(found: Location, at: Mapping[str, Location], moves: dict[str, Location]) -> Task:
    if found.place in at:
        before = at[found.place].path
        return Task(found, Change.CHANGED if before == found.path else Change.RENAMED, before)
    if found.content_hash in moves:
        return Task(found, Change.RENAMED, moves.pop(found.content_hash).path)
    return Task(found, Change.ADDED)


def _named(found: Sequence[Location], stored: Sequence[Location]) -> list[Location]:
    """With the paths that they get: the stored one, else the wished one unless another place has it."""
    before = {(s.root, s.place): s.path for s in stored}
    taken = {s.path: s.place for s in stored}
    named = []
    for f in found:
        stored_path = before.get((f.root, f.place))
        path = stored_path or next(p for p in _names(f) if taken.get(p, f.place) == f.place)
        taken[path] = f.place
        named.append(replace(f, path=path))
    return named


def _names(found: Location) -> Iterator[str]:
    """The wished path, then ROOTNAME/path, ROOTNAME-2/path and so on."""
    yield found.path
    root = PurePosixPath(found.root)
    folder = root.name if found.relative else root.parent.name
    yield f"{folder}/{found.path}"
    yield from (f"{folder}-{i}/{found.path}" for i in count(2))
