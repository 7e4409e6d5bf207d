"""One indexing run of this process at a time, in a thread of its own: pages go on working meanwhile.

What a run does is handed in; it is told how far it is by calling `Told`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock, Thread

from rag.errors import IndexBusy, RagError
from rag.indexing import IndexProgress
from ui.library_view import Outcome

Told = Callable[[IndexProgress], None]
Work = Callable[[Told], tuple[Outcome, ...]]
_BROKE = "The run broke off: the server's log says why. What was indexed before is as it was."


@dataclass(frozen=True, slots=True)
class Run:
    """`owner` started it. `outcomes` is None until it is done; `problem` says why it failed, or is "".

    `number` tells runs apart.
    """

    number: int
    owner: str
    doing: str
    progress: IndexProgress | None = None
    outcomes: tuple[Outcome, ...] | None = None
    problem: str = ""

    @property
    def running(self) -> bool:
        return self.outcomes is None and not self.problem


_lock = Lock()
_last: Run | None = None
_thread: Thread | None = None


def start(owner: str, doing: str, work: Work) -> Run:
    """Begins a run. Raises IndexBusy while another one is going on."""
    global _last, _thread
    with _lock:
        if _last and _last.running:
            raise IndexBusy(
                f"Another run is going on ({_last.doing}): wait until it is done, then try again."
            )
        _last = Run(_last.number + 1 if _last else 1, owner, doing)
        _thread = Thread(target=_carry_out, args=(work,), name="indexing", daemon=True)
        _thread.start()
        return _last


def current() -> Run | None:
    """The run that is going on, else the last one."""
    return _last


def wait(seconds: float) -> None:
    """Until the run is done, that long at most."""
    if _thread:
        _thread.join(seconds)


def _carry_out(work: Work) -> None:
    outcomes: tuple[Outcome, ...] | None = None
    problem = _BROKE
    try:
        outcomes = work(lambda progress: _note(progress=progress))
        problem = ""
    except RagError as error:
        problem = str(error)
    finally:
        _note(outcomes=outcomes, problem=problem)


def _note(**changes: object) -> None:
    global _last
    with _lock:
        if _last:
            _last = replace(_last, **changes)  # type: ignore[arg-type]
