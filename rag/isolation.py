"""Parsing in a process of its own, with a limit on its time and its memory.

A bomb, a hang or a crash in a parser then costs one file and not the run. Requests and replies are
lines of JSON: what comes back from a process that read a hostile file is data, never code.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rag import errors
from rag.blocks import Block, Facts, Parsed

_ERRORS = {
    kind.__name__: kind
    for kind in (
        errors.UnsupportedFormat,
        errors.EmptyDocument,
        errors.NoTextLayer,
        errors.EncryptedDocument,
        errors.OversizedDocument,
        errors.DamagedDocument,
    )
}
_GRACE = 1.0


@dataclass(frozen=True, slots=True)
class Request:
    """What to parse and how much of it to accept."""

    path: str
    suffix: str
    charset: str | None
    max_bytes: int
    max_pages: int
    max_characters: int


class Worker:
    """One parsing process, started when first needed and again after it had to be ended."""

    def __init__(self, seconds: float, memory_mb: int) -> None:
        self.seconds = seconds
        self.memory_mb = memory_mb
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def parse(self, request: Request) -> Parsed:
        """Raises the DocumentError that the parser met; OversizedDocument when it took too long,
        DamagedDocument when it died."""
        with self._lock:
            process = self._running()
            if process.stdin is None:
                raise errors.DamagedDocument("could not be handed to a parsing process: try again")
            try:
                process.stdin.write(json.dumps(asdict(request)).encode() + b"\n")
                process.stdin.flush()
                reply = self._reply(process)
            except BrokenPipeError:
                reply = b""
            if not reply:
                self.close()
                raise errors.DamagedDocument(
                    f"crashed its parser or needed more than {self.memory_mb} MB: open it in a viewer and save it again, or raise RAG_MAX_MEMORY_MB"
                )
        return _parsed(json.loads(reply))

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "rag.isolation", str(self.memory_mb)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path[1:]]),
                },
            )
            self._read_line(self._process, _START)
        return self._process

    def _reply(self, process: subprocess.Popen[bytes]) -> bytes:
        """One line; b"" when the process has died. Raises OversizedDocument after `seconds`."""
        try:
            return self._read_line(process, self.seconds)
        except TimeoutError as error:
            self.close()
            raise errors.OversizedDocument(
                f"took longer than {self.seconds:g} seconds to read: split it, or raise RAG_MAX_SECONDS"
            ) from error

    def _read_line(self, process: subprocess.Popen[bytes], seconds: float) -> bytes:
        if process.stdout is None:
            return b""
        received = bytearray()
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while not received.endswith(b"\n"):
                left = deadline - time.monotonic()
                if left <= 0 or not selector.select(left):
                    raise TimeoutError
                piece = os.read(process.stdout.fileno(), 1 << 20)
                if not piece:
                    return b""
                received += piece
        return bytes(received)

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


_START = 30.0


def _parsed(reply: dict[str, Any]) -> Parsed:
    if "error" in reply:
        raise _ERRORS.get(reply["error"], errors.DamagedDocument)(reply["message"])
    blocks = tuple(
        Block(text, level, tight, tuple((offset, page) for offset, page in breaks))
        for text, level, tight, breaks in reply["blocks"]
    )
    return Parsed(blocks, Facts(**reply["facts"]), reply["pages"])


def serve(memory_mb: int) -> None:
    """The life of the parsing process: a line in, a line out, until its input ends."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _limit_memory(memory_mb)
    output.write(b"ready\n")
    output.flush()
    for line in sys.stdin.buffer:
        output.write(json.dumps(answer(Request(**json.loads(line)))).encode() + b"\n")
        output.flush()


def _limit_memory(memory_mb: int) -> None:
    """Address space where the system can limit it; Windows cannot."""
    try:
        import resource
    except ImportError:
        return
    try:
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ValueError, OSError):
        return


def answer(request: Request) -> dict[str, Any]:
    """The parsed file, or the name and message of what is wrong with it, as JSON can carry it."""
    from rag.formats import parse

    try:
        parsed = parse(request)
    except errors.DocumentError as error:
        return {"error": type(error).__name__, "message": str(error)}
    except MemoryError:
        return {
            "error": "OversizedDocument",
            "message": "needs more memory to read than it may use: split it, or raise RAG_MAX_MEMORY_MB",
        }
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        return {
            "error": "DamagedDocument",
            "message": f"cannot be parsed ({reason}): open it and save it again",
        }
    return {
        "blocks": [(one.text, one.level, one.tight, one.breaks) for one in parsed.blocks],
        "facts": asdict(parsed.facts),
        "pages": parsed.pages,
    }


if __name__ == "__main__":
    serve(int(sys.argv[1]))
