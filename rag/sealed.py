"""A derived file ends in a seal that binds its bytes to one index and one generation.

Up to WHOLE_BYTES the seal is a SHA-256 over all of it. Beyond, it is one over its size, its first HEAD_BYTES,
its end and SAMPLES blocks spread evenly, so that opening a file does not read it; a SHA-256 over everything
stands beside it, for those who have the time (`intact`). Between content and seal a footer may say in
JSON what the content is.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DIGEST_BYTES = 32
WHOLE_BYTES = 64 << 20
HEAD_BYTES = 16 << 20
SAMPLES = 256
_SAMPLE_BYTES = 4096
_BLOCK_BYTES = 1 << 20
_MARK = b"PRAGfoot"
_MOST_FOOTER_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Seal:
    """What a file is sealed for: an index's identity, and the generation it was built from."""

    identity: str
    generation: int

    def close(self, path: Path, footer: dict[str, Any] | None = None) -> None:
        """Append footer and digest, and wait until all of it is on the disk."""
        with path.open("ab") as file:
            if footer is not None:
                file.flush()
                whole = self._digest(path, path.stat().st_size, whole=True).hex()
                text = json.dumps({**footer, "sha256": whole}).encode()
                file.write(text + len(text).to_bytes(4, "little") + _MARK)
                file.flush()
            file.write(self._digest(path, path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())

    def holds(self, path: Path) -> bool:
        """Whether the file is the one that was sealed, as far as its seal looks."""
        size = path.stat().st_size - DIGEST_BYTES
        return size > 0 and self._digest(path, size) == _tail(path, DIGEST_BYTES)

    def intact(self, path: Path) -> bool:
        """As `holds`, having read every byte."""
        if not self.holds(path):
            return False
        found = read_footer(path)
        return found is None or self._digest(path, found[1], whole=True).hex() == found[0]["sha256"]

    def _digest(self, path: Path, size: int, whole: bool = False) -> bytes:
        digest = hashlib.sha256(f"{self.identity} {self.generation} ".encode())
        spread = size > WHOLE_BYTES and not whole
        if spread:
            digest.update(f"{size} ".encode())
        with path.open("rb") as file:
            for start, length in _spread(size) if spread else _blocks(0, size):
                file.seek(start)
                digest.update(file.read(length))
        return digest.digest()


def read_footer(path: Path) -> tuple[dict[str, Any], int] | None:
    """The footer and where it begins, None where there is none. Trust it only after `holds`."""
    end = path.stat().st_size - DIGEST_BYTES
    about = len(_MARK) + 4
    if end < about:
        return None
    tail = _tail(path, about + DIGEST_BYTES)[:about]
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] != _MARK or length > min(_MOST_FOOTER_BYTES, end - about):
        return None
    with path.open("rb") as file:
        file.seek(end - about - length)
        return json.loads(file.read(length)), end - about - length


def _spread(size: int) -> Iterator[tuple[int, int]]:
    yield from _blocks(0, HEAD_BYTES)
    step = (size - HEAD_BYTES) // SAMPLES
    for at in range(HEAD_BYTES, size - _SAMPLE_BYTES, max(step, _SAMPLE_BYTES)):
        yield at, _SAMPLE_BYTES
    yield from _blocks(size - 2 * _BLOCK_BYTES, size)


def _blocks(start: int, end: int) -> Iterator[tuple[int, int]]:
    for at in range(start, end, _BLOCK_BYTES):
        yield at, min(_BLOCK_BYTES, end - at)


def _tail(path: Path, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(-length, os.SEEK_END)
        return file.read()
